package io.sparkfed.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GammaLossTest {

  private static Loss loss() {
    return GammaLoss.INSTANCE;
  }

  /**
   * 50 digits of mpmath, rounded:
   *
   * <pre>
   * mp.dps = 50; m = exp(s); l = (y - m)/m - log(y/m); g = 1 - y/m; c = y/m
   * </pre>
   */
  @ParameterizedTest
  @CsvSource({
    "0, 1, 0.0, 0.0, 1.0",
    "0, 2.5, 0.58370926812584493482, -1.5, 2.5",
    "1, 0.5, 0.87708690114566647021, 0.8160602794142788392, 0.1839397205857211608",
    "-2, 0.125, 0.0030735540461672066555, 0.076367987633668721596, 0.9236320123663312784",
    "3, 20, 9.0938032878661516247e-6, 0.0042586326427211404132, 0.99574136735727885959",
    "-1, 30, 76.147257472109201685, -80.548454853771357061, 81.548454853771357061",
    "10, 1e-3, 15.907755324382066815, 0.99999995460007023752, 4.5399929762484851536e-8",
    "-20, 5, 2425825954.4395134774, -2425825976.0489513898, 2425825977.0489513898"
  })
  void everyFunction_knownScore_isExactToRounding(
      double score, double label, BigDecimal value, BigDecimal gradient, BigDecimal curvature) {
    KnownLoss.assertRow(loss(), score, label, value, gradient, curvature);
  }

  @Test
  void everyFunction_atTheLimitOfTheExponential_goesOnWithoutAStep() {
    double near = -500.0 + 1e-12;
    double far = -500.0 - 1e-12;
    assertEquals(1.0, loss().value(far, 1.0) / loss().value(near, 1.0), 1e-11);
    assertEquals(1.0, loss().gradient(far, 1.0) / loss().gradient(near, 1.0), 1e-11);
    assertEquals(1.0, loss().curvature(far, 1.0) / loss().curvature(near, 1.0), 1e-11);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, -0.0, -1.0})
  void acceptsLabel_notPositive_isRefused(double label) {
    assertFalse(loss().acceptsLabel(label));
  }
}
