package io.sparkfed.privacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamDrawsTest {
  private static final int SAMPLES = 200_000;

  /** Chance that right draws fail one of the statistics here, once and for all. */
  private static final double CHANCE = 1e-4;

  @ParameterizedTest
  @ValueSource(longs = {2, 3, 5, 255, 256, 257, 1000})
  void below_smallBound_isUniform(long bound) {
    Draws draws = new StreamDraws(new Random(bound)::nextBytes);
    long[] seen = new long[Math.toIntExact(bound)];
    for (int i = 0; i < SAMPLES; i++) {
      seen[Math.toIntExact(draws.below(bound))]++;
    }

    double expected = (double) SAMPLES / bound;
    double statistic =
        Arrays.stream(seen).mapToDouble(n -> (n - expected) * (n - expected) / expected).sum();
    double limit =
        new ChiSquaredDistribution(null, bound - 1.0).inverseCumulativeProbability(1.0 - CHANCE);
    assertTrue(statistic < limit, () -> statistic + " must be below " + limit);
  }

  @Test
  void below_bytesInOrder_areTheNumberAndTooLargeOnesAreLeftOut() {
    assertEquals(0x0102L, new StreamDraws(bytes(0x02, 0x01)).below(0x10000));
    assertEquals(0x0102L, new StreamDraws(bytes(0x02, 0xF1)).below(0x1000));
    assertEquals(1L, new StreamDraws(bytes(0xFB, 3, 1)).below(3));
    assertEquals(
        Long.MAX_VALUE - 1,
        new StreamDraws(bytes(0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F))
            .below(Long.MAX_VALUE));
  }

  @Test
  void below_one_takesNothingOfTheStream() {
    Draws draws = new StreamDraws(bytes(7));

    assertEquals(0L, draws.below(1));
    assertEquals(7L, draws.below(256));
  }

  /** The stream as a fraction is below n/m, to the last of many digits; so the chance is exact. */
  @Test
  void coin_anyFraction_isTheStreamComparedWithIt() {
    Random random = new Random(4);
    for (int i = 0; i < 20_000; i++) {
      byte[] stream = new byte[40];
      random.nextBytes(stream);
      int bits = 1 + random.nextInt(170);
      BigInteger m = new BigInteger(bits, random).add(BigInteger.ONE);
      // Often a fraction that starts as the stream does.
      int shared = random.nextInt(3) * 16;
      BigInteger first = new BigInteger(1, Arrays.copyOf(stream, shared / Byte.SIZE));
      BigInteger n =
          shared == 0
              ? new BigInteger(bits, random).min(m)
              : first.multiply(m).shiftRight(shared).add(BigInteger.ONE).min(m);
      boolean isBelow =
          new BigInteger(1, stream).multiply(m).compareTo(n.shiftLeft(stream.length * Byte.SIZE))
              < 0;

      assertEquals(isBelow, new StreamDraws(bytes(stream)).coin(n, m), () -> n + "/" + m);
      if (m.bitLength() < Long.SIZE) {
        Draws draws = new StreamDraws(bytes(stream));
        assertEquals(isBelow, draws.coin(n.longValueExact(), m.longValueExact()));
      }
    }
  }

  @Test
  void coin_certain_isSure() {
    Draws draws = new StreamDraws(new Random(5)::nextBytes);
    for (int i = 0; i < 10_000; i++) {
      assertTrue(draws.coin(3, 3));
      assertFalse(draws.coin(0, 3));
    }
  }

  @Test
  void draws_outOfTheirDomains_areRefused() {
    Draws draws = new StreamDraws(new Random(6)::nextBytes);

    assertThrows(IllegalArgumentException.class, () -> draws.below(0));
    assertThrows(IllegalArgumentException.class, () -> draws.coin(2, 1));
    assertThrows(IllegalArgumentException.class, () -> draws.coin(-1, 1));
    assertThrows(
        IllegalArgumentException.class, () -> draws.coin(BigInteger.ZERO, BigInteger.ZERO));
  }

  private static Consumer<byte[]> bytes(int... first) {
    byte[] stream = new byte[first.length];
    for (int i = 0; i < first.length; i++) {
      stream[i] = (byte) first[i];
    }
    return bytes(stream);
  }

  private static Consumer<byte[]> bytes(byte[] first) {
    return chunk -> System.arraycopy(first, 0, chunk, 0, first.length);
  }
}
