package io.sparkfed.math;

/** Kernels on {@code double[]} whose order of operations is fixed by this code. */
public final class Vectors {
  private Vectors() {}

  /**
   * Returns {@code sum_j a[aOffset + j] * b[j]} for {@code j < length}, added in order of {@code
   * j}.
   */
  public static double dot(double[] a, int aOffset, double[] b, int length) {
    return dot(a, aOffset, b, 0, length);
  }

  /**
   * Returns {@code sum_j a[aOffset + j] * b[bOffset + j]} for {@code j < length}, added in order of
   * {@code j}.
   */
  public static double dot(double[] a, int aOffset, double[] b, int bOffset, int length) {
    double sum = 0.0;
    for (int j = 0; j < length; j++) {
      sum += a[aOffset + j] * b[bOffset + j];
    }
    return sum;
  }

  /** Adds {@code factor * x[xOffset + j]} to {@code out[j]} for {@code j < length}. */
  public static void addScaled(double factor, double[] x, int xOffset, double[] out, int length) {
    addScaled(factor, x, xOffset, out, 0, length);
  }

  /** Adds {@code factor * x[xOffset + j]} to {@code out[outOffset + j]} for {@code j < length}. */
  public static void addScaled(
      double factor, double[] x, int xOffset, double[] out, int outOffset, int length) {
    for (int j = 0; j < length; j++) {
      out[outOffset + j] += factor * x[xOffset + j];
    }
  }

  /**
   * Moves each of the first {@code length} entries towards 0 by {@code threshold}, and to 0 those
   * that are nearer: the proximal step of the absolute value.
   */
  public static void softThreshold(double threshold, double[] values, int length) {
    for (int j = 0; j < length; j++) {
      double left = Math.abs(values[j]) - threshold;
      values[j] = left > 0.0 ? Math.copySign(left, values[j]) : 0.0;
    }
  }

  /** Returns a new array {@code a - b}. */
  public static double[] subtract(double[] a, double[] b) {
    requireSameLength(a, b);
    double[] out = new double[a.length];
    for (int j = 0; j < a.length; j++) {
      out[j] = a[j] - b[j];
    }
    return out;
  }

  /** Returns the largest absolute value of an entry; 0 for no entries, NaN if one is NaN. */
  public static double maxAbs(double[] values) {
    double largest = 0.0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /** Returns whether no entry is NaN or infinite. */
  public static boolean allFinite(double[] values) {
    for (double value : values) {
      if (!Double.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  private static void requireSameLength(double[] a, double[] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException(
          "vectors must have the same length. Provided: " + a.length + " and " + b.length);
    }
  }
}
