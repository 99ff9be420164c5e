package io.sparkfed.data;

import java.io.Serializable;

/** The entries of sparse rows, end to end, as they are stored; read as double in any case. */
abstract sealed class SparseValues implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * Packs numbers.
   *
   * @param values the numbers; kept, if stored as double
   */
  static SparseValues of(double[] values, Storage storage) {
    if (storage == Storage.DOUBLE) {
      return new Doubles(values);
    }
    float[] rounded = new float[values.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = storage.rounded(values[i]);
    }
    return new Floats(rounded);
  }

  abstract double get(int i);

  /**
   * Returns the sum of the numbers {@code start .. end - 1} with the coefficients of their columns:
   * four sums, of each fourth, so that an addition needn't wait for the one before.
   */
  abstract double sparseDot(int start, int end, int[] columns, double[] coefficients, int from);

  /** Adds a multiple of the numbers {@code start .. end - 1} to the sums of their columns. */
  abstract void addSparse(
      int start, int end, int[] columns, double factor, double[] sums, int from);

  abstract long bytes();

  private static final class Doubles extends SparseValues {
    private static final long serialVersionUID = 1L;

    private final double[] values;

    Doubles(double[] values) {
      this.values = values;
    }

    @Override
    double get(int i) {
      return values[i];
    }

    @Override
    double sparseDot(int start, int end, int[] columns, double[] coefficients, int from) {
      double s0 = 0.0;
      double s1 = 0.0;
      double s2 = 0.0;
      double s3 = 0.0;
      int k = start;
      for (; k <= end - 4; k += 4) {
        s0 += values[k] * coefficients[from + columns[k]];
        s1 += values[k + 1] * coefficients[from + columns[k + 1]];
        s2 += values[k + 2] * coefficients[from + columns[k + 2]];
        s3 += values[k + 3] * coefficients[from + columns[k + 3]];
      }
      for (; k < end; k++) {
        s0 += values[k] * coefficients[from + columns[k]];
      }
      return (s0 + s2) + (s1 + s3);
    }

    @Override
    void addSparse(int start, int end, int[] columns, double factor, double[] sums, int from) {
      for (int k = start; k < end; k++) {
        sums[from + columns[k]] += factor * values[k];
      }
    }

    @Override
    long bytes() {
      return (long) Double.BYTES * values.length;
    }
  }

  private static final class Floats extends SparseValues {
    private static final long serialVersionUID = 1L;

    private final float[] values;

    Floats(float[] values) {
      this.values = values;
    }

    @Override
    double get(int i) {
      return values[i];
    }

    @Override
    double sparseDot(int start, int end, int[] columns, double[] coefficients, int from) {
      double s0 = 0.0;
      double s1 = 0.0;
      double s2 = 0.0;
      double s3 = 0.0;
      int k = start;
      for (; k <= end - 4; k += 4) {
        s0 += values[k] * coefficients[from + columns[k]];
        s1 += values[k + 1] * coefficients[from + columns[k + 1]];
        s2 += values[k + 2] * coefficients[from + columns[k + 2]];
        s3 += values[k + 3] * coefficients[from + columns[k + 3]];
      }
      for (; k < end; k++) {
        s0 += values[k] * coefficients[from + columns[k]];
      }
      return (s0 + s2) + (s1 + s3);
    }

    @Override
    void addSparse(int start, int end, int[] columns, double factor, double[] sums, int from) {
      for (int k = start; k < end; k++) {
        sums[from + columns[k]] += factor * values[k];
      }
    }

    @Override
    long bytes() {
      return (long) Float.BYTES * values.length;
    }
  }
}
