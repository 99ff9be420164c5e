package io.sparkfed.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoissonLossTest {

  private static Loss loss() {
    return PoissonLoss.INSTANCE;
  }

  /**
   * 50 digits of mpmath, rounded:
   *
   * <pre>
   * mp.dps = 50; m = exp(s); l = m - y + (y*log(y/m) if y > 0 else 0); g = m - y; c = m
   * </pre>
   */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 1.0, 1.0, 1.0",
    "0, 1, 0.0, 0.0, 1.0",
    "1, 0, 2.7182818284590452354, 2.7182818284590452354, 2.7182818284590452354",
    "1.5, 3, 0.27752593634239389679, 1.4816890703380648226, 4.4816890703380648226",
    "-2, 0.25, 0.038761692956640037185, -0.11466471676338730811, 0.13533528323661269189",
    "3, 7, 5.7069079665748608767, 13.085536923187667741, 20.085536923187667741",
    "-30, 2, 59.386294361119984195, -1.9999999999999064238, 9.3576229688401746049e-14",
    "1.0986, 3, 2.2651611800380403911e-10, -0.000036865777812956181932, 2.9999631342221870438",
    "20, 1, 485165174.40979027797, 485165194.40979027797, 485165195.40979027797"
  })
  void everyFunction_knownScore_isExactToRounding(
      double score, double label, BigDecimal value, BigDecimal gradient, BigDecimal curvature) {
    KnownLoss.assertRow(loss(), score, label, value, gradient, curvature);
  }

  /** Above a score of 500 a parabola goes on where the exponential ends, without a step. */
  @Test
  void everyFunction_atTheLimitOfTheExponential_goesOnWithoutAStep() {
    double below = Math.nextDown(500.0);
    double above = Math.nextUp(500.0);
    for (double y : new double[] {0.0, 0.25, 1.0, 17.0}) {
      assertEquals(1.0, loss().value(above, y) / loss().value(below, y), 1e-12);
      assertEquals(1.0, loss().gradient(above, y) / loss().gradient(below, y), 1e-12);
      assertEquals(1.0, loss().curvature(above, y) / loss().curvature(below, y), 1e-12);
    }
    assertEquals(Math.exp(499.0), loss().mean(499.0), 1e-13 * Math.exp(499.0));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1.0, -4.9e-324})
  void acceptsLabel_negative_isRefused(double label) {
    assertFalse(loss().acceptsLabel(label));
  }
}
