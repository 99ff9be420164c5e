package io.sparkfed.aggregate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RingTest {
  private static final long[] EDGES = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 2};

  /** Words mostly of those that carry and borrow. */
  private static long[] vector(Random random, int length) {
    return random
        .longs(length)
        .map(word -> random.nextBoolean() ? word : EDGES[random.nextInt(EDGES.length)])
        .toArray();
  }

  private static BigInteger number(long[] words, int at, int width) {
    BigInteger number = BigInteger.ZERO;
    for (int word = at + width - 1; word >= at; word--) {
      number = number.shiftLeft(64).add(new BigInteger(Long.toUnsignedString(words[word])));
    }
    return number;
  }

  @Test
  void running_anyPieces_addsAndSubtractsWholeNumbersModuloTheirWidth() {
    Random random = new Random(1L);
    for (int trial = 0; trial < 2000; trial++) {
      int width = 1 + random.nextInt(8);
      int numbers = random.nextInt(5);
      Ring ring = new Ring(random.nextInt(6), width);
      long[] sum = vector(random, ring.singles() + numbers * width);
      long[] added = vector(random, sum.length);
      long[] before = sum.clone();

      boolean subtract = random.nextBoolean();
      Ring.Running running = new Ring.Running(ring, sum);
      while (running.position() < sum.length) {
        int at = running.position();
        int count = 1 + random.nextInt(sum.length - at);
        long[] piece = Arrays.copyOfRange(added, at, at + count);
        if (subtract) {
          running.subtract(piece, count);
        } else {
          running.add(piece, count);
        }
      }

      for (int j = 0; j < ring.singles(); j++) {
        assertEquals(subtract ? before[j] - added[j] : before[j] + added[j], sum[j]);
      }
      BigInteger modulus = BigInteger.TWO.pow(64 * width);
      for (int k = 0; k < numbers; k++) {
        int at = ring.singles() + k * width;
        BigInteger one = number(before, at, width);
        BigInteger other = number(added, at, width);
        BigInteger expected = (subtract ? one.subtract(other) : one.add(other)).mod(modulus);
        assertEquals(expected, number(sum, at, width));
      }
    }
  }

  @Test
  void add_wordsEachForThemselves_isModuloTwoToThe64() {
    long[] sum = {-1, Long.MAX_VALUE, 5};
    Ring.OF_WORDS.add(sum, new long[] {1, 1, -6});
    assertArrayEquals(new long[] {0, Long.MIN_VALUE, -1}, sum);
    assertEquals(Ring.OF_WORDS, Ring.OF_WORDS.behind(2));
    assertEquals(new Ring(5, 3), new Ring(3, 3).behind(2));
  }

  @Test
  void ring_valuesOutOfRange_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Ring(-1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Ring(0, 0));
    assertThrows(IllegalArgumentException.class, () -> Ring.OF_WORDS.add(new long[2], new long[3]));
  }
}
