package io.sparkfed.secure;

import io.sparkfed.aggregate.NonFiniteValueException;
import io.sparkfed.aggregate.Ring;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/**
 * Vectors of real numbers as vectors of integers whose sum is exact, whatever the order.
 *
 * <p>Layout of an encoded vector: the d <em>scaled</em> coordinates, one word each; the number of
 * saturated coordinates, one word; the e <em>extra</em> coordinates, seven words each.
 *
 * <p><b>Scaled</b> coordinates (an update) are {@code rint(v * 2^f)} with {@code |v| <= bound};
 * beyond it they are saturated and counted. A sum over n workers can't overflow because {@code n *
 * (bound * 2^f + 1/2) < 2^62}, which the constructor demands; its error is at most {@code n *
 * 2^-(f+1)}.
 *
 * <p><b>Extra</b> coordinates (weights, losses, metric sums) may have any magnitude below 2^216,
 * 1e65: weights that sum to 1e18 times squares of labels of 1e12 have room. Each is one integer of
 * 448 bits in two's complement, {@code rint(v * 2^184)}, after v has been rounded to its own grid,
 * so a sum is exact to half of that for each worker, 2^-185 on the finest, and never saturates. It
 * is added and masked as one number, so nothing is seen of it but the sum.
 *
 * @param scaledLength number d of scaled coordinates, at least 0
 * @param bound largest magnitude of a scaled coordinate at one worker, positive and finite
 * @param fractionBits f: the grid is 2^-f
 * @param workers most vectors in a sum, in [1, {@value #MAX_WORKERS}]
 * @param grids of the extra coordinates
 */
record FixedPoint(int scaledLength, double bound, int fractionBits, int workers, Grids grids) {
  private static final int WIDTH = 7;
  private static final int EXTRA_FRACTION_BITS = 184;
  private static final double EXTRA_RANGE = 0x1p216;
  private static final int MANTISSA_BITS = 52;

  /** Most workers whose extras can be summed: 2^21 numbers below 2^400 stay below 2^447. */
  static final int MAX_WORKERS = 1 << 21;

  /**
   * @throws IllegalArgumentException if a sum could overflow
   */
  FixedPoint {
    if (scaledLength < 0) {
      throw new IllegalArgumentException(
          "scaled coordinates must be >= 0. Provided value: " + scaledLength);
    }
    if (workers < 1 || workers > MAX_WORKERS) {
      throw new IllegalArgumentException(
          "workers must be in [1, " + MAX_WORKERS + "]. Provided value: " + workers);
    }
    if (!(bound > 0.0) || Double.isInfinite(bound)) {
      throw new IllegalArgumentException(
          "the bound must be > 0 and finite. Provided value: " + bound);
    }
    if (!(workers * (Math.scalb(bound, fractionBits) + 0.5) < 0x1p62)) {
      throw new IllegalArgumentException(
          "workers * (bound * 2^f + 1/2) must be < 2^62, or the sum could overflow. Provided: "
              + workers
              + " workers, bound "
              + bound
              + ", f = "
              + fractionBits);
    }
  }

  /** The same with all extra coordinates on the finest grid. */
  FixedPoint(int scaledLength, double bound, int fractionBits, int workers) {
    this(scaledLength, bound, fractionBits, workers, Grids.FINEST);
  }

  /** Returns the length of an encoded vector. */
  static long words(int scaledLength, int extras) {
    return scaledLength + 1 + (long) WIDTH * extras;
  }

  /** Returns how encoded vectors are added. */
  Ring ring() {
    return new Ring(scaledLength + 1, WIDTH);
  }

  /** Creates the codec with the finest grid that can't overflow; the bound is a power of two. */
  static FixedPoint finest(int scaledLength, int boundExponent, int workers) {
    return new FixedPoint(
        scaledLength,
        Math.scalb(1.0, boundExponent),
        61 - workerBits(workers) - boundExponent,
        workers);
  }

  /**
   * Creates the codec with the finest grid that can't overflow and isn't finer than the last place
   * of the largest number.
   *
   * @param largestExponent no number exceeds 2^largestExponent, which is at most the bound
   */
  static FixedPoint finest(
      int scaledLength, int boundExponent, int largestExponent, int workers, Grids grids) {
    return new FixedPoint(
        scaledLength,
        Math.scalb(1.0, boundExponent),
        Math.min(61 - workerBits(workers) - boundExponent, MANTISSA_BITS + 1 - largestExponent),
        workers,
        grids);
  }

  private static int workerBits(int workers) {
    return 32 - Integer.numberOfLeadingZeros(workers);
  }

  /** Returns the largest error of a scaled coordinate of a sum over {@code count} workers. */
  double errorBound(int count) {
    return Math.scalb((double) count, -fractionBits - 1);
  }

  /**
   * Encodes a worker's vector.
   *
   * @throws NonFiniteValueException if a coordinate is NaN or infinite, or an extra one too large
   */
  long[] encode(double[] vector) {
    int extras = vector.length - scaledLength;
    long[] words = new long[scaledLength + 1 + WIDTH * extras];
    long saturated = 0;
    for (int j = 0; j < scaledLength; j++) {
      double value = vector[j];
      if (!Double.isFinite(value)) {
        throw new NonFiniteValueException(words.length);
      }
      if (Math.abs(value) > bound) {
        value = Math.copySign(bound, value);
        saturated++;
      }
      words[j] = (long) Math.rint(Math.scalb(value, fractionBits));
    }
    words[scaledLength] = saturated;
    int[] grid = grids.each(extras);
    for (int k = 0; k < extras; k++) {
      encodeExtra(rounded(vector[scaledLength + k], grid[k]), words, extraAt(k));
    }
    return words;
  }

  private static double rounded(double value, int grid) {
    return Math.scalb(Math.rint(Math.scalb(value, -grid)), grid);
  }

  private int extraAt(int extra) {
    return scaledLength + 1 + WIDTH * extra;
  }

  private static void encodeExtra(double value, long[] words, int at) {
    double magnitude = Math.abs(value);
    if (!(magnitude < EXTRA_RANGE)) {
      throw new NonFiniteValueException(words.length);
    }
    // Beyond the mantissa all digits are zeros, so only numbers without one there are rounded.
    int shift = Math.getExponent(magnitude) - MANTISSA_BITS + EXTRA_FRACTION_BITS;
    if (shift <= 0) {
      words[at] = (long) Math.rint(Math.scalb(magnitude, EXTRA_FRACTION_BITS));
    } else {
      long mantissa = (long) Math.scalb(magnitude, EXTRA_FRACTION_BITS - shift);
      int word = at + shift / Long.SIZE;
      int bit = shift % Long.SIZE;
      words[word] = mantissa << bit;
      if (bit > 0) {
        words[word + 1] = mantissa >>> (Long.SIZE - bit);
      }
    }
    if (value < 0.0) {
      negate(words, at);
    }
  }

  /** In two's complement: all bits turned, and one added. */
  private static void negate(long[] words, int at) {
    boolean carry = true;
    for (int word = at; word < at + WIDTH; word++) {
      words[word] = carry ? -words[word] : ~words[word];
      carry &= words[word] == 0;
    }
  }

  /**
   * Decodes the sum of {@code count} encoded vectors.
   *
   * @throws IllegalArgumentException if a number is out of the range of {@code count} vectors, as
   *     after a wrong mask
   */
  double[] decode(long[] sums, int count) {
    if (sums.length <= scaledLength
        || (sums.length - scaledLength - 1) % WIDTH != 0
        || count > workers) {
      throw new IllegalArgumentException("a sum must have the layout of the vectors");
    }
    int extras = (sums.length - scaledLength - 1) / WIDTH;
    double[] vector = new double[scaledLength + extras];
    double largest = count * (Math.scalb(bound, fractionBits) + 0.5);
    for (int j = 0; j < scaledLength; j++) {
      requireInRange(Math.abs((double) sums[j]), largest);
      vector[j] = Math.scalb((double) sums[j], -fractionBits);
    }
    ByteBuffer number = ByteBuffer.allocate(WIDTH * Long.BYTES);
    for (int k = 0; k < extras; k++) {
      for (int word = 0; word < WIDTH; word++) {
        number.putLong((WIDTH - 1 - word) * Long.BYTES, sums[extraAt(k) + word]);
      }
      double total = Math.scalb(new BigInteger(number.array()).doubleValue(), -EXTRA_FRACTION_BITS);
      requireInRange(Math.abs(total), count * EXTRA_RANGE);
      vector[scaledLength + k] = total;
    }
    return vector;
  }

  /** Returns how many coordinates were saturated, over all workers. */
  long saturated(long[] sums) {
    return sums[scaledLength];
  }

  private static void requireInRange(double magnitude, double largest) {
    if (magnitude > largest) {
      throw new IllegalArgumentException("a sum must be in the range of its terms");
    }
  }
}
