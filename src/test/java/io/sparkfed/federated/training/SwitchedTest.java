package io.sparkfed.federated.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.AlgorithmChoice;
import io.sparkfed.federated.CheckpointListener;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingListener;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.TrainingState;
import io.sparkfed.hint.Message;
import io.sparkfed.model.Family;
import io.sparkfed.server.Lbfgs;
import io.sparkfed.server.Newton;
import io.sparkfed.testing.InKeys;
import io.sparkfed.testing.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A search that takes too long gives way to another, from the best model it has found. */
class SwitchedTest {

  private static PlanBuilder plan(Family family) {
    PlanBuilder plan =
        new PlanBuilder().family(family).features(4).rounds(60).sum(new InsecurePlainSum(2));
    return family == Family.SOFTMAX ? plan.classes(3) : plan;
  }

  /** Heard at the driver, in order. */
  private static final class Heard implements TrainingListener {
    private final List<String> lines = new ArrayList<>();
    private final List<Double> losses = new ArrayList<>();

    @Override
    public void roundFinished(RoundSummary round) {
      lines.add("round");
      losses.add(round.loss());
    }

    @Override
    public void algorithmChosen(Message note) {
      lines.add(InKeys.said(note));
    }
  }

  /** The oracle is Newton's method from the start: the optimum of the same rows. */
  @ParameterizedTest
  @EnumSource(
      value = Family.class,
      names = {"LOGISTIC", "SOFTMAX", "POISSON", "GAMMA"})
  void train_tooManyRounds_goesOnToTheSameOptimum(Family family) {
    Map<String, Table> workers = PlanBuilder.deal(Table.random(7L, 160, 4, family));
    TrainingResult expected = plan(family).optimizer(new Newton(1e-12)).train(workers);
    Heard heard = new Heard();

    TrainingResult actual =
        new FederatedTrainer(
                PlanBuilder.federation(workers),
                plan(family).optimizers(new Lbfgs(2, 1e-14), 3, new Newton(1e-12)).build(),
                heard)
            .train();

    assertArrayEquals(expected.model().values(), actual.model().values(), 1e-8);
    assertEquals("then", actual.choice().map(AlgorithmChoice::preset).orElseThrow());
    assertEquals("algorithm.preset = auto is first: a test", heard.lines.get(0));
    assertEquals(
        List.of("algorithm.preset = auto is then: it took too many rounds"),
        heard.lines.stream().filter(line -> line.contains("then")).toList());
    double reached = heard.losses.subList(0, 3).stream().min(Double::compare).orElseThrow();
    assertTrue(heard.losses.get(3) <= reached, "the best model so far is the start");
    assertTrue(heard.losses.size() <= 3 + expected.rounds().size());
  }

  @ParameterizedTest
  @ValueSource(ints = {30, 59})
  void train_endsBefore_staysWithItsFirstChoice(int patience) {
    Map<String, Table> workers = PlanBuilder.deal(Table.random(7L, 160, 4, Family.LOGISTIC));

    TrainingResult result =
        plan(Family.LOGISTIC)
            .optimizers(new Lbfgs(5, 1e-9), patience, new Newton(1e-12))
            .train(workers);

    assertEquals("first", result.choice().map(AlgorithmChoice::preset).orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(ints = {3})
  void resume_afterTheChangeWithAPlanThatHasNone_isRefused(int rounds) {
    Map<String, Table> workers = PlanBuilder.deal(Table.random(7L, 160, 4, Family.LOGISTIC));
    List<TrainingState> states = new ArrayList<>();
    CheckpointListener disk = states::add;
    new FederatedTrainer(
            PlanBuilder.federation(workers),
            plan(Family.LOGISTIC)
                .optimizers(new Lbfgs(2, 1e-14), rounds, new Newton(1e-12))
                .build(),
            round -> {},
            disk)
        .train();

    FederatedTrainer other =
        new FederatedTrainer(
            PlanBuilder.federation(workers),
            plan(Family.LOGISTIC).optimizer(new Lbfgs(2, 1e-14)).build(),
            round -> {});

    assertThrows(IllegalArgumentException.class, () -> other.resume(states.get(states.size() - 1)));
  }
}
