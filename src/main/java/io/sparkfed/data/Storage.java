package io.sparkfed.data;

/** How a worker's packed features are kept in memory. All sums are of doubles in any case. */
public enum Storage {
  /** As they are. */
  DOUBLE,
  /**
   * Rounded to the nearest float, of 24 bits: half the memory, and each feature has a relative
   * error of up to 6e-8. Labels, weights and offsets are kept as they are.
   */
  FLOAT;

  /** Returns whether numbers stay finite. */
  public boolean holds(double[] values) {
    return holds(values, 0, values.length);
  }

  /** Returns whether {@code count} numbers from a place on stay finite. */
  boolean holds(double[] values, int from, int count) {
    if (this == DOUBLE) {
      return true;
    }
    for (int i = from; i < from + count; i++) {
      if (Float.isInfinite((float) values[i])) {
        return false;
      }
    }
    return true;
  }

  /** Rounds numbers as they are stored. */
  void round(double[] values) {
    if (this == FLOAT) {
      for (int i = 0; i < values.length; i++) {
        values[i] = rounded(values[i]);
      }
    }
  }

  /**
   * Returns a finite number as a float.
   *
   * @throws IllegalArgumentException if it is too large for one
   */
  float rounded(double value) {
    float rounded = (float) value;
    if (Float.isInfinite(rounded)) {
      throw new IllegalArgumentException("a feature is too large for a float");
    }
    return rounded;
  }
}
