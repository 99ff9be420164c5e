package io.sparkfed.data;

import io.sparkfed.math.Kernels;
import java.io.Serializable;

/** The numbers of rows, end to end, as they are stored; read as double in any case. */
abstract sealed class PackedValues implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * Packs numbers.
   *
   * @param values the numbers, followed by {@link Kernels#LANES} zeros, as kernels read whole
   *     vectors; kept, if stored as double
   */
  static PackedValues of(double[] values, Storage storage) {
    if (storage == Storage.DOUBLE) {
      return new Doubles(values);
    }
    float[] rounded = new float[values.length - Kernels.LANES];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = storage.rounded(values[i]);
    }
    return new Floats(rounded);
  }

  abstract double get(int i);

  /** Returns a number's sum with coefficients, as {@link Kernels#dots} defines it. */
  abstract double dot(int start, double[] coefficients, int from, int width);

  abstract void copy(int start, int count, double[] out, int at);

  /** Returns the array that holds the numbers as kernels read them; null if there is none. */
  abstract double[] inPlace();

  abstract long bytes();

  private static final class Doubles extends PackedValues {
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
    double dot(int start, double[] coefficients, int from, int width) {
      return Kernels.dot(values, start, coefficients, from, width);
    }

    @Override
    void copy(int start, int count, double[] out, int at) {
      System.arraycopy(values, start, out, at, count);
    }

    @Override
    double[] inPlace() {
      return values;
    }

    @Override
    long bytes() {
      return (long) Double.BYTES * values.length;
    }
  }

  private static final class Floats extends PackedValues {
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
    double dot(int start, double[] coefficients, int from, int width) {
      return Kernels.dot(values, start, coefficients, from, width);
    }

    @Override
    void copy(int start, int count, double[] out, int at) {
      Kernels.best().widen(values, start, out, at, count);
    }

    @Override
    double[] inPlace() {
      return null;
    }

    @Override
    long bytes() {
      return (long) Float.BYTES * values.length;
    }
  }
}
