package io.sparkfed.privacy;

import java.util.function.DoublePredicate;

/**
 * Where a condition turns from true to false between two positive numbers, to the last bit. Halves
 * the ratio, because brackets here span many orders of magnitude, and takes any bracket: an end
 * that is the root itself has either sign, by rounding.
 */
final class Bisection {
  private Bisection() {}

  /**
   * Returns the largest number that holds, as far as can be told; {@code low} where none does.
   *
   * @param holds true from {@code low} to some number, false from there to {@code high}
   */
  static double last(DoublePredicate holds, double low, double high) {
    double left = low;
    double right = high;
    while (true) {
      double middle = Math.sqrt(left) * Math.sqrt(right);
      if (!(middle > left && middle < right)) {
        return left;
      }
      if (holds.test(middle)) {
        left = middle;
      } else {
        right = middle;
      }
    }
  }
}
