package io.sparkfed.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.Family;
import io.sparkfed.objective.LinearObjectiveTest.Setting;
import io.sparkfed.testing.FiniteDifferences;
import io.sparkfed.testing.Table;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnchorTest {
  private static final double MU = 0.8;

  static Stream<Setting> settings() {
    return LinearObjectiveTest.settings();
  }

  /** A point whose mean over the outputs is 0, as that of models is. */
  private static double[] point(Setting setting) {
    double[] at = new Random(3L).doubles(setting.shape().size(), -1.0, 1.0).toArray();
    return setting.shape().outputs() == 1 ? at : centered(setting, at);
  }

  private static double[] centered(Setting setting, double[] at) {
    int outputs = setting.shape().outputs();
    int own = setting.shape().size() / outputs;
    double[] result = at.clone();
    for (int j = 0; j < own; j++) {
      double mean = 0.0;
      for (int k = 0; k < outputs; k++) {
        mean += at[setting.shape().place(k, j)] / outputs;
      }
      for (int k = 0; k < outputs; k++) {
        result[setting.shape().place(k, j)] -= mean;
      }
    }
    return result;
  }

  /** The term stands beside whatever the objective is besides, in value, gradient and Hessian. */
  @ParameterizedTest
  @MethodSource("settings")
  void objective_withAnchor_isTheOneWithoutPlusItsTerm(Setting setting) {
    Table table = setting.weightedRows();
    double[] at = point(setting);
    double[] w = setting.model();
    LinearObjective without = setting.over(table);
    LinearObjective with = setting.over(table, new Anchor(MU, at));
    double term =
        0.5 * MU * IntStream.range(0, w.length).mapToDouble(j -> Math.pow(w[j] - at[j], 2)).sum();
    double[] expected = new double[w.length];
    double[] actual = new double[w.length];
    without.gradient(w, expected);
    for (int j = 0; j < w.length; j++) {
      expected[j] += MU * (w[j] - at[j]);
    }

    double value = with.valueAndGradient(w, actual);

    double tolerance = 1e-12 * Math.max(1.0, Math.abs(without.value(w)));
    assertEquals(without.value(w) + term, with.value(w), tolerance);
    assertEquals(without.value(w) - setting.lasso(w) + term, value, tolerance);
    assertArrayEquals(expected, actual, tolerance);
    double size = Math.max(1.0, Arrays.stream(actual).map(Math::abs).max().orElseThrow() / 100.0);
    assertArrayEquals(
        FiniteDifferences.gradient(v -> with.value(v) - setting.lasso(v), w), actual, 2e-7 * size);
    if (setting.family().isCurved()) {
      LinearObjective.Derivatives plain = without.derivatives(w);
      LinearObjective.Derivatives held = with.derivatives(w);
      assertEquals(value, held.value(), tolerance);
      assertArrayEquals(expected, held.gradient(), tolerance);
      double[] v = point(setting);
      double squares = Arrays.stream(v).map(x -> x * x).sum();
      assertEquals(
          squaredBy(plain.hessian(), v) + MU * squares, squaredBy(held.hessian(), v), tolerance);
    }
  }

  private static double squaredBy(SymmetricMatrix matrix, double[] v) {
    double sum = 0.0;
    for (int i = 0; i < v.length; i++) {
      for (int j = 0; j < v.length; j++) {
        sum += v[i] * matrix.get(i, j) * v[j];
      }
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 20})
  void gradient_batchesUnderSum_addUpToTheWhole(int batchSize) {
    Setting setting = new Setting(Family.LOGISTIC, Reduction.SUM, 0.7, true, true);
    LinearObjective objective =
        setting.over(setting.weightedRows(), new Anchor(MU, point(setting)));
    int size = setting.shape().size();
    double[] whole = new double[size];
    objective.gradient(setting.model(), whole);
    int[] order = IntStream.range(0, 20).map(i -> (7 * i + 3) % 20).toArray();
    double[] sum = new double[size];
    double[] batch = new double[size];
    for (int from = 0; from < 20; from += batchSize) {
      objective.gradient(setting.model(), order, from, Math.min(20, from + batchSize), batch);
      for (int j = 0; j < size; j++) {
        sum[j] += batch[j];
      }
    }

    assertArrayEquals(whole, sum, 1e-11);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, Double.NaN, Double.POSITIVE_INFINITY})
  void constructor_muOutOfRange_isRefusedWithTheValue(double mu) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new Anchor(mu, new double[1]));

    assertEquals(
        "proximal-mu must be >= 0 and finite. Provided value: " + mu, refused.getMessage());
  }

  @Test
  void objective_anchorOfAnotherLength_isRefused() {
    Setting setting = new Setting(Family.LINEAR, Reduction.MEAN, 0.0, true, false);

    assertThrows(
        IllegalArgumentException.class,
        () -> setting.over(setting.weightedRows(), new Anchor(MU, new double[3])));
  }
}
