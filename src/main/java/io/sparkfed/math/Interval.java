package io.sparkfed.math;

import java.io.Serializable;
import java.util.Optional;

/**
 * The numbers from one to another, both among them.
 *
 * <p>Arithmetic is that of intervals (Moore 1966), with ends rounded to the nearest double and not
 * outward: what it gives may be short of the truth by some rounding.
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

  /** Returns the number in it that is nearest to {@code value}; NaN for NaN. */
  public double nearest(double value) {
    return Math.min(Math.max(value, low), high);
  }

  /** Returns whether a number is in it. */
  public boolean contains(double value) {
    return low <= value && value <= high;
  }

  /** Returns where sums of a number in this and one in the other lie; empty without a bound. */
  public Optional<Interval> plus(Interval other) {
    return around(low + other.low, high + other.high);
  }

  /** Returns where differences lie; empty without a bound. */
  public Optional<Interval> minus(Interval other) {
    return around(low - other.high, high - other.low);
  }

  /** Returns where products lie; empty without a bound. */
  public Optional<Interval> times(Interval other) {
    return around(low * other.low, low * other.high, high * other.low, high * other.high);
  }

  /** Returns where quotients lie; empty without a bound, as where the divisor may be 0. */
  public Optional<Interval> over(Interval divisor) {
    return divisor.contains(0.0)
        ? Optional.empty()
        : around(low / divisor.low, low / divisor.high, high / divisor.low, high / divisor.high);
  }

  /**
   * Returns where powers lie; empty without a bound, as where there may be none among the reals.
   */
  public Optional<Interval> power(Interval exponent) {
    boolean isWhole = exponent.low == exponent.high && exponent.low == Math.rint(exponent.low);
    if (isWhole && exponent.low >= 0.0) {
      double n = exponent.low;
      double least = n > 0.0 && n % 2.0 == 0.0 && contains(0.0) ? 0.0 : StrictMath.pow(low, n);
      return around(least, StrictMath.pow(low, n), StrictMath.pow(high, n));
    }
    if (isWhole) {
      return contains(0.0)
          ? Optional.empty()
          : around(StrictMath.pow(low, exponent.low), StrictMath.pow(high, exponent.low));
    }
    // y ln x has its extremes at the corners.
    return low < 0.0
        ? Optional.empty()
        : around(
            StrictMath.pow(low, exponent.low),
            StrictMath.pow(low, exponent.high),
            StrictMath.pow(high, exponent.low),
            StrictMath.pow(high, exponent.high));
  }

  /** Returns the least interval with these numbers; empty where one isn't finite. */
  public static Optional<Interval> around(double... values) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      if (!Double.isFinite(value)) {
        return Optional.empty();
      }
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return Optional.of(new Interval(least, most));
  }
}
