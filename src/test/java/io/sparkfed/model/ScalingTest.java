package io.sparkfed.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.testing.FiniteDifferences;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalingTest {

  private static final double[] MEANS = {5.0, -200.0, 0.01};
  private static final double[] DEVIATIONS = {2.0, 50.0, 0.004};
  private static final double[][] ROWS = {
    {4.0, -150.0, 0.015}, {9.0, -260.0, 0.002}, {0.0, 0.0, 0.0}
  };
  private static final double[] MODEL = {0.7, -1.3, 2.0, 0.4};

  @Test
  void toRaw_modelWithIntercept_scoresRawRowsLikeStandardisedOnes() {
    ModelShape shape = new ModelShape(3, true);
    double[] raw = Scaling.standardize(shape, MEANS, DEVIATIONS).toRaw(MODEL);

    for (double[] row : ROWS) {
      double expected = MODEL[3];
      for (int j = 0; j < 3; j++) {
        expected += MODEL[j] * (row[j] - MEANS[j]) / DEVIATIONS[j];
      }
      assertEquals(expected, score(shape, raw, row), 1e-12);
    }
  }

  @Test
  void toRaw_modelWithoutIntercept_scalesAndDoesNotCentre() {
    ModelShape shape = new ModelShape(3, false);
    double[] model = {0.7, -1.3, 2.0};
    double[] raw = Scaling.standardize(shape, MEANS, DEVIATIONS).toRaw(model);

    for (double[] row : ROWS) {
      double expected = 0.0;
      for (int j = 0; j < 3; j++) {
        expected += model[j] * row[j] / DEVIATIONS[j];
      }
      assertEquals(expected, score(shape, raw, row), 1e-12);
    }
  }

  /** The chain rule through toRaw, checked on a function whose raw gradient is known. */
  @Test
  void gradientToScaled_anyFunctionOfTheRawModel_isItsGradientInScaledUnits() {
    for (boolean intercept : new boolean[] {true, false}) {
      ModelShape shape = new ModelShape(3, intercept);
      Scaling scaling = Scaling.standardize(shape, MEANS, DEVIATIONS);
      double[] at = Arrays.copyOf(MODEL, shape.size());

      double[] gradient = new double[shape.size()];
      double[] raw = scaling.toRaw(at);
      for (double[] row : ROWS) {
        double slope = Math.cos(score(shape, raw, row));
        for (int j = 0; j < 3; j++) {
          gradient[j] += slope * row[j];
        }
        shape.addToIntercept(slope, gradient);
      }
      scaling.gradientToScaled(gradient);

      double[] expected = FiniteDifferences.gradient(w -> sumOfSines(shape, scaling.toRaw(w)), at);
      assertArrayEquals(expected, gradient, 1e-8);
    }
  }

  @Test
  void toRaw_constantColumn_getsNoWeightAndNoShift() {
    ModelShape shape = new ModelShape(2, true);
    Scaling scaling = Scaling.standardize(shape, new double[] {3.0, 7.0}, new double[] {2.0, 0.0});

    assertArrayEquals(
        new double[] {0.5, 0.0, 1.0 - 1.5}, scaling.toRaw(new double[] {1.0, 4.0, 1.0}));
    double[] gradient = {1.0, 5.0, 2.0};
    scaling.gradientToScaled(gradient);
    assertArrayEquals(new double[] {(1.0 - 3.0 * 2.0) / 2.0, 0.0, 2.0}, gradient, 1e-300);
  }

  @Test
  void identity_anyVector_isReturnedAsACopy() {
    Scaling identity = Scaling.identity(new ModelShape(3, true));
    double[] model = MODEL.clone();
    double[] raw = identity.toRaw(model);
    raw[0] = 99.0;

    assertArrayEquals(MODEL, model);
    assertTrue(identity.isIdentity());
    assertFalse(Scaling.standardize(new ModelShape(3, true), MEANS, DEVIATIONS).isIdentity());
  }

  @Test
  void standardize_momentsChangedByTheCaller_areNotSeen() {
    double[] means = MEANS.clone();
    double[] deviations = DEVIATIONS.clone();
    Scaling scaling = Scaling.standardize(new ModelShape(3, true), means, deviations);
    double[] before = scaling.toRaw(MODEL);
    means[0] = 99.0;
    deviations[0] = 99.0;

    assertArrayEquals(before, scaling.toRaw(MODEL));
  }

  @ParameterizedTest
  @CsvSource({"NaN, 1", "Infinity, 1", "0, NaN", "0, Infinity", "0, -1"})
  void standardize_momentOutOfRange_isRefusedByFeatureNumber(double mean, double deviation) {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                Scaling.standardize(
                    new ModelShape(2, true),
                    new double[] {0.0, mean},
                    new double[] {1.0, deviation}));

    assertEquals(
        "feature 1 must have a finite mean and a finite deviation >= 0", refused.getMessage());
  }

  @Test
  void standardize_wrongLength_isRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Scaling.standardize(new ModelShape(2, true), new double[2], new double[3]));
  }

  private static double sumOfSines(ModelShape shape, double[] raw) {
    double sum = 0.0;
    for (double[] row : ROWS) {
      sum += Math.sin(score(shape, raw, row));
    }
    return sum;
  }

  private static double score(ModelShape shape, double[] raw, double[] row) {
    double score = shape.intercept(raw);
    for (int j = 0; j < row.length; j++) {
      score += raw[j] * row[j];
    }
    return score;
  }

  /** Each output is scaled as the model that has it alone. */
  @Test
  void toRawAndGradient_severalOutputs_areThoseOfEach() {
    ModelShape one = new ModelShape(3, true);
    ModelShape two = new ModelShape(3, true, 2);
    double[] first = MODEL;
    double[] second = {-0.2, 0.9, -3.0, 1.7};
    double[] both = {0.7, -1.3, 2.0, -0.2, 0.9, -3.0, 0.4, 1.7};
    Scaling alone = Scaling.standardize(one, MEANS, DEVIATIONS);
    Scaling together = Scaling.standardize(two, MEANS, DEVIATIONS);

    assertArrayEquals(joined(alone.toRaw(first), alone.toRaw(second)), together.toRaw(both));
    double[] ofFirst = first.clone();
    double[] ofSecond = second.clone();
    double[] ofBoth = both.clone();
    alone.gradientToScaled(ofFirst);
    alone.gradientToScaled(ofSecond);
    together.gradientToScaled(ofBoth);
    assertArrayEquals(joined(ofFirst, ofSecond), ofBoth);
  }

  private static double[] joined(double[] a, double[] b) {
    return new double[] {a[0], a[1], a[2], b[0], b[1], b[2], a[3], b[3]};
  }
}
