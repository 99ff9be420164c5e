package io.sparkfed.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;

/** Compares a loss with numbers of many digits. */
final class KnownLoss {
  private KnownLoss() {}

  /**
   * Allows what the rounding of the exponential's argument does to the result: its slope times a
   * unit in the last place of score and log of the label.
   */
  static void assertRow(
      Loss loss,
      double score,
      double label,
      BigDecimal value,
      BigDecimal gradient,
      BigDecimal curvature) {
    double argument = Math.abs(score) + Math.abs(Math.log(Math.max(label, 1e-300)));
    double rounding = label == 0.0 ? Math.ulp(score) : 2.0 * Math.ulp(argument);
    double g = gradient.doubleValue();
    double c = curvature.doubleValue();
    assertClose(value.doubleValue(), loss.value(score, label), Math.abs(g) * rounding);
    // A slope is a difference from the label, or from 1, and exact to the rounding of that.
    assertClose(g, loss.gradient(score, label), c * rounding + Math.ulp(Math.max(1.0, label)));
    assertClose(c, loss.curvature(score, label), c * rounding);
  }

  private static void assertClose(double expected, double actual, double tolerance) {
    assertEquals(expected, actual, tolerance + 4.0 * Math.ulp(expected));
  }
}
