package io.sparkfed.federated.averaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.federated.LocalTraining;
import io.sparkfed.federated.LocalUpdate;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.math.Vectors;
import io.sparkfed.model.Family;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.Reduction;
import io.sparkfed.solver.GradientDescent;
import io.sparkfed.solver.LocalLbfgs;
import io.sparkfed.solver.LocalNewton;
import io.sparkfed.solver.LocalSolver;
import io.sparkfed.solver.MinibatchSgd;
import io.sparkfed.testing.Oracles;
import io.sparkfed.testing.Table;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Local training that is held near the global model, against closed forms of least squares. */
class ProximalTest {
  private static final int ROWS = 40;
  private static final Table TABLE =
      Table.random(5L, ROWS, 3, Family.LINEAR)
          .withWeights(new Random(5L).doubles(ROWS, 0.5, 2.0).toArray());
  private static final double[] GLOBAL = {0.7, -1.5, 2.0, 10.0};

  private static double[] trained(PlanBuilder plan, double[] global) {
    TrainingPlan built = plan.features(3).build();
    LocalTraining statement =
        LocalTraining.of(built, Scaling.identity(built.shape()), 1, global, true);
    return Vectors.subtract(
        global,
        statement
            .layout()
            .read(statement.answer("w", TABLE.shard("w")))
            .mean(LocalUpdate.UPDATE, LocalTraining.WEIGHT));
  }

  /** Every solver comes to it, the intercept held like the weights. */
  @ParameterizedTest
  @EnumSource(Reduction.class)
  void answer_leastSquares_isTheClosedForm(Reduction reduction) {
    double share = reduction == Reduction.SUM ? 1.0 : 1.0 / TABLE.examples().totalWeight();
    double unit = reduction == Reduction.SUM ? ROWS : 1.0;
    for (double mu : new double[] {0.0, 0.01, 1.0, 100.0}) {
      double step = 1.0 / ((mu + 10.0) * unit);
      List<LocalSolver> solvers =
          List.of(
              new LocalNewton(1, 1e-12),
              new LocalLbfgs(200, 1e-13, 10),
              new GradientDescent(2_000, step),
              new MinibatchSgd(2_000, ROWS, step));
      for (double l2 : new double[] {0.0, 0.5}) {
        double[] expected =
            Oracles.proximalLeastSquares(TABLE, share, l2 * unit, mu * unit, GLOBAL);
        for (LocalSolver solver : solvers) {
          double[] actual =
              trained(
                  new PlanBuilder()
                      .reduction(reduction)
                      .l2(l2 * unit)
                      .proximalMu(mu * unit)
                      .solver(solver),
                  GLOBAL);

          assertArrayEquals(expected, actual, 1e-9, solver + " mu " + mu + " l2 " + l2);
        }
      }
    }
  }

  /**
   * Workers that each minimize their own objective, n_k/n-weighted. At the limit of the rounds the
   * updates' mean is 0; without the term, that is a mean of the workers' optima, and with ever more
   * of it, it comes to the optimum of all rows.
   */
  @Test
  void train_moreOfTheTerm_comesNearerToThePooledOptimum() {
    Map<String, Table> workers = PlanBuilder.deal(TABLE);
    double[] pooled = Oracles.leastSquares(TABLE);
    double last = Double.POSITIVE_INFINITY;
    for (double mu : new double[] {0.0, 2.0, 20.0, 200.0}) {
      double[] model =
          new PlanBuilder()
              .features(3)
              .proximalMu(mu)
              .solver(new LocalNewton(1, 1e-12))
              .rounds(mu == 0.0 ? 2 : (int) (40 + 40 * mu))
              .train(workers)
              .model()
              .values();
      double distance = Vectors.maxAbs(Vectors.subtract(model, pooled));
      assertTrue(distance < 0.6 * last, mu + ": " + distance + " after " + last);
      last = distance;
    }
    assertTrue(last < 1e-2, "distance " + last);
  }
}
