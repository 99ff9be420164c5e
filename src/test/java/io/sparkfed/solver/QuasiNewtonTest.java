package io.sparkfed.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.SeededRandom;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.LinearObjective;
import io.sparkfed.objective.Penalty;
import io.sparkfed.objective.Reduction;
import io.sparkfed.testing.Oracles;
import io.sparkfed.testing.Table;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuasiNewtonTest {

  private static final LocalLbfgs LBFGS = new LocalLbfgs(500, 1e-12, 10);

  @Test
  void solve_squaredLoss_isTheLeastSquaresSolution() {
    Table table = Table.random(2L, 60, 3, Family.LINEAR);

    double[] end = LBFGS.solve(objective(Family.LINEAR, table, 0.0, 0.0), new double[4], null);

    assertArrayEquals(Oracles.leastSquares(table), end, 1e-10);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.5})
  void solve_ridgeLogistic_isBreezes(double l2) {
    Table table = Table.random(3L, 60, 3, Family.LOGISTIC);

    double[] end = LBFGS.solve(objective(Family.LOGISTIC, table, 0.0, l2), new double[4], null);

    assertArrayEquals(Oracles.ridgeLogistic(table, l2), end, 1e-6);
  }

  /** Rosenbrock's valley, whose minimum is (1, 1). */
  @Test
  void minimize_rosenbrock_findsTheMinimum() {
    double[] end =
        new QuasiNewton(200, 1e-12, 5)
            .minimize(
                (w, gradient) -> {
                  double a = 1.0 - w[0];
                  double b = w[1] - w[0] * w[0];
                  gradient[0] = -2.0 * a - 400.0 * w[0] * b;
                  gradient[1] = 200.0 * b;
                  return a * a + 100.0 * b * b;
                },
                new double[] {-1.2, 1.0},
                0.0,
                0);

    assertArrayEquals(new double[] {1.0, 1.0}, end, 1e-9);
  }

  /**
   * A minimizer of a convex function with an L1 penalty: the slope of a coefficient that is not 0
   * is minus the penalty's, that of one at 0 is no larger; that of an intercept is 0.
   */
  @ParameterizedTest
  @EnumSource(
      value = Family.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"SVM"})
  void solve_elasticNet_meetsTheOptimalityConditions(Family family) {
    Table table = withNoise(Table.random(5L, 80, 3, family));
    double l1 = 0.15;
    LinearObjective objective = objective(family, table, l1, 0.05);
    int size = family.loss(3, 0.8).outputs() * 7;
    double[] end = LBFGS.solve(objective, new double[size], null);
    double[] gradient = new double[size];
    objective.gradient(end, gradient);

    int zeros = 0;
    for (int j = 0; j < size; j++) {
      boolean penalised = j < objective.penalised();
      if (penalised && end[j] == 0.0) {
        zeros++;
        assertTrue(Math.abs(gradient[j]) <= l1, "slope at 0: " + gradient[j]);
      } else {
        double ofPenalty = penalised ? Math.copySign(l1, end[j]) : 0.0;
        assertEquals(0.0, gradient[j] + ofPenalty, 1e-6);
      }
    }
    assertTrue(zeros > 0 && zeros < objective.penalised(), "zeros " + zeros);
  }

  /** With orthogonal columns of length n the lasso shrinks each least-squares coefficient. */
  @Test
  void solve_lassoOfOrthogonalColumns_isTheSoftThreshold() {
    double[][] x = {{1, 1}, {1, -1}, {-1, 1}, {-1, -1}};
    // Least squares: 2 and -0.25. Of (s - y)² the threshold is l1 / 2.
    double[] y = {1.75, 2.25, -2.25, -1.75};
    ModelShape shape = new ModelShape(2, false);
    LinearObjective objective =
        new LinearObjective(
            Family.LINEAR.loss(),
            Table.of(x, y).examples(),
            shape,
            Scaling.identity(shape),
            new Penalty(0.6, 0.0),
            Reduction.MEAN);

    assertArrayEquals(new double[] {1.7, 0.0}, LBFGS.solve(objective, new double[2], null), 1e-12);
    assertArrayEquals(
        new double[] {1.7, 0.0},
        new GradientDescent(200, 0.2).solve(objective, new double[2], null),
        1e-12);
  }

  @ParameterizedTest
  @EnumSource(
      value = Family.class,
      names = {"LINEAR", "LOGISTIC", "SOFTMAX"})
  void gradientDescent_softThresholds_reachTheSameOptimum(Family family) {
    LinearObjective objective = objective(family, Table.random(5L, 80, 3, family), 0.1, 0.05);
    double[] zeros = new double[family.loss(3, 0.8).outputs() * 4];

    assertArrayEquals(
        LBFGS.solve(objective, zeros, null),
        new GradientDescent(5000, 0.1).solve(objective, zeros, null),
        1e-6);
  }

  /** Steps of one batch of all rows are full-batch steps, the threshold included. */
  @Test
  void minibatchSgd_oneBatchUnderSum_isGradientDescentWithItsThreshold() {
    Table table = Table.random(1L, 30, 3, Family.LINEAR);
    ModelShape shape = new ModelShape(3, true);
    LinearObjective objective =
        new LinearObjective(
            Family.LINEAR.loss(),
            table.examples(),
            shape,
            Scaling.identity(shape),
            new Penalty(3.0, 0.1),
            Reduction.SUM);

    assertArrayEquals(
        new GradientDescent(20, 0.001).solve(objective, new double[4], null),
        new MinibatchSgd(20, 30, 0.001).solve(objective, new double[4], new SeededRandom(1L)),
        1e-13);
  }

  /** max(0, 1 - w) + w²/4 has its minimum at the kink w = 1, where no slope is 0. */
  @Test
  void solve_hingeWithItsMinimumAtAKink_findsTheKink() {
    ModelShape shape = new ModelShape(1, false);
    LinearObjective objective =
        new LinearObjective(
            Family.SVM.loss(),
            Table.of(new double[][] {{1.0}}, new double[] {1.0}).examples(),
            shape,
            Scaling.identity(shape),
            0.5,
            Reduction.MEAN);

    assertEquals(1.0, LBFGS.solve(objective, new double[1], null)[0], 1e-9);
  }

  @Test
  void solve_startAtTheOptimum_staysThere() {
    Table table = Table.random(3L, 60, 3, Family.POISSON);
    LinearObjective objective = objective(Family.POISSON, table, 0.01, 0.01);
    double[] optimum = LBFGS.solve(objective, new double[4], null);
    double[] kept = optimum.clone();

    assertArrayEquals(optimum, LBFGS.solve(objective, optimum, null), 1e-9);
    assertArrayEquals(kept, optimum);
  }

  @Test
  void solve_twice_givesTheSameBits() {
    LinearObjective objective =
        objective(Family.GAMMA, Table.random(4L, 50, 3, Family.GAMMA), 0.01, 0.1);
    double[] once = LBFGS.solve(objective, new double[4], null);

    assertArrayEquals(once, LBFGS.solve(objective, new double[4], null));
    assertTrue(Arrays.stream(once).anyMatch(v -> v != 0.0));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1e-9, 10, max-iterations must be >= 1. Provided value: 0",
    "1, 0, 10, tolerance must be > 0 and finite. Provided value: 0.0",
    "1, NaN, 10, tolerance must be > 0 and finite. Provided value: NaN",
    "1, 1e-9, 0, history must be >= 1. Provided value: 0"
  })
  void constructor_parameterOutOfRange_isRefusedWithRuleAndValue(
      int iterations, double tolerance, int history, String message) {
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class,
                () -> new QuasiNewton(iterations, tolerance, history))
            .getMessage());
  }

  /** Three more columns that say nothing of the label. */
  private static Table withNoise(Table table) {
    Random random = new Random(6L);
    double[][] wide = new double[table.rows()][];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = Arrays.copyOf(table.x()[i], 6);
      for (int j = 3; j < 6; j++) {
        wide[i][j] = random.nextGaussian();
      }
    }
    return Table.of(wide, table.y());
  }

  private static LinearObjective objective(Family family, Table table, double l1, double l2) {
    VectorLoss loss = family.loss(3, 0.8);
    ModelShape shape = new ModelShape(table.features(), true, loss.outputs());
    return new LinearObjective(
        loss,
        table.examples(),
        shape,
        Scaling.identity(shape),
        new Penalty(l1, l2),
        Reduction.MEAN);
  }
}
