package io.sparkfed.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogisticLossTest {

  private static Loss loss() {
    return LogisticLoss.INSTANCE;
  }

  /**
   * 50 digits of mpmath, rounded:
   *
   * <pre>
   * mp.dps = 50; l = log(1 + exp(s)) - y*s; m = 1/(1 + exp(-s)); c = m*(1 - m)
   * </pre>
   */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0.69314718055994530942, 0.5, 0.25",
    "1, 0, 1.313261687518222834, 0.73105857863000487925, 0.19661193324148185254",
    "1, 1, 0.31326168751822283405, -0.26894142136999512075, 0.19661193324148185254",
    "-2.5, 1, 2.5788897342925496233, -0.92414181997875644881, 0.070103716545108156932",
    "-2.5, 0, 0.078889734292549623344, 0.075858180021243551193, 0.070103716545108156932",
    "30, 1, 9.3576229688397367794e-14, -9.3576229688392989538e-14, 9.3576229688384233028e-14",
    "-40, 0, 4.2483542552915889863e-18, 4.2483542552915889773e-18, 4.2483542552915889592e-18",
    "-700, 0, 9.8596765437597708567e-305, 9.8596765437597708567e-305, 9.8596765437597708567e-305",
    "0.001, 1, 0.69264730555994010108, -0.49975000002083333125, 0.24999993750001041667"
  })
  void everyFunction_knownScore_isExactToRounding(
      double score, double label, BigDecimal value, BigDecimal gradient, BigDecimal curvature) {
    assertClose(value, loss().value(score, label));
    // The slope is a difference from the label, so it is exact to the rounding of 1.
    assertEquals(gradient.doubleValue(), loss().gradient(score, label), 0x1.0p-53);
    assertClose(curvature, loss().curvature(score, label));
  }

  @Test
  void value_certainAndRight_isTinyAndNotZero() {
    assertEquals(Math.exp(-100.0), loss().value(100.0, 1.0), 1e-58);
    assertEquals(Math.exp(-100.0), loss().value(-100.0, 0.0), 1e-58);
  }

  @Test
  void value_certainAndWrong_isTheScore() {
    assertEquals(1e5, loss().value(1e5, 0.0));
    assertEquals(1e5, loss().value(-1e5, 1.0));
  }

  @Test
  void mean_extremeScores_isZeroOrOne() {
    assertEquals(0.0, loss().mean(-1e5));
    assertEquals(1.0, loss().mean(1e5));
    assertEquals(0.5, loss().mean(0.0));
  }

  @ParameterizedTest
  @ValueSource(doubles = {2.0, -1.0, 0.5, 1.0000000000000002, 4.9e-324})
  void acceptsLabel_neitherZeroNorOne_isRefused(double label) {
    assertFalse(loss().acceptsLabel(label));
  }

  @Test
  void acceptsLabel_negativeZero_isZero() {
    assertTrue(loss().acceptsLabel(-0.0));
  }

  private static void assertClose(BigDecimal expected, double actual) {
    double value = expected.doubleValue();
    assertEquals(value, actual, 4.0 * Math.ulp(value));
  }
}
