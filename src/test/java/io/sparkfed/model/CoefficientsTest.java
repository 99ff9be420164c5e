package io.sparkfed.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CoefficientsTest {

  private static final ModelShape TWO_AND_INTERCEPT = new ModelShape(2, true);

  @Test
  void values_changedByTheCaller_leaveTheCoefficientsAlone() {
    double[] given = {1.0, 2.0, 3.0};
    Coefficients coefficients = new Coefficients(TWO_AND_INTERCEPT, given);
    given[0] = 99.0;
    coefficients.values()[1] = 99.0;
    coefficients.weights()[0] = 99.0;

    assertArrayEquals(new double[] {1.0, 2.0, 3.0}, coefficients.values());
  }

  @Test
  void intercept_lastOfTheVector_isApartFromTheWeights() {
    Coefficients coefficients = new Coefficients(TWO_AND_INTERCEPT, new double[] {1.0, 2.0, 3.0});

    assertArrayEquals(new double[] {1.0, 2.0}, coefficients.weights());
    assertEquals(3.0, coefficients.intercept());
  }

  @Test
  void intercept_modelWithoutOne_isZero() {
    Coefficients coefficients = new Coefficients(new ModelShape(2, false), new double[] {1.0, 2.0});

    assertArrayEquals(new double[] {1.0, 2.0}, coefficients.weights());
    assertEquals(0.0, coefficients.intercept());
  }

  @Test
  void constructor_wrongLength_isRefusedWithTheRule() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Coefficients(TWO_AND_INTERCEPT, new double[2]));

    assertEquals(
        "a model with 2 features and an intercept has 3 values. Provided: 2", refused.getMessage());
  }

  @Test
  void equals_sameShapeAndValues_isEqual() {
    Coefficients zeros = Coefficients.zeros(TWO_AND_INTERCEPT);

    assertEquals(new Coefficients(TWO_AND_INTERCEPT, new double[3]), zeros);
    assertEquals(new Coefficients(TWO_AND_INTERCEPT, new double[3]).hashCode(), zeros.hashCode());
    assertNotEquals(Coefficients.zeros(new ModelShape(3, false)), zeros);
    assertNotEquals(new Coefficients(TWO_AND_INTERCEPT, new double[] {0.0, 0.0, 1.0}), zeros);
  }

  @Test
  void modelShape_noFeatures_isOfAnInterceptAlone() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new ModelShape(0, false));

    assertTrue(refused.getMessage().contains("features must be >= 1"));
    assertEquals(1, new ModelShape(0, true).size());
    assertThrows(IllegalArgumentException.class, () -> new ModelShape(-1, true));
  }

  /** Weights by output, then the intercepts. */
  @Test
  void weights_severalOutputs_areApartByOutput() {
    Coefficients coefficients =
        new Coefficients(
            new ModelShape(2, true, 3), new double[] {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0});

    assertArrayEquals(new double[] {3.0, 4.0}, coefficients.weights(1));
    assertArrayEquals(new double[] {5.0, 6.0}, coefficients.weights(2));
    assertArrayEquals(new double[] {7.0, 8.0, 9.0}, coefficients.intercepts());
    assertArrayEquals(new double[] {1.0, 2.0, 3.0, 4.0, 5.0, 6.0}, coefficients.weights());
    assertArrayEquals(
        new double[3],
        new Coefficients(new ModelShape(1, false, 3), new double[] {1.0, 2.0, 3.0}).intercepts());
  }

  @Test
  void modelShape_noOutputsOrTooLong_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new ModelShape(1, true, 0));
    assertThrows(IllegalArgumentException.class, () -> new ModelShape(10_000_000, true, 1000));
  }
}
