package io.sparkfed.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.Vectors;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.LinearObjective;
import io.sparkfed.objective.Penalty;
import io.sparkfed.objective.Reduction;
import io.sparkfed.testing.Oracles;
import io.sparkfed.testing.Table;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalNewtonTest {
  private static final LocalNewton NEWTON = new LocalNewton(50, 1e-13);

  @Test
  void solve_squaredLoss_isTheLeastSquaresSolutionAfterOneStep() {
    Table table = Table.random(2L, 60, 3, Family.LINEAR);

    double[] end =
        new LocalNewton(1, 1e-13).solve(mean(Family.LINEAR, table, 0.0), new double[4], null);

    assertArrayEquals(Oracles.leastSquares(table), end, 1e-12);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, 0.01, 0.5})
  void solve_ridgeLogistic_isBreezes(double l2) {
    Table table = Table.random(3L, 60, 3, Family.LOGISTIC);

    assertArrayEquals(
        Oracles.ridgeLogistic(table, l2),
        NEWTON.solve(mean(Family.LOGISTIC, table, l2), new double[4], null),
        1e-6);
  }

  /** From far off, where the full step overshoots; of mean 0 over the classes, as models are. */
  @ParameterizedTest
  @EnumSource(
      value = Family.class,
      names = {"LINEAR", "LOGISTIC", "SOFTMAX", "POISSON", "GAMMA"})
  void solve_anyStart_endsWhereTheGradientIsZero(Family family) {
    Table table = Table.random(4L, 80, 3, family);
    for (Reduction reduction : Reduction.values()) {
      LinearObjective objective = objective(family, table, new Penalty(0.0, 0.02), reduction);
      int outputs = family.loss(3, 1.35).outputs();
      double[] start = new double[4 * outputs];
      start[0] = 6.0;
      for (int k = 1; k < outputs; k++) {
        start[3 * k] = -6.0 / (outputs - 1);
      }
      double[] end = NEWTON.solve(objective, start, null);
      double[] gradient = new double[start.length];
      objective.gradient(end, gradient);

      assertEquals(0.0, Vectors.maxAbs(gradient), 1e-9, reduction.toString());
    }
  }

  /** Three rows for six features, a column that is constant, and one that is always 0. */
  @ParameterizedTest
  @EnumSource(
      value = Family.class,
      names = {"LINEAR", "POISSON", "SOFTMAX"})
  void solve_rowsThatDoNotDetermineTheModel_endsAtALowerPoint(Family family) {
    double[][] x = {
      {1.0, 2.0, 0.5, 3.0, 1.0, 0.0}, {0.3, -1.0, 2.0, 3.0, 0.7, 0.0}, {2.0, 0.1, 0.4, 3.0, -1.0, 0}
    };
    LinearObjective objective = mean(family, Table.of(x, new double[] {1.0, 2.0, 0.0}), 0.0);
    double[] start = new double[7 * family.loss(3, 1.35).outputs()];
    double[] end = new LocalNewton(8, 1e-10).solve(objective, start, null);

    assertTrue(Vectors.allFinite(end));
    assertEquals(0.0, end[5]);
    assertTrue(objective.value(end) < 0.01 * objective.value(start), "value");
  }

  @Test
  void solve_l1_isRefused() {
    LinearObjective objective =
        objective(
            Family.LINEAR,
            Table.random(2L, 9, 3, Family.LINEAR),
            new Penalty(0.1, 0.0),
            Reduction.MEAN);

    assertThrows(
        IllegalArgumentException.class, () -> NEWTON.solve(objective, new double[4], null));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1e-9, max-iterations must be >= 1. Provided value: 0",
    "1, 0, tolerance must be > 0 and finite. Provided value: 0.0"
  })
  void constructor_parameterOutOfRange_isRefusedWithRuleAndValue(
      int iterations, double tolerance, String message) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> new LocalNewton(iterations, tolerance))
            .getMessage());
  }

  private static LinearObjective mean(Family family, Table table, double l2) {
    return objective(family, table, new Penalty(0.0, l2), Reduction.MEAN);
  }

  private static LinearObjective objective(
      Family family, Table table, Penalty penalty, Reduction reduction) {
    VectorLoss loss = family.loss(3, 1.35);
    ModelShape shape = new ModelShape(table.features(), true, loss.outputs());
    return new LinearObjective(
        loss, table.examples(), shape, Scaling.identity(shape), penalty, reduction);
  }
}
