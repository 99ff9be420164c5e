package io.sparkfed.secure.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.Phase;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.BoundedSums;
import io.sparkfed.evaluation.MetricSettings;
import io.sparkfed.federated.AskedRows;
import io.sparkfed.federated.CheckpointListener;
import io.sparkfed.federated.EvaluationWithin;
import io.sparkfed.federated.RunBudget;
import io.sparkfed.federated.Statement;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.TrainingState;
import io.sparkfed.federated.training.FederatedEvaluator;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.loss.LogisticLoss;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.RowCut;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.secure.crypto.Kdf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What owners' folders let through of figures of finished models. */
class LedgerOfEvaluationsTest extends WithThreeOwners {
  private static final ModelShape SHAPE = ThreeOwners.SHAPE;
  private static final double DELTA = ThreeOwners.DELTA;
  private static final int ROUNDS = ThreeOwners.ROUNDS;
  private static final Zcdp ONE = Zcdp.within(1.0, DELTA);

  private static void refused(String rule, Runnable run) {
    AggregationException refused = assertThrows(AggregationException.class, run::run);
    assertTrue(refused.getMessage().contains("(" + rule + ")"), refused.getMessage());
  }

  private FederatedTrainer withTestRows(
      byte[] runId, RunBudget budget, CheckpointListener checkpoints) {
    return new FederatedTrainer(
        ThreeOwners.workers(20), owners.plan(runId, 1.0, 1, budget), round -> {}, checkpoints);
  }

  private TrainingResult trainWithTestRows(RunBudget budget) {
    return withTestRows(Kdf.fresh(), budget, CheckpointListener.NONE).train();
  }

  private static RunBudget sameForTestRows() {
    return new RunBudget(ONE, ONE, 0.0, 0.0, 0.0, 0.2);
  }

  /** A budget of epsilon 1 is enough for a fit of epsilon 1 and figures of epsilon 1. */
  @Test
  void train_withTestRows_costsTheLargerOfBothParts() throws IOException {
    owners.policies("\ndp.epsilon = 1\ndp.delta = 1e-6\n");

    TrainingResult result = trainWithTestRows(sameForTestRows());

    Ledger ledger = owners.ledger("a");
    assertEquals(ROUNDS + 3, ledger.charges().size());
    assertEquals(
        1, ledger.charges().stream().filter(line -> line.contains("EvaluationWithin")).count());
    assertTrue(ONE.covers(ledger.spent()));
    double told = result.privacy().orElseThrow().rho();
    assertEquals(ledger.spent().rho().doubleValue(), told, 1e-9 * told);
    assertEquals(ONE.rho().doubleValue(), told, 1e-3 * told);
    refused("dp.epsilon", () -> trainWithTestRows(sameForTestRows()));
    assertEquals(ledger, owners.ledger("a"));
  }

  /** Figures of training rows are of the budget of the fit. */
  @Test
  void train_withFiguresOfTrainingRows_costsNoMoreThanTheBudget() throws IOException {
    owners.policies("\ndp.epsilon = 1\ndp.delta = 1e-6\n");

    TrainingResult result = trainWithTestRows(new RunBudget(ONE, ONE, 0.2, 0.0, 0.0, 0.2));

    assertEquals(ROUNDS + 4, owners.ledger("a").charges().size());
    assertTrue(ONE.covers(owners.ledger("a").spent()));
    assertEquals(
        List.of(
            "lengths train",
            "products train",
            "gradient train",
            "evaluation train",
            "evaluation test"),
        result.privacy().orElseThrow().releases().stream()
            .map(release -> release.purpose() + " " + release.rows().text())
            .toList());
    double told = result.privacy().orElseThrow().rho();
    assertEquals(ONE.rho().doubleValue(), told, 1e-3 * told);
  }

  /** Which part costs more is told before the first sum, though test rows are asked at the end. */
  @Test
  void train_testRowsCostMoreThanThereIs_isRefusedBeforeTheFirstSum() throws IOException {
    owners.policies("\ndp.epsilon = 0.9\ndp.delta = 1e-6\n");
    Zcdp small = Zcdp.within(0.2, DELTA);

    refused(
        "dp.epsilon-per-run",
        () -> trainWithTestRows(new RunBudget(small, ONE, 0.0, 0.0, 0.0, 0.2)));
    assertTrue(owners.ledger("a").charges().isEmpty());

    trainWithTestRows(new RunBudget(small, small, 0.0, 0.0, 0.0, 0.2));
    assertTrue(small.covers(owners.ledger("a").spent()));
  }

  /** Who evaluates a finished model pays, too: for both parts of the rows as for one. */
  @Test
  void evaluate_finishedModel_costsTheLargerOfBothPartsEachTime() throws IOException {
    owners.policies("\ndp.epsilon = 1\ndp.delta = 1e-6\n");

    FederatedEvaluator.Evaluation found = evaluate();

    Ledger ledger = owners.ledger("a");
    assertEquals(2, ledger.charges().size());
    double told = found.privacy().orElseThrow().rho();
    assertEquals(ledger.spent().rho().doubleValue(), told, 1e-9 * told);
    assertEquals(ONE.rho().doubleValue(), told, 1e-3 * told);
    refused("dp.epsilon", this::evaluate);
    assertEquals(ledger, owners.ledger("a"));
  }

  private FederatedEvaluator.Evaluation evaluate() {
    return FederatedEvaluator.evaluate(
        ThreeOwners.workers(20),
        owners.plan(Kdf.fresh(), 1.0, 1, sameForTestRows()),
        new Coefficients(SHAPE, new double[SHAPE.size()]));
  }

  /** Who kills the driver before the figures are told has spent them. */
  @Test
  void resume_afterTheFiguresAreLost_chargesThemAgain() throws IOException {
    owners.policies("\ndp.epsilon = 4\ndp.delta = 1e-6\n");
    byte[] runId = Kdf.fresh();
    List<TrainingState> states = new ArrayList<>();
    withTestRows(runId, sameForTestRows(), states::add).train();

    withTestRows(runId, sameForTestRows(), CheckpointListener.NONE)
        .resume(states.get(states.size() - 1));

    assertEquals(ROUNDS + 4, owners.ledger("a").charges().size());
    double spent = owners.ledger("a").spent().rho().doubleValue();
    assertEquals(ONE.times(2).rho().doubleValue(), spent, 1e-3 * spent);
  }

  private void release(byte[] runId, byte[] study, int testRows, Statement<Shard> asked) {
    InProcessFederation<Shard> workers = ThreeOwners.workers(testRows);
    owners
        .sums(runId, study)
        .released(ONE, ONE, 1)
        .sum(workers, new Visit(Phase.WORK, "asking", 1, workers.workers()).ofAll(), asked);
  }

  private static EvaluationWithin evaluation(AskedRows rows) {
    return new EvaluationWithin(
        BoundedSums.of(
            Family.LOGISTIC,
            LogisticLoss.INSTANCE,
            MetricSettings.of(Family.LOGISTIC),
            Optional.empty(),
            0.0),
        rows,
        SHAPE,
        new RowCut(Scaling.identity(SHAPE), Math.sqrt(3.0), 1.0, 1),
        new double[SHAPE.size()]);
  }

  /** Whether the second part is refused would tell, for nothing, whether rows are others. */
  @Test
  void charge_rowsThatChangedInBetween_isAsIfTheyHadNot() throws IOException {
    owners.policies("\ndp.epsilon = 1\ndp.delta = 1e-6\n");
    byte[] runId = Kdf.fresh();

    release(runId, ThreeOwners.STUDY, 20, evaluation(AskedRows.TRAIN));
    release(runId, ThreeOwners.STUDY, 21, evaluation(AskedRows.TEST));

    assertEquals(2, owners.ledger("a").charges().size());
    assertEquals(ONE, owners.ledger("a").spent());
  }

  /** What another study reads, or no study says, may have the row in the other part. */
  @Test
  void charge_sameRowsOfAnotherStudyOrOfNone_isAdded() throws IOException {
    byte[] none = {};
    owners.policies("\ndp.epsilon = 4\ndp.delta = 1e-6\ndp.epsilon-per-run = 1\n");
    for (byte[] second : List.of(Kdf.sha256(none), none)) {
      byte[] runId = Kdf.fresh();
      byte[] first = second.length == 0 ? none : ThreeOwners.STUDY;

      release(runId, first, 20, evaluation(AskedRows.TRAIN));
      refused("dp.epsilon-per-run", () -> release(runId, second, 20, evaluation(AskedRows.TEST)));
    }
  }
}
