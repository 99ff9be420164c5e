package io.sparkfed.secure;

import io.sparkfed.aggregate.NonFiniteValueException;
import java.math.BigInteger;

/**
 * Vectors of real numbers as vectors of integers whose sum modulo 2^64 is exact, whatever the
 * order.
 *
 * <p>Layout of an encoded vector: the d <em>scaled</em> coordinates, one word each; the e
 * <em>extra</em> coordinates, ten words each; the number of saturated coordinates, one word.
 *
 * <p><b>Scaled</b> coordinates (an update) are {@code rint(v * 2^f)} with {@code |v| <= bound};
 * beyond it they are saturated and counted. A sum over n workers can't overflow because {@code n *
 * (bound * 2^f + 1/2) < 2^62}, which the constructor demands; its error is at most {@code n *
 * 2^-(f+1)}.
 *
 * <p><b>Extra</b> coordinates (weights, losses, metric sums) may have any magnitude below 2^216,
 * 1e65: weights that sum to 1e18 times squares of labels of 1e12 have room. They are {@code sign *
 * sum_l limb_l * 2^(40 (9 - l)) * 2^-184} with ten limbs up to 2^40, so their sum is exact to
 * 2^-185, 2e-56, for each worker and never saturates.
 *
 * @param scaledLength number d of scaled coordinates, at least 0
 * @param bound largest magnitude of a scaled coordinate at one worker, positive and finite
 * @param fractionBits f: the grid is 2^-f
 * @param workers most vectors in a sum, in [1, {@value #MAX_WORKERS}]
 */
record FixedPoint(int scaledLength, double bound, int fractionBits, int workers) {
  private static final int LIMBS = 10;
  private static final int LIMB_BITS = 40;
  private static final double LIMB = 0x1p40;
  private static final int EXTRA_FRACTION_BITS = 184;
  private static final double EXTRA_RANGE = 0x1p216;

  /** Most workers whose limbs can be summed: 2^21 limbs of 40 bits stay below 2^62. */
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

  /** Returns the length of an encoded vector. */
  static long words(int scaledLength, int extras) {
    return scaledLength + (long) LIMBS * extras + 1;
  }

  /** Creates the codec with the finest grid that can't overflow; the bound is a power of two. */
  static FixedPoint finest(int scaledLength, int boundExponent, int workers) {
    int workerBits = 32 - Integer.numberOfLeadingZeros(workers);
    return new FixedPoint(
        scaledLength, Math.scalb(1.0, boundExponent), 61 - workerBits - boundExponent, workers);
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
    long[] words = new long[scaledLength + LIMBS * extras + 1];
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
    for (int k = 0; k < extras; k++) {
      encodeExtra(vector[scaledLength + k], words, scaledLength + LIMBS * k);
    }
    words[words.length - 1] = saturated;
    return words;
  }

  private static void encodeExtra(double value, long[] words, int at) {
    double magnitude = Math.abs(value);
    if (!(magnitude < EXTRA_RANGE)) {
      throw new NonFiniteValueException(words.length);
    }
    long sign = value < 0.0 ? -1L : 1L;
    // Scaling by powers of two, and taking integer parts of what is below 2^40, is exact.
    double rest = Math.scalb(magnitude, EXTRA_FRACTION_BITS - (LIMBS - 1) * LIMB_BITS);
    for (int limb = 0; limb < LIMBS; limb++) {
      double whole = limb < LIMBS - 1 ? Math.floor(rest) : Math.rint(rest);
      words[at + limb] = sign * (long) whole;
      rest = (rest - whole) * LIMB;
    }
  }

  /**
   * Decodes the sum of {@code count} encoded vectors.
   *
   * @throws IllegalArgumentException if a word is out of the range of {@code count} vectors, as
   *     after a wrong mask
   */
  double[] decode(long[] sums, int count) {
    if ((sums.length - scaledLength - 1) % LIMBS != 0 || count > workers) {
      throw new IllegalArgumentException("a sum must have the layout of the vectors");
    }
    int extras = (sums.length - scaledLength - 1) / LIMBS;
    double[] vector = new double[scaledLength + extras];
    double largest = count * (Math.scalb(bound, fractionBits) + 0.5);
    for (int j = 0; j < scaledLength; j++) {
      requireInRange(sums[j], largest);
      vector[j] = Math.scalb((double) sums[j], -fractionBits);
    }
    for (int k = 0; k < extras; k++) {
      int at = scaledLength + LIMBS * k;
      BigInteger total = BigInteger.ZERO;
      for (int limb = 0; limb < LIMBS; limb++) {
        requireInRange(sums[at + limb], count * LIMB);
        total = total.shiftLeft(LIMB_BITS).add(BigInteger.valueOf(sums[at + limb]));
      }
      vector[scaledLength + k] = Math.scalb(total.doubleValue(), -EXTRA_FRACTION_BITS);
    }
    return vector;
  }

  /** Returns how many coordinates were saturated, over all workers. */
  static long saturated(long[] sums) {
    return sums[sums.length - 1];
  }

  private static void requireInRange(long word, double largest) {
    if (Math.abs((double) word) > largest) {
      throw new IllegalArgumentException("a sum must be in the range of its terms");
    }
  }
}
