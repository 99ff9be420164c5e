package io.sparkfed.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.testing.FiniteDifferences;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every loss must do, whatever its formula and its number of scores. */
abstract class LossContractTest {

  private static final double[] SCORES = {-20.0, -3.0, -1.0, -0.1, 0.0, 0.2, 1.0, 2.5, 20.0};

  abstract VectorLoss loss();

  /** Some labels of the loss's domain. */
  abstract double[] labels();

  /** Whether the loss has a derivative near these scores, and it another one. */
  boolean isSmoothAt(double[] scores, double label) {
    return true;
  }

  /** Whether the slope is a positive multiple of mean - label, as for any link function. */
  boolean hasLink() {
    return loss().outputs() == 1;
  }

  /** The scores of the tests: each on its own, or in the cyclic orders of K of them. */
  private List<double[]> scores() {
    int k = loss().outputs();
    return Arrays.stream(SCORES)
        .mapToObj(first -> Arrays.binarySearch(SCORES, first))
        .map(
            first -> {
              double[] s = new double[k];
              Arrays.setAll(s, i -> SCORES[(first + 2 * i) % SCORES.length]);
              return s;
            })
        .toList();
  }

  @Test
  void gradient_anyScore_isTheSlopeOfTheValue() {
    for (double y : labels()) {
      for (double[] s : scores()) {
        if (isSmoothAt(s, y)) {
          double[] slope = FiniteDifferences.gradient(scores -> loss().value(scores, y), s);
          double size = Math.max(1.0, Arrays.stream(slope).map(Math::abs).max().orElseThrow());
          assertArrayEquals(slope, gradient(s, y), 1e-7 * size, Arrays.toString(s) + ", " + y);
        }
      }
    }
  }

  @Test
  void curvature_anyScore_isTheSlopeOfTheGradient() {
    int k = loss().outputs();
    for (double y : labels()) {
      for (double[] s : scores()) {
        if (!isSmoothAt(s, y)) {
          continue;
        }
        double[] curvature = new double[k * k];
        loss().curvature(s, y, curvature);
        for (int row = 0; row < k; row++) {
          int of = row;
          double[] slope = FiniteDifferences.gradient(scores -> gradient(scores, y)[of], s);
          double size = Math.max(1.0, Arrays.stream(slope).map(Math::abs).max().orElseThrow());
          assertArrayEquals(
              slope,
              Arrays.copyOfRange(curvature, row * k, (row + 1) * k),
              1e-6 * size,
              Arrays.toString(s) + ", " + y);
        }
      }
    }
  }

  @Test
  void value_betweenTwoScores_isAtMostTheChord() {
    Random random = new Random(1L);
    int k = loss().outputs();
    for (int i = 0; i < 1000; i++) {
      double[] a = random.doubles(k, -60.0, 60.0).toArray();
      double[] b = random.doubles(k, -60.0, 60.0).toArray();
      double t = random.nextDouble();
      double[] between = new double[k];
      Arrays.setAll(between, j -> t * a[j] + (1.0 - t) * b[j]);
      double y = labels()[random.nextInt(labels().length)];
      double chord = t * loss().value(a, y) + (1.0 - t) * loss().value(b, y);
      assertTrue(
          loss().value(between, y) <= chord + 1e-12 * Math.max(1.0, chord),
          "not convex between " + Arrays.toString(a) + " and " + Arrays.toString(b));
    }
  }

  @Test
  void curvature_anyDirection_isNotNegative() {
    Random random = new Random(2L);
    int k = loss().outputs();
    double[] curvature = new double[k * k];
    for (int i = 0; i < 1000; i++) {
      double[] s = random.doubles(k, -30.0, 30.0).toArray();
      double[] v = random.doubles(k, -1.0, 1.0).toArray();
      loss().curvature(s, labels()[random.nextInt(labels().length)], curvature);
      double form = 0.0;
      double size = 0.0;
      for (int r = 0; r < k; r++) {
        for (int c = 0; c < k; c++) {
          form += v[r] * curvature[r * k + c] * v[c];
          size = Math.max(size, Math.abs(curvature[r * k + c]));
          assertEquals(curvature[r * k + c], curvature[c * k + r]);
        }
      }
      assertTrue(form >= -1e-14 * k * size, "curvature " + form);
    }
  }

  @Test
  void everyFunction_hugeScores_isFiniteAndKeepsItsSign() {
    int k = loss().outputs();
    for (double y : labels()) {
      for (double huge : new double[] {-1e5, -1e3, 1e3, 1e5}) {
        for (int at = 0; at < k; at++) {
          double[] s = new double[k];
          s[at] = huge;
          assertTrue(Double.isFinite(loss().value(s, y)) && loss().value(s, y) >= 0.0);
          double[] curvature = new double[k * k];
          loss().curvature(s, y, curvature);
          assertTrue(Arrays.stream(curvature).allMatch(Double::isFinite));
          assertTrue(curvature[at * k + at] >= 0.0);
          assertTrue(Arrays.stream(gradient(s, y)).allMatch(Double::isFinite));
          double[] mean = new double[k];
          loss().mean(s, mean);
          assertTrue(Arrays.stream(mean).allMatch(Double::isFinite));
        }
      }
    }
  }

  @Test
  void gradient_anyScore_pointsFromTheLabelToTheMean() {
    if (!hasLink()) {
      return;
    }
    for (double y : labels()) {
      for (double[] s : scores()) {
        double[] mean = new double[1];
        loss().mean(s, mean);
        assertEquals(Math.signum(mean[0] - y), Math.signum(gradient(s, y)[0]), "score " + s[0]);
      }
    }
  }

  @Test
  void gradientAndMean_writtenOverTheScores_areTheSame() {
    for (double[] s : scores()) {
      double y = labels()[0];
      double[] overwritten = s.clone();
      loss().gradient(overwritten, y, overwritten);
      assertArrayEquals(gradient(s, y), overwritten);
      double[] mean = new double[s.length];
      loss().mean(s, mean);
      overwritten = s.clone();
      loss().mean(overwritten, overwritten);
      assertArrayEquals(mean, overwritten);
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

  final double[] gradient(double[] scores, double label) {
    double[] gradient = new double[scores.length];
    loss().gradient(scores, label, gradient);
    return gradient;
  }
}
