package io.sparkfed.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SoftmaxLossTest {

  private static SoftmaxLoss loss() {
    return new SoftmaxLoss(3);
  }

  /**
   * 700 digits of mpmath, rounded: scores, label, loss, the three probabilities.
   *
   * <pre>
   * mp.dps = 700; Z = exp(s0) + exp(s1) + exp(s2); l = log(Z) - s[y]; p_k = exp(s_k)/Z
   * </pre>
   */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, 0, 1.0986122886681096914, 0.33333333333333333333, 0.33333333333333333333,"
        + " 0.33333333333333333333",
    "1, 2, 3, 0, 2.4076059644443803045, 0.090030573170380457998, 0.24472847105479765247,"
        + " 0.66524095577482188953",
    "1, 2, 3, 2, 0.40760596444438030448, 0.090030573170380457998, 0.24472847105479765247,"
        + " 0.66524095577482188953",
    "-5, 0.5, 30, 2, 1.5491163199519148343e-13, 6.3051167601460126497e-16,"
        + " 1.5428112031916488336e-13, 0.99999999999984508837",
    "-5, 0.5, 30, 1, 29.500000000000154912, 6.3051167601460126497e-16,"
        + " 1.5428112031916488336e-13, 0.99999999999984508837",
    "700, -700, 0, 0, 9.8596765437597708567e-305, 1.0, 0.0, 9.8596765437597708567e-305",
    "1e-3, 0, -1e-3, 1, 1.098612622001415247, 0.33366672216665278982, 0.33333322222224999999,"
        + " 0.33300005561109721019"
  })
  void everyFunction_knownScores_isExactToRounding(
      double s0, double s1, double s2, int label, double value, double p0, double p1, double p2) {
    double[] scores = {s0, s1, s2};
    double[] probabilities = {p0, p1, p2};

    assertEquals(value, loss().value(scores, label), 4.0 * Math.ulp(value));
    double[] actual = new double[3];
    loss().mean(scores, actual);
    for (int k = 0; k < 3; k++) {
      assertEquals(probabilities[k], actual[k], 4.0 * Math.ulp(probabilities[k]));
    }
    probabilities[label] -= 1.0;
    assertArrayEquals(probabilities, gradient(loss(), scores, label), 1e-15);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-800.0, -30.0, -2.5, -0.1, 0.0, 1e-9, 0.7, 4.0, 40.0, 1e5})
  void everyFunction_twoClasses_isLogistic(double score) {
    SoftmaxLoss two = new SoftmaxLoss(2);
    double[] scores = {0.0, score};
    for (double y : new double[] {0.0, 1.0}) {
      double value = LogisticLoss.INSTANCE.value(score, y);
      double curvature = LogisticLoss.INSTANCE.curvature(score, y);
      double slope = LogisticLoss.INSTANCE.gradient(score, y);
      double[] curvatures = new double[4];
      two.curvature(scores, y, curvatures);

      assertEquals(value, two.value(scores, y), 2.0 * Math.ulp(value));
      assertArrayEquals(new double[] {-slope, slope}, gradient(two, scores, y), 2e-16);
      assertArrayEquals(
          new double[] {curvature, -curvature, -curvature, curvature},
          curvatures,
          4.0 * Math.ulp(curvature));
    }
  }

  @Test
  void gradient_anyScores_addsUpToZero() {
    double sum = Arrays.stream(gradient(loss(), new double[] {0.3, -7.0, 2.2}, 1.0)).sum();

    assertEquals(0.0, sum, 1e-15);
  }

  @Test
  void value_sameShiftOfAllScores_isTheSame() {
    double[] scores = {0.5, -1.25, 2.0};
    double[] shifted = {0.5 + 64.0, -1.25 + 64.0, 2.0 + 64.0};

    assertEquals(loss().value(scores, 1.0), loss().value(shifted, 1.0));
  }

  @ParameterizedTest
  @ValueSource(doubles = {3.0, -1.0, 0.5, 1e9})
  void acceptsLabel_noClass_isRefused(double label) {
    assertFalse(loss().acceptsLabel(label));
    assertEquals("a class from 0 to 2", loss().labelRule());
  }

  @Test
  void constructor_oneClass_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new SoftmaxLoss(1));
  }

  private static double[] gradient(VectorLoss loss, double[] scores, double label) {
    double[] gradient = new double[scores.length];
    loss.gradient(scores, label, gradient);
    return gradient;
  }
}
