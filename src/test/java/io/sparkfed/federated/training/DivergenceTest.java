package io.sparkfed.federated.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.model.Family;
import io.sparkfed.solver.GradientDescent;
import io.sparkfed.testing.InKeys;
import io.sparkfed.testing.Table;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DivergenceTest {

  private static final Map<String, Table> WORKERS =
      PlanBuilder.deal(Table.random(1L, 40, 2, Family.LINEAR));

  /**
   * Steps that grow the model without end; from slow growth caught by the loss rule to an overflow
   * within one round's local steps, where no update comes back at all.
   */
  @ParameterizedTest
  @CsvSource({
    "1.0, 1, 1000",
    "2.0, 3, 1000",
    "1.0, 1, 1e300",
    "5.0, 20, 1e300",
    "1.0, 2000, 1000",
    "1e100, 1, 1e300",
    "1e160, 1, 1000",
    "1e308, 2, 1000"
  })
  void train_stepTooLarge_keepsTheLastGoodModel(double step, int steps, double factor) {
    TrainingResult result = plan(step, steps, factor).rounds(3000).train(WORKERS);

    assertTrue(result.divergence().isPresent());
    int kept = result.lastRound().round();
    int failed = result.divergence().get().round();
    assertEquals(kept + 1, failed);
    assertTrue(Double.isFinite(result.lastRound().loss()));
    assertTrue(result.lastRound().loss() <= factor * result.rounds().get(0).loss());
    assertEquals(kept + 1, result.rounds().size());
    double[] expected =
        kept == 0
            ? new double[3]
            : plan(step, steps, factor).rounds(kept).train(WORKERS).model().values();
    assertArrayEquals(expected, result.model().values());
    String message = InKeys.divergence(result);
    assertTrue(message.startsWith("training diverged in round " + failed + ": "), message);
    assertTrue(message.endsWith("; lower algorithm.local.step-size"), message);
  }

  /**
   * The run that ends one round after the last good model finds its last model bad, and says so.
   */
  @Test
  void train_lastRoundDiverges_isFoundByTheLastEvaluation() {
    int kept = plan(1.0, 1, 1000).rounds(3000).train(WORKERS).lastRound().round();

    TrainingResult result = plan(1.0, 1, 1000).rounds(kept + 1).train(WORKERS);

    assertEquals(kept + 1, result.divergence().orElseThrow().round());
    assertEquals(kept, result.lastRound().round());
    assertTrue(plan(1.0, 1, 1000).rounds(kept).train(WORKERS).divergence().isEmpty());
  }

  /**
   * The visit that fails was to evaluate the model it trains from. A penalty of 1e10 multiplies the
   * weights by -1e10 a step: beyond all numbers within 40, which the solver takes from the second
   * round on.
   */
  @Test
  void train_trainingOverflowsFromAGoodModel_keepsThatModel() {
    Map<String, Table> workers = PlanBuilder.deal(Table.random(1L, 40, 2, Family.LOGISTIC));
    PlanBuilder plan =
        plan(1.0, 1, 1e300)
            .family(Family.LOGISTIC)
            .l2(1e10)
            .solver(
                (objective, start, random) ->
                    new GradientDescent(Arrays.equals(start, new double[3]) ? 1 : 40, 1.0)
                        .solve(objective, start, random));

    TrainingResult result = plan.rounds(5).train(workers);

    assertEquals(2, result.divergence().orElseThrow().round());
    assertEquals(1, result.lastRound().round());
    assertTrue(Double.isFinite(result.lastRound().loss()));
    assertEquals(plan.rounds(1).train(workers).model(), result.model());
  }

  @ParameterizedTest
  @ValueSource(doubles = {1.5, 10.0, 1e6})
  void train_lossOverTheFactor_stopsAtTheFirstSuchRound(double factor) {
    TrainingResult bound = plan(0.7, 1, factor).rounds(3000).train(WORKERS);
    TrainingResult free = plan(0.7, 1, 1e300).rounds(bound.rounds().size()).train(WORKERS);

    double initial = free.rounds().get(0).loss();
    assertTrue(bound.divergence().isPresent());
    assertTrue(free.lastRound().loss() > factor * initial);
    free.rounds()
        .subList(0, free.rounds().size() - 1)
        .forEach(round -> assertTrue(round.loss() <= factor * initial));
    assertTrue(InKeys.divergence(bound).contains("(algorithm.divergence-factor)"));
  }

  /** Nothing to compare with where the initial model is perfect; training must go on. */
  @Test
  void train_initialLossZero_isNoDivergence() {
    Map<String, Table> zeros =
        Map.of(
            "a", Table.of(new double[][] {{1, 2}}, new double[1]),
            "b", Table.of(new double[][] {{3, 4}}, new double[1]));

    TrainingResult result = plan(0.01, 1, 1000).rounds(3).train(zeros);

    assertTrue(result.divergence().isEmpty());
    assertEquals(0.0, result.lastRound().loss());
  }

  /** One worker's overflow stops the training of all, and the message does not say whose it was. */
  @Test
  void train_oneWorkerOverflows_stopsWithoutNamingIt() {
    Map<String, Table> workers = new HashMap<>(WORKERS);
    workers.put("huge", Table.of(new double[][] {{1e150, 1e150}}, new double[] {1.0}));

    TrainingResult result = plan(0.1, 3, 1000).rounds(5).train(workers);

    assertEquals(1, result.divergence().orElseThrow().round());
    assertEquals(0, result.lastRound().round());
    assertFalse(InKeys.divergence(result).contains("huge"));
  }

  private static PlanBuilder plan(double step, int steps, double factor) {
    return new PlanBuilder().solver(new GradientDescent(steps, step)).divergenceFactor(factor);
  }
}
