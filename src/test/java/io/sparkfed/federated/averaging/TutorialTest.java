package io.sparkfed.federated.averaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.federated.LocalTraining;
import io.sparkfed.federated.LocalUpdate;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.Weighting;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.Reduction;
import io.sparkfed.solver.GradientDescent;
import io.sparkfed.testing.Table;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The two-worker example against its table in exact arithmetic. */
class TutorialTest {

  private static final Table BOB =
      Table.of(new double[][] {{0.0, 0.0}, {0.0, 1.0}}, new double[] {0.0, 0.0});
  private static final Table ALICE =
      Table.of(new double[][] {{1.0, 0.0}, {1.0, 1.0}}, new double[] {1.0, 1.0});
  private static final Map<String, Table> WORKERS = Map.of("bob", BOB, "alice", ALICE);

  /** The table counts rounds from 0: its round r is what r + 1 rounds give. */
  @ParameterizedTest
  @CsvSource({
    "0, 0.22848, 0.07664, 0.22848",
    "1, 0.3466800896, 0.0483506944, 0.2445927424",
    "2, 0.4363604757, 0.0210269738, 0.2298653342",
    "4, 0.5745230152, -0.0073375051, 0.1893735204",
    "9, 0.7830531662, -0.0159150894, 0.1045183101"
  })
  void train_roundOfTheTable_givesItsModel(int round, double w1, double w2, double b) {
    TrainingResult result = plan(round + 1).train(WORKERS);

    assertArrayEquals(new double[] {w1, w2, b}, result.model().values(), 1e-9);
    assertTrue(result.divergence().isEmpty());
  }

  /** Each worker's last local loss is measured before its fifth step: after four. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0.0143283200",
    "1, 0.0009926052, 0.0095405344",
    "2, 0.0019258196, 0.0048355273",
    "4, 0.0025686526, 0.0012094188",
    "9, 0.0012416008, 0.0000698936"
  })
  void run_roundOfTheTable_hasTheWorkersLastLocalLosses(int round, double bobs, double alices) {
    TrainingPlan fourSteps = plan(1).solver(new GradientDescent(4, 0.1)).build();
    double[] start = round == 0 ? new double[3] : plan(round).train(WORKERS).model().values();
    Scaling raw = Scaling.identity(fourSteps.shape());
    LocalTraining statement = LocalTraining.of(fourSteps, raw, round + 1, start, true);

    assertEquals(bobs, sumOfSquares(BOB, update(statement, "bob", BOB), start), 1e-9);
    assertEquals(alices, sumOfSquares(ALICE, update(statement, "alice", ALICE), start), 1e-9);
  }

  @Test
  void train_tenRounds_givesTheFinalPredictionsAndTheirError() {
    TrainingResult result = plan(10).train(WORKERS);

    double[] model = result.model().values();
    assertArrayEquals(
        new double[] {0.1045183101, 0.0886032207, 0.8875714763, 0.8716563869},
        new double[] {
          model[2], model[1] + model[2], model[0] + model[2], model[0] + model[1] + model[2]
        },
        1e-9);
    assertEquals(0.0478868638, result.lastRound().trainMetrics().get("sumSquaredErrors"), 1e-10);
    assertEquals(4.0, result.lastRound().trainMetrics().get("rows"));
    assertEquals(0.0478868638 / 4.0, result.lastRound().loss(), 1e-10);
    assertEquals(2, result.oneClassWorkers());
  }

  @Test
  void train_twoThousandRounds_reachesTheSolution() {
    assertArrayEquals(
        new double[] {1.0, 0.0, 0.0}, plan(2000).train(WORKERS).model().values(), 1e-9);
  }

  @Test
  void train_plainSum_givesTheSameBits() {
    assertEquals(
        plan(10).train(WORKERS).model(),
        plan(10).sum(new InsecurePlainSum(2)).train(WORKERS).model());
  }

  private static PlanBuilder plan(int rounds) {
    return new PlanBuilder()
        .reduction(Reduction.SUM)
        .solver(new GradientDescent(5, 0.1))
        .weighting(Weighting.EQUAL)
        .rounds(rounds);
  }

  private static double[] update(LocalTraining statement, String worker, Table table) {
    return statement
        .layout()
        .read(statement.answer(worker, table.shard(worker)))
        .mean(LocalUpdate.UPDATE, LocalTraining.WEIGHT);
  }

  private static double sumOfSquares(Table table, double[] update, double[] start) {
    double sum = 0.0;
    for (int i = 0; i < table.rows(); i++) {
      double error = start[2] - update[2] - table.y()[i];
      for (int j = 0; j < 2; j++) {
        error += (start[j] - update[j]) * table.x()[i][j];
      }
      sum += error * error;
    }
    return sum;
  }
}
