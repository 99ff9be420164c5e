package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.NonFiniteValueException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FixedPointTest {
  private static final int MOST = FixedPoint.MAX_WORKERS;

  /** The least bound that is refused, and the largest one below it. */
  @ParameterizedTest
  @CsvSource({"1, 61", "3, 59", "4, 59", "1000, 51", "2097152, 30", "7, -40"})
  void constructor_sumBelowTwoToThe62_isTakenAndAtItRefused(int workers, int f) {
    double taken = 0x1p-100;
    double refused = 0x1p200;
    while (Math.nextUp(taken) < refused) {
      long middle = (Double.doubleToLongBits(taken) + Double.doubleToLongBits(refused)) >>> 1;
      double bound = Double.longBitsToDouble(middle);
      BigDecimal sum =
          new BigDecimal(Math.scalb(bound, f))
              .add(new BigDecimal("0.5"))
              .multiply(new BigDecimal(workers));
      if (sum.compareTo(BigDecimal.valueOf(1L << 62)) < 0) {
        taken = bound;
      } else {
        refused = bound;
      }
    }
    double atTheLimit = refused;

    assertThrows(IllegalArgumentException.class, () -> new FixedPoint(1, atTheLimit, f, workers));
    // The rule is checked in doubles, which may refuse the last few bounds below the limit.
    new FixedPoint(1, taken * (1 - 0x1p-51), f, workers);
  }

  @Test
  void constructor_boundExactlyAtTheLimit_isRefused() {
    // 2 (2^61 - 1/2 + 1/2) = 2^62; in doubles 2^61 + 1/2 = 2^61.
    assertThrows(IllegalArgumentException.class, () -> new FixedPoint(1, 0x1p61, 0, 2));
    new FixedPoint(1, Math.nextDown(0x1p61), 0, 2);
    // 2^21 (2^41 - 1/2 + 1/2) = 2^62 has all its digits.
    assertThrows(IllegalArgumentException.class, () -> new FixedPoint(1, 0x1p41 - 0.5, 0, MOST));
    new FixedPoint(1, Math.nextDown(0x1p41 - 0.5), 0, MOST);
  }

  @Test
  void constructor_boundOrWorkersOutOfRange_isRefused() {
    for (double bound :
        new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> new FixedPoint(1, bound, 0, 1));
    }
    for (int workers : new int[] {0, -1, MOST + 1}) {
      assertThrows(IllegalArgumentException.class, () -> new FixedPoint(1, 1, 0, workers));
    }
  }

  @Test
  void finest_anyWorkersAndBound_isWithinTheLimitAndOneBitMoreIsNot() {
    for (int workers : new int[] {1, 2, 3, 4, 7, 8, 100, 1000, 1 << 20, MOST}) {
      for (int exponent : new int[] {-252, -20, 0, 20, 256}) {
        FixedPoint finest = FixedPoint.finest(1, exponent, workers);
        double bound = Math.scalb(1.0, exponent);
        long[] largest = finest.encode(new double[] {bound});
        assertTrue(Math.multiplyHigh(largest[0], workers) == 0 && largest[0] * workers > 0);
        assertTrue(largest[0] * workers < 1L << 62);
        assertTrue(largest[0] * 4 * workers >= 1L << 61, "fewer than 2 bits are given away");
        assertEquals(0, finest.saturated(largest));
        assertEquals(bound, finest.decode(largest, 1)[0]);
      }
    }
  }

  @Test
  void decode_sumOfExtremeVectors_doesNotOverflow() {
    FixedPoint codec = FixedPoint.finest(2, 0, MOST);
    long[] one =
        codec.encode(new double[] {1, -1, Math.nextDown(0x1p216), -Math.nextDown(0x1p216)});
    long[] sum = times(MOST, one, codec);

    assertArrayEquals(
        new double[] {MOST, -MOST, MOST * Math.nextDown(0x1p216), -MOST * Math.nextDown(0x1p216)},
        codec.decode(sum, MOST));
  }

  /** Whatever the magnitudes, the sum of extras is the exact one, rounded once. */
  @Test
  void decode_extrasOfAnyMagnitude_isTheExactSumToTheLastBit() {
    Random random = new Random(1L);
    for (int trial = 0; trial < 300; trial++) {
      int workers = 1 + random.nextInt(50);
      int extras = 1 + random.nextInt(4);
      FixedPoint codec = FixedPoint.finest(0, 0, workers);
      long[] sum = null;
      BigDecimal[] exact = new BigDecimal[extras];
      Arrays.fill(exact, BigDecimal.ZERO);
      for (int w = 0; w < workers; w++) {
        double[] vector = new double[extras];
        for (int k = 0; k < extras; k++) {
          // The last of 53 bits is at 2^-184 at least, so that nothing is rounded.
          int exponent = -184 + 53 + random.nextInt(216 + 184 - 53);
          vector[k] = Math.scalb(random.nextDouble() * 2 - 1, exponent);
          vector[k] = Math.scalb(Math.rint(Math.scalb(vector[k], 184)), -184);
          exact[k] = exact[k].add(new BigDecimal(vector[k]));
        }
        sum = plus(codec, sum, codec.encode(vector));
      }
      double[] decoded = codec.decode(sum, workers);
      for (int k = 0; k < extras; k++) {
        assertEquals(exact[k].doubleValue(), decoded[k]);
      }
    }
  }

  @Test
  void encode_extraBelowTheFinestDigit_isRoundedToIt() {
    FixedPoint codec = FixedPoint.finest(0, 0, 1);
    double[] values = {0x1p-184, 0x1.8p-185, 0x1p-186, Double.MIN_VALUE, 0.0, -0.0, -0x1.8p-185};

    assertArrayEquals(
        new double[] {0x1p-184, 0x1p-184, 0, 0, 0, 0, -0x1p-184},
        codec.decode(codec.encode(values), 1));
  }

  /** Labels of 1e12 squared, on a million rows. */
  @Test
  void encode_extraOfALargeSquaredLoss_isInRange() {
    FixedPoint codec = FixedPoint.finest(0, 0, 10);

    assertEquals(1e30, codec.decode(codec.encode(new double[] {1e30}), 1)[0]);
  }

  @Test
  void decode_scaled_errorIsWithinTheBound() {
    Random random = new Random(2L);
    for (int trial = 0; trial < 300; trial++) {
      int workers = 1 + random.nextInt(100);
      int exponent = random.nextInt(40) - 20;
      FixedPoint codec = FixedPoint.finest(3, exponent, workers);
      long[] sum = null;
      BigDecimal[] exact = {BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO};
      for (int w = 0; w < workers; w++) {
        double[] vector = random.doubles(3).map(d -> Math.scalb(d * 2 - 1, exponent)).toArray();
        for (int j = 0; j < 3; j++) {
          exact[j] = exact[j].add(new BigDecimal(vector[j]));
        }
        sum = plus(codec, sum, codec.encode(vector));
      }
      assertEquals(0, codec.saturated(sum));
      double[] decoded = codec.decode(sum, workers);
      for (int j = 0; j < 3; j++) {
        BigDecimal error = exact[j].subtract(new BigDecimal(decoded[j])).abs();
        double allowed = codec.errorBound(workers) + Math.ulp(decoded[j]) / 2;
        assertTrue(error.compareTo(new BigDecimal(allowed)) <= 0, error + " > " + allowed);
      }
    }
  }

  @Test
  void encode_beyondTheBound_saturatesAndCounts() {
    FixedPoint codec = new FixedPoint(4, 8.0, 20, 10);
    long[] words = codec.encode(new double[] {8.0, Math.nextUp(8.0), -1e300, 0.25, 7.0});

    assertEquals(2, codec.saturated(words));
    assertArrayEquals(new double[] {8.0, 8.0, -8.0, 0.25, 7.0}, codec.decode(words, 1));
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        0x1p216,
        -0x1p216,
        1e300
      })
  void encode_notFiniteOrBeyondTheRangeOfExtras_isRefusedWithTheLengthAlone(double bad) {
    FixedPoint codec = FixedPoint.finest(2, 0, 3);
    NonFiniteValueException extra =
        assertThrows(
            NonFiniteValueException.class, () -> codec.encode(new double[] {1, 2, 3, bad}));
    assertEquals(2 + 1 + 2 * 7, extra.words());
    if (!Double.isFinite(bad)) {
      NonFiniteValueException scaled =
          assertThrows(
              NonFiniteValueException.class, () -> codec.encode(new double[] {1, bad, 3, 4}));
      assertEquals(2 + 1 + 2 * 7, scaled.words());
    }
  }

  /** Uniform words, as a wrong mask leaves them. */
  @Test
  void decode_wordBeyondItsTerms_isRefused() {
    FixedPoint codec = FixedPoint.finest(1, 0, 4);
    long[] valid = codec.encode(new double[] {1.0, 1.0});
    long[] four = times(4, valid, codec);
    codec.decode(four, 4);
    for (int j : new int[] {0, valid.length - 1}) {
      for (long wrong : new long[] {Long.MAX_VALUE, Long.MIN_VALUE, 1L << 62, -(1L << 62)}) {
        long[] sum = four.clone();
        sum[j] = wrong;
        assertThrows(IllegalArgumentException.class, () -> codec.decode(sum, 4));
      }
    }
    assertThrows(IllegalArgumentException.class, () -> codec.decode(four, 3));
    assertThrows(IllegalArgumentException.class, () -> codec.decode(four, 5));
    assertThrows(IllegalArgumentException.class, () -> codec.decode(new long[10], 4));
  }

  /** As a number of many words, too, in two's complement. */
  @Test
  void encode_extra_isOneIntegerOfAllItsWords() {
    FixedPoint codec = FixedPoint.finest(1, 0, 4);
    Random random = new Random(4L);
    for (int trial = 0; trial < 2000; trial++) {
      double value = Math.scalb(random.nextDouble() * 2 - 1, random.nextInt(216 + 240) - 240);
      long[] words = codec.encode(new double[] {0.5, value});
      BigInteger number = BigInteger.ZERO;
      for (int word = words.length - 1; word > 1; word--) {
        BigInteger digit =
            word == words.length - 1
                ? BigInteger.valueOf(words[word])
                : new BigInteger(Long.toUnsignedString(words[word]));
        number = number.shiftLeft(64).add(digit);
      }
      BigDecimal exact = new BigDecimal(value).multiply(new BigDecimal(BigInteger.TWO.pow(184)));
      assertEquals(exact.setScale(0, RoundingMode.HALF_EVEN).toBigIntegerExact(), number);
    }
  }

  private static long[] plus(FixedPoint codec, long[] sum, long[] words) {
    if (sum == null) {
      return words.clone();
    }
    codec.ring().add(sum, words);
    return sum;
  }

  private static long[] times(int count, long[] words, FixedPoint codec) {
    long[] sum = new long[words.length];
    for (int i = 0; i < count; i++) {
      codec.ring().add(sum, words);
    }
    return sum;
  }
}
