package io.sparkfed.secure.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.evaluation.PrivacyAccount;
import io.sparkfed.federated.HiddenWorkers;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.TrainingState;
import io.sparkfed.federated.training.FederatedEvaluator;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.secure.crypto.Kdf;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What owners' folders are charged for rows where whole workers are hidden: four times as much. */
class LedgerOfWorkersTest extends WithThreeOwners {
  private static final int ROUNDS = ThreeOwners.ROUNDS;
  private static final double DELTA = ThreeOwners.DELTA;
  private static final Zcdp ONE = Zcdp.within(1.0, DELTA);
  private static final Zcdp FOUR = ONE.times(4);

  /** What an owner must allow for a run that hides workers at epsilon 1. */
  private static final double NEEDED = FOUR.epsilon(DELTA) * (1.0 + 1e-9);

  private TrainingPlan plan(byte[] runId, double share, boolean isSplit) {
    HiddenWorkers hidden = new HiddenWorkers(1.0, DELTA, 0.5, share, isSplit, 1);
    PlanBuilder plan =
        new PlanBuilder()
            .family(Family.LOGISTIC)
            .features(2)
            .rounds(ROUNDS)
            .sums(owners.sums(runId))
            .privacy(hidden.plan(Family.LOGISTIC, ThreeOwners.SHAPE));
    return (isSplit ? plan.leastHolders(1) : plan).build();
  }

  private TrainingResult train(double share, boolean isSplit) {
    return new FederatedTrainer(
            ThreeOwners.workers(isSplit ? 20 : 0), plan(Kdf.fresh(), share, isSplit), round -> {})
        .train();
  }

  private static void refused(String rule, Runnable run) {
    AggregationException refused = assertThrows(AggregationException.class, run::run);
    assertTrue(refused.getMessage().contains("(" + rule + ")"), refused.getMessage());
  }

  private long charges(String statement) throws IOException {
    return owners.ledger("a").charges().stream().filter(line -> line.contains(statement)).count();
  }

  private void assertSpent(Zcdp planned) throws IOException {
    for (String owner : ThreeOwners.NAMES) {
      Zcdp spent = owners.ledger(owner).spent();
      assertTrue(planned.covers(spent), owner + " " + spent);
      double rho = planned.rho().doubleValue();
      assertEquals(rho, spent.rho().doubleValue(), 1e-6 * rho);
    }
  }

  private static void assertToldAtMostOne(PrivacyAccount account) {
    double rho = ONE.rho().doubleValue();
    assertEquals(rho, account.rho(), 1e-6 * rho);
    assertTrue(account.rho() <= rho * (1.0 + 1e-12));
  }

  @Test
  void train_epsilonOne_chargesRowsFourTimesThatAndNoMorePasses() throws IOException {
    owners.policies("\ndp.required = true\ndp.epsilon = " + NEEDED + "\ndp.delta = 1e-6\n");

    TrainingResult result = train(0.0, false);

    assertEquals(ROUNDS, charges("UpdateWithin"));
    assertEquals(ROUNDS, owners.ledger("a").charges().size());
    assertSpent(FOUR);
    assertToldAtMostOne(result.privacy().orElseThrow());
    Ledger before = owners.ledger("a");
    refused("dp.epsilon", () -> train(0.0, false));
    assertEquals(before, owners.ledger("a"));
  }

  @Test
  void train_ownerAllowsLessARun_isRefusedBeforeTheFirstSum() throws IOException {
    double less = FOUR.part(new BigDecimal("0.999")).epsilon(DELTA);
    owners.policies("\ndp.epsilon = 100\ndp.delta = 1e-6\ndp.epsilon-per-run = " + less + "\n");

    refused("dp.epsilon-per-run", () -> train(0.0, false));
    refused("dp.epsilon-per-run", () -> train(0.2, true));
    for (String owner : ThreeOwners.NAMES) {
      assertTrue(owners.ledger(owner).charges().isEmpty());
    }
  }

  /** A worker has rows in both parts and pays for both; of rows none is in both. */
  @Test
  void train_withFiguresOfTestRows_chargesRowsTheLargerPart() throws IOException {
    owners.policies("\ndp.required = true\ndp.epsilon = " + NEEDED + "\ndp.delta = 1e-6\n");

    TrainingResult result = train(0.2, true);

    assertEquals(ROUNDS, charges("UpdateWithin"));
    assertEquals(1, charges("MeansWithin"));
    assertSpent(FOUR.part(new BigDecimal("0.8")));
    PrivacyAccount account = result.privacy().orElseThrow();
    assertToldAtMostOne(account);
    assertEquals(
        List.of("update train", "evaluation test"),
        account.releases().stream().map(one -> one.purpose() + " " + one.rows().text()).toList());
    assertEquals(0.2 * account.rho(), account.releases().get(1).rho(), 1e-6);
  }

  @Test
  void train_withFiguresOfTrainingRows_chargesBothTogether() throws IOException {
    owners.policies("\ndp.epsilon = " + NEEDED + "\ndp.delta = 1e-6\n");

    TrainingResult result = train(0.2, false);

    assertEquals(ROUNDS + 1, owners.ledger("a").charges().size());
    assertEquals(1, charges("MeansWithin"));
    assertSpent(FOUR);
    assertToldAtMostOne(result.privacy().orElseThrow());
  }

  @Test
  void evaluate_finishedModel_chargesOneReleaseOfTheWholeBudget() throws IOException {
    owners.policies("\ndp.epsilon = " + NEEDED + "\ndp.delta = 1e-6\n");
    double[] model = new double[ThreeOwners.SHAPE.size()];

    FederatedEvaluator.Evaluation found =
        FederatedEvaluator.evaluate(
            ThreeOwners.workers(20),
            plan(Kdf.fresh(), 0.2, true),
            new Coefficients(ThreeOwners.SHAPE, model));

    assertEquals(1, owners.ledger("a").charges().size());
    assertEquals(1, charges("MeansWithin"));
    assertSpent(FOUR);
    assertToldAtMostOne(found.privacy().orElseThrow());
  }

  /** Who kills the driver between a charge and its message has spent the charge, and no more. */
  @Test
  void resume_afterARoundIsLost_chargesThatRoundAgainAndNoOther() throws IOException {
    owners.policies("\ndp.epsilon = 40\ndp.delta = 1e-6\n");
    byte[] runId = Kdf.fresh();
    List<TrainingState> states = new ArrayList<>();
    new FederatedTrainer(ThreeOwners.workers(), plan(runId, 0.0, false), round -> {}, states::add)
        .train();

    TrainingResult resumed =
        new FederatedTrainer(ThreeOwners.workers(), plan(runId, 0.0, false), round -> {})
            .resume(states.get(0));

    assertEquals(ROUNDS + 1, owners.ledger("a").charges().size());
    assertEquals(1, owners.ledger("a").runs());
    // The round that was lost is told, too.
    double rho = ONE.rho().doubleValue() * (1.0 + 1.0 / ROUNDS);
    assertEquals(rho, resumed.privacy().orElseThrow().rho(), 1e-6 * rho);
  }
}
