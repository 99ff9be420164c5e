package io.sparkfed.math;

import java.io.Serializable;

/**
 * The numbers from one to another, both among them.
 *
 * @param low the least, not NaN
 * @param high the largest, not NaN, at least {@code low}
 */
public record Interval(double low, double high) implements Serializable {

  /**
   * @throws IllegalArgumentException if an end is NaN, or {@code low > high}
   */
  public Interval {
    if (!(low <= high)) {
      throw new IllegalArgumentException(
          "low must be <= high. Provided values: " + low + ", " + high);
    }
  }

  /** Returns the point in the middle. */
  public double middle() {
    return low / 2.0 + high / 2.0;
  }

  /** Returns half the width. */
  public double halfWidth() {
    return high / 2.0 - low / 2.0;
  }

  /** Returns the largest absolute value in it. */
  public double reach() {
    return Math.max(Math.abs(low), Math.abs(high));
  }

  /** Returns whether both ends are finite. */
  public boolean isFinite() {
    return Double.isFinite(low) && Double.isFinite(high);
  }

  /** Returns the number in it that is nearest to {@code value}; NaN for NaN. */
  public double nearest(double value) {
    return Math.min(Math.max(value, low), high);
  }
}
