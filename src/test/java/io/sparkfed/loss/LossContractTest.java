package io.sparkfed.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.testing.FiniteDifferences;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every loss must do, whatever its formula. */
abstract class LossContractTest {

  private static final double[] SCORES = {-20.0, -3.0, -1.0, -0.1, 0.0, 0.2, 1.0, 2.5, 20.0};

  abstract Loss loss();

  /** Some labels of the loss's domain. */
  abstract double[] labels();

  @Test
  void gradient_anyScore_isTheSlopeOfTheValue() {
    for (double y : labels()) {
      for (double s : SCORES) {
        double slope = FiniteDifferences.derivative(score -> loss().value(score, y), s);
        assertEquals(slope, loss().gradient(s, y), 1e-7 * Math.max(1.0, Math.abs(slope)));
      }
    }
  }

  @Test
  void curvature_anyScore_isTheSlopeOfTheGradient() {
    for (double y : labels()) {
      for (double s : SCORES) {
        double slope = FiniteDifferences.derivative(score -> loss().gradient(score, y), s);
        assertEquals(slope, loss().curvature(s, y), 1e-6 * Math.max(1.0, slope));
      }
    }
  }

  @Test
  void value_betweenTwoScores_isAtMostTheChord() {
    Random random = new Random(1L);
    for (int i = 0; i < 1000; i++) {
      double a = 20.0 * random.nextGaussian();
      double b = 20.0 * random.nextGaussian();
      double t = random.nextDouble();
      double y = labels()[random.nextInt(labels().length)];
      double chord = t * loss().value(a, y) + (1.0 - t) * loss().value(b, y);
      assertTrue(
          loss().value(t * a + (1.0 - t) * b, y) <= chord + 1e-12 * Math.max(1.0, chord),
          "not convex between " + a + " and " + b);
    }
  }

  @Test
  void everyFunction_hugeScores_isFiniteAndKeepsItsSign() {
    for (double y : labels()) {
      for (double s : new double[] {-1e5, -1e3, 1e3, 1e5}) {
        assertTrue(Double.isFinite(loss().value(s, y)) && loss().value(s, y) >= 0.0);
        assertTrue(Double.isFinite(loss().gradient(s, y)));
        assertTrue(Double.isFinite(loss().curvature(s, y)) && loss().curvature(s, y) >= 0.0);
        assertTrue(Double.isFinite(loss().mean(s)));
      }
    }
  }

  /** For the canonical links here, the slope is a positive multiple of mean - label. */
  @Test
  void gradient_anyScore_pointsFromTheLabelToTheMean() {
    for (double y : labels()) {
      for (double s : SCORES) {
        assertEquals(
            Math.signum(loss().mean(s) - y), Math.signum(loss().gradient(s, y)), "score " + s);
      }
    }
  }

  @Test
  void acceptsLabel_notANumberOrInfinite_isRefused() {
    assertFalse(loss().acceptsLabel(Double.NaN));
    assertFalse(loss().acceptsLabel(Double.POSITIVE_INFINITY));
    assertFalse(loss().acceptsLabel(Double.NEGATIVE_INFINITY));
    for (double y : labels()) {
      assertTrue(loss().acceptsLabel(y));
    }
    assertFalse(loss().labelRule().isBlank());
  }
}
