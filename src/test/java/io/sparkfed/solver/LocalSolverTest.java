package io.sparkfed.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.math.SeededRandom;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.LinearObjective;
import io.sparkfed.objective.Reduction;
import io.sparkfed.testing.Oracles;
import io.sparkfed.testing.Table;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalSolverTest {

  /** x = (0, 1), y = (0, 1): a line through two points. */
  private static final Table LINE =
      Table.of(new double[][] {{0.0}, {1.0}}, new double[] {0.0, 1.0});

  static Stream<LocalSolver> solvers() {
    return Stream.of(
        new GradientDescent(5, 0.01),
        new MinibatchSgd(3, 4, 0.01),
        new MinibatchSgd(3, 4, 0.01, 0.9, Schedule.CONSTANT),
        new LocalLbfgs(5, 1e-9, 3),
        new LocalNewton(2, 1e-9));
  }

  /**
   * By hand, with f = b² + (w + b - 1)², step 1/4: at (0, 0) the gradient is (-2, -2), so (1/2,
   * 1/2); there it is 2 (0, 1/2), so (1/2, 1/4).
   */
  @Test
  void gradientDescent_twoStepsByHand_givesTheExactFractions() {
    double[] start = {0.0, 0.0};

    double[] end = new GradientDescent(2, 0.25).solve(sum(LINE, 0.0), start, null);

    assertArrayEquals(new double[] {0.5, 0.25}, end);
    assertArrayEquals(new double[] {0.0, 0.0}, start);
  }

  /** One batch of all rows is full-batch gradient descent; only the order of the sum differs. */
  @Test
  void minibatchSgd_batchOfAllRows_isGradientDescent() {
    Table table = Table.random(1L, 30, 3, Family.LOGISTIC);
    LinearObjective objective = mean(Family.LOGISTIC, table, 0.1);

    assertArrayEquals(
        new GradientDescent(5, 0.3).solve(objective, new double[4], null),
        new MinibatchSgd(5, 1000, 0.3).solve(objective, new double[4], new SeededRandom(1L)),
        1e-13);
  }

  /**
   * By hand, batches of one row, mean, step 1/4, rows A = (0, 0) and B = (1, 1): from 0 A changes
   * nothing and B gives (1/2, 1/2); after B, A gives b - 2b/4. So A B ends at (1/2, 1/2) and B A at
   * (1/2, 1/4).
   */
  @Test
  void minibatchSgd_batchesOfOneByHand_givesOneOfTheTwoOrders() {
    boolean[] seen = new boolean[2];
    for (long seed = 0; seed < 20; seed++) {
      double[] end =
          new MinibatchSgd(1, 1, 0.25)
              .solve(mean(Family.LINEAR, LINE, 0.0), new double[2], new SeededRandom(seed));
      assertEquals(0.5, end[0]);
      assertTrue(end[1] == 0.5 || end[1] == 0.25, "intercept " + end[1]);
      seen[end[1] == 0.5 ? 0 : 1] = true;
    }

    assertArrayEquals(new boolean[] {true, true}, seen);
  }

  @Test
  void gradientDescent_manySteps_reachesTheLeastSquaresSolution() {
    Table table = Table.random(2L, 60, 3, Family.LINEAR);

    double[] end =
        new GradientDescent(3000, 0.1).solve(mean(Family.LINEAR, table, 0.0), new double[4], null);

    assertArrayEquals(Oracles.leastSquares(table), end, 1e-11);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.5})
  void gradientDescent_manySteps_reachesTheRidgeLogisticSolution(double l2) {
    Table table = Table.random(3L, 60, 3, Family.LOGISTIC);

    double[] end =
        new GradientDescent(20_000, 0.5)
            .solve(mean(Family.LOGISTIC, table, l2), new double[4], null);

    assertArrayEquals(Oracles.ridgeLogistic(table, l2), end, 1e-6);
  }

  /**
   * A constant step leaves a noise ball around the minimizer, whose radius shrinks with the step.
   */
  @Test
  void minibatchSgd_smallStep_comesNearTheLeastSquaresSolution() {
    Table table = Table.random(2L, 60, 3, Family.LINEAR);

    double[] end =
        new MinibatchSgd(2000, 8, 0.001)
            .solve(mean(Family.LINEAR, table, 0.0), new double[4], new SeededRandom(1L));

    assertArrayEquals(Oracles.leastSquares(table), end, 0.02);
  }

  @Test
  void minibatchSgd_oneEpoch_visitsEveryRowOnce() {
    // Row i alone moves coefficient i, by 2 * step * label when visited once from zero.
    double[][] identity = new double[10][10];
    double[] labels = new double[10];
    for (int i = 0; i < 10; i++) {
      identity[i][i] = 1.0;
      labels[i] = i + 1.0;
    }
    ModelShape shape = new ModelShape(10, false);
    LinearObjective objective =
        new LinearObjective(
            Family.LINEAR.loss(),
            Table.of(identity, labels).examples(),
            shape,
            Scaling.identity(shape),
            0.0,
            Reduction.SUM);

    double[] end =
        new MinibatchSgd(1, 3, 0.25).solve(objective, new double[10], new SeededRandom(1L));

    assertArrayEquals(Arrays.stream(labels).map(y -> y / 2.0).toArray(), end);
  }

  @ParameterizedTest
  @MethodSource("solvers")
  void solve_sameSeed_givesTheSameBits(LocalSolver solver) {
    LinearObjective objective =
        mean(Family.LOGISTIC, Table.random(4L, 50, 3, Family.LOGISTIC), 0.1);
    double[] start = {0.1, 0.2, 0.3, 0.4};

    double[] once = solver.solve(objective, start, new SeededRandom(9L));

    assertArrayEquals(once, solver.solve(objective, start, new SeededRandom(9L)));
    assertArrayEquals(new double[] {0.1, 0.2, 0.3, 0.4}, start);
  }

  @Test
  void minibatchSgd_otherSeed_givesOtherBits() {
    LinearObjective objective = mean(Family.LINEAR, Table.random(4L, 50, 3, Family.LINEAR), 0.0);
    MinibatchSgd sgd = new MinibatchSgd(1, 4, 0.01);

    assertFalse(
        Arrays.equals(
            sgd.solve(objective, new double[4], new SeededRandom(1L)),
            sgd.solve(objective, new double[4], new SeededRandom(2L))));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 0.1, epochs must be >= 1. Provided value: 0",
    "1, -3, 0.1, batch-size must be >= 1. Provided value: -3",
    "1, 1, 0, step-size must be > 0 and finite. Provided value: 0.0",
    "1, 1, NaN, step-size must be > 0 and finite. Provided value: NaN",
    "1, 1, Infinity, step-size must be > 0 and finite. Provided value: Infinity"
  })
  void minibatchSgd_parameterOutOfRange_isRefusedWithRuleAndValue(
      int epochs, int batchSize, double stepSize, String message) {
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class, () -> new MinibatchSgd(epochs, batchSize, stepSize))
            .getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.1, steps must be >= 1. Provided value: 0",
    "1, -0.1, step-size must be > 0 and finite. Provided value: -0.1"
  })
  void gradientDescent_parameterOutOfRange_isRefusedWithRuleAndValue(
      int steps, double stepSize, String message) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> new GradientDescent(steps, stepSize))
            .getMessage());
  }

  private static LinearObjective sum(Table table, double l2) {
    return objective(Family.LINEAR, table, l2, Reduction.SUM);
  }

  private static LinearObjective mean(Family family, Table table, double l2) {
    return objective(family, table, l2, Reduction.MEAN);
  }

  private static LinearObjective objective(
      Family family, Table table, double l2, Reduction reduction) {
    ModelShape shape = new ModelShape(table.features(), true);
    return new LinearObjective(
        family.loss(), table.examples(), shape, Scaling.identity(shape), l2, reduction);
  }

  /**
   * By hand, as above with momentum 1/2: the second velocity is (-2, -2)/2 + (0, 1) = (-1, 0), so
   * (3/4, 1/2).
   */
  @Test
  void minibatchSgd_momentumTwoStepsByHand_givesTheExactFractions() {
    double[] end =
        new MinibatchSgd(2, 2, 0.25, 0.5, Schedule.CONSTANT)
            .solve(sum(LINE, 0.0), new double[2], new SeededRandom(1L));

    assertArrayEquals(new double[] {0.75, 0.5}, end);
  }

  /** Three batches a pass: six end with the second, and what follows doesn't change the first. */
  @Test
  void minibatchSgd_maxBatches_endsInTheMiddleOfAPassOrAfterIt() {
    LinearObjective objective = mean(Family.LINEAR, Table.random(4L, 20, 2, Family.LINEAR), 0.1);
    double[][] after = new double[8][];
    for (int batches = 1; batches < after.length; batches++) {
      LocalSolver bounded =
          new MinibatchSgd(100, batches, 7, 0.1, 0.0, Schedule.INVERSE).inRound(1);
      after[batches] = bounded.solve(objective, new double[3], new SeededRandom(1L));
    }

    for (int epochs = 1; epochs <= 2; epochs++) {
      assertArrayEquals(
          new MinibatchSgd(epochs, 7, 0.1).solve(objective, new double[3], new SeededRandom(1L)),
          after[3 * epochs]);
    }
    assertArrayEquals(
        after[6],
        new MinibatchSgd(2, 100, 7, 0.1, 0.0, Schedule.CONSTANT)
            .solve(objective, new double[3], new SeededRandom(1L)));
    // A step along the gradient of 7, 7 or 6 rows: another one each.
    for (int batches = 2; batches < after.length; batches++) {
      assertFalse(Arrays.equals(after[batches], after[batches - 1]));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> new MinibatchSgd(1, 0, 7, 0.1, 0.0, Schedule.CONSTANT));
  }

  @Test
  void inRound_schedule_dividesTheStepSize() {
    assertEquals(
        new GradientDescent(3, 0.4), new GradientDescent(3, 0.4, Schedule.CONSTANT).inRound(9));
    assertEquals(
        new GradientDescent(3, 0.4 * (1.0 / 3.0)),
        new GradientDescent(3, 0.4, Schedule.INVERSE_SQRT).inRound(9));
    assertEquals(
        new MinibatchSgd(3, 8, 0.1, 0.9, Schedule.CONSTANT),
        new MinibatchSgd(3, 8, 0.4, 0.9, Schedule.INVERSE).inRound(4));
    LocalSolver lbfgs = new LocalLbfgs(5, 1e-9, 3);
    assertEquals(lbfgs, lbfgs.inRound(7));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.0, Double.NaN})
  void minibatchSgd_momentumOutOfRange_isRefusedWithTheValue(double momentum) {
    assertEquals(
        "momentum must be >= 0 and < 1. Provided value: " + momentum,
        assertThrows(
                IllegalArgumentException.class,
                () -> new MinibatchSgd(1, 1, 0.1, momentum, Schedule.CONSTANT))
            .getMessage());
  }
}
