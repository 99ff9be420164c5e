package io.sparkfed.secure.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.PrivacyAccount;
import io.sparkfed.federated.RunBudget;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.TrainingState;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.testing.RecordingFederation;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What owners' folders let through of whole trainings, whoever drives them. */
class LedgerOfTrainingsTest extends WithThreeOwners {
  private static final List<String> OWNERS = ThreeOwners.NAMES;
  private static final double DELTA = ThreeOwners.DELTA;
  private static final Zcdp ONE = Zcdp.within(1.0, DELTA);
  private static final int ROUNDS = ThreeOwners.ROUNDS;

  private TrainingPlan plan(byte[] runId, double epsilon, int honest) {
    return owners.plan(
        runId,
        epsilon,
        honest,
        new RunBudget(Zcdp.within(epsilon, DELTA), Zcdp.NOTHING, 0.0, 0.0, 0.0, 0.2));
  }

  private TrainingResult train(double epsilon) {
    return train(Kdf.fresh(), epsilon);
  }

  private TrainingResult train(byte[] runId, double epsilon) {
    return new FederatedTrainer(ThreeOwners.workers(), plan(runId, epsilon, 1), round -> {})
        .train();
  }

  private static void refused(String rule, Runnable run) {
    AggregationException refused = assertThrows(AggregationException.class, run::run);
    assertTrue(refused.getMessage().contains("(" + rule + ")"), refused.getMessage());
  }

  /** Twelve rho of epsilon 1 are below that of epsilon 4; epsilons added up would let four pass. */
  @Test
  void train_runsOfEpsilonOneUnderFour_twelvePassAndTheNextSpendsNothing() throws IOException {
    owners.policies(
        "\ndp.required = true\ndp.epsilon = 4\ndp.delta = 1e-6\nmax-runs-per-day = 100\n");
    for (int run = 0; run < 12; run++) {
      train(1.0);
    }
    for (String owner : OWNERS) {
      assertEquals(12, owners.ledger(owner).runs());
      assertTrue(ONE.times(12).covers(owners.ledger(owner).spent()));
      assertEquals(12 * (ROUNDS + 2), owners.ledger(owner).charges().size());
    }
    Ledger before = owners.ledger("b");

    refused("dp.epsilon", () -> train(1.0));

    assertEquals(before, owners.ledger("b"));
    // What is left is less than a run of epsilon 1, and not nothing.
    train(0.5);
    assertEquals(13, owners.ledger("b").runs());
  }

  /** An account that a run gives of itself is what its owners were charged. */
  @Test
  void train_account_isWhatTheOwnersWereCharged() throws IOException {
    owners.policies("\ndp.epsilon = 4\ndp.delta = 1e-6\n");

    TrainingResult result = train(1.0);

    double told = result.privacy().orElseThrow().rho();
    assertEquals(owners.ledger("a").spent().rho().doubleValue(), told, 1e-9 * told);
    assertTrue(told <= ONE.rho().doubleValue() * (1.0 + 1e-12));
    assertTrue(told >= 0.999 * ONE.rho().doubleValue());
  }

  /**
   * The Hessian of intervals is a release of the plan: who can't afford it is asked for nothing.
   */
  @Test
  void train_withIntervals_chargesTheHessianAndPlansItBeforeTheFirstSum() throws IOException {
    double epsilon = 40.0;
    Zcdp all = Zcdp.within(epsilon, DELTA);
    RunBudget budget = new RunBudget(all, Zcdp.NOTHING, 0.0, 0.0, 0.1, 0.2);
    double less = all.part(new BigDecimal("0.95")).epsilon(DELTA);
    owners.policies("\ndp.epsilon = " + less + "\ndp.delta = 1e-6\n");
    refused("dp.epsilon-per-run", () -> train(epsilon, budget));
    assertTrue(owners.ledger("a").charges().isEmpty());
  }

  private TrainingResult train(double epsilon, RunBudget budget) {
    return new FederatedTrainer(
            ThreeOwners.workers(), owners.plan(Kdf.fresh(), epsilon, 1, budget), round -> {})
        .train();
  }

  @Test
  void train_withIntervals_theHessianIsCharged() throws IOException {
    double epsilon = 40.0;
    Zcdp all = Zcdp.within(epsilon, DELTA);
    owners.policies("\ndp.epsilon = 41\ndp.delta = 1e-6\n");

    TrainingResult result = train(epsilon, new RunBudget(all, Zcdp.NOTHING, 0.0, 0.0, 0.1, 0.2));

    Ledger ledger = owners.ledger("a");
    assertEquals(ROUNDS + 3, ledger.charges().size());
    assertEquals(
        1, ledger.charges().stream().filter(line -> line.contains("HessianWithin")).count());
    PrivacyAccount account = result.privacy().orElseThrow();
    assertEquals("Hessian", account.releases().get(3).purpose());
    double spent = ledger.spent().rho().doubleValue();
    assertEquals(spent, account.rho(), 1e-9 * spent);
    assertEquals(0.1 * 0.98 * spent, account.releases().get(3).rho(), 1e-3 * spent);
    assertTrue(all.covers(ledger.spent()));
  }

  /** Who kills the driver between a charge and its message has spent the charge, and no more. */
  @Test
  void resume_afterARoundIsLost_chargesThatRoundAgainAndNoOther() throws IOException {
    owners.policies("\ndp.epsilon = 4\ndp.delta = 1e-6\n");
    byte[] runId = Kdf.fresh();
    List<TrainingState> states = new ArrayList<>();
    TrainingResult whole =
        new FederatedTrainer(ThreeOwners.workers(), plan(runId, 1.0, 1), round -> {}, states::add)
            .train();
    assertEquals(ROUNDS + 2, owners.ledger("a").charges().size());

    // The checkpoint of round 1 is the last that is left: one sum is asked again.
    TrainingResult resumed =
        new FederatedTrainer(ThreeOwners.workers(), plan(runId, 1.0, 1), round -> {})
            .resume(states.get(0));

    assertEquals(ROUNDS + 3, owners.ledger("a").charges().size());
    assertEquals(1, owners.ledger("a").runs());
    assertFalse(
        Arrays.equals(whole.model().values(), resumed.model().values()),
        "another session has other noise");
    assertTrue(
        resumed.privacy().orElseThrow().rho() >= whole.privacy().orElseThrow().rho() * 0.999,
        "what was released before the kill is in the account");
  }

  /** The per-run cap holds over the kills of one run, too: a thousand answers are paid for. */
  @Test
  void resume_againAndAgain_endsAtTheCapOfARun() throws IOException {
    owners.policies("\ndp.epsilon = 4\ndp.delta = 1e-6\ndp.epsilon-per-run = 1.5\n");
    byte[] runId = Kdf.fresh();
    List<TrainingState> states = new ArrayList<>();
    new FederatedTrainer(ThreeOwners.workers(), plan(runId, 1.0, 1), round -> {}, states::add)
        .train();
    int resumptions = 0;
    AggregationException refused = null;
    while (refused == null && resumptions < 100) {
      try {
        new FederatedTrainer(ThreeOwners.workers(), plan(runId, 1.0, 1), round -> {})
            .resume(states.get(ROUNDS - 2));
        resumptions++;
      } catch (AggregationException e) {
        refused = e;
      }
    }
    assertTrue(refused.getMessage().contains("(dp.epsilon-per-run)"), refused.getMessage());
    assertTrue(resumptions >= 1 && resumptions < 20, resumptions + " resumptions");
    Zcdp cap = Zcdp.within(1.5, DELTA);
    assertTrue(cap.covers(owners.ledger("a").spent()));
  }

  /** Two drivers at once, each with its own idea of the budget, share one. */
  @Test
  void train_fromManyThreads_noMorePassThanThereIs() throws Exception {
    double epsilon = ONE.times(3).epsilon(DELTA) * (1.0 + 1e-9);
    owners.policies("\ndp.epsilon = " + epsilon + "\ndp.delta = 1e-6\nmax-runs-per-day = 100\n");
    AtomicInteger passed = new AtomicInteger();
    List<Thread> drivers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      drivers.add(
          new Thread(
              () -> {
                try {
                  train(1.0);
                  passed.incrementAndGet();
                } catch (AggregationException e) {
                  // Others were first.
                }
              }));
    }
    drivers.forEach(Thread::start);
    for (Thread driver : drivers) {
      driver.join();
    }
    assertTrue(passed.get() <= 3, passed + " passed");
    for (String owner : OWNERS) {
      assertTrue(ONE.times(3).covers(owners.ledger(owner).spent()), owner);
    }
  }

  /** One owner that says no is enough: nobody's later sums are asked, and its own are not spent. */
  @Test
  void train_oneOwnerWithoutBudget_endsTheRun() throws IOException {
    owners.policy("a", "\ndp.epsilon = 4\ndp.delta = 1e-6\n");
    owners.policy("b", "\ndp.epsilon = 0.5\ndp.delta = 1e-6\n");
    owners.policy("c", "\ndp.epsilon = 4\ndp.delta = 1e-6\n");

    refused("dp.epsilon-per-run", () -> train(1.0));

    assertEquals(Zcdp.NOTHING, owners.ledger("b").spent());
    assertTrue(ONE.part(new BigDecimal("0.5")).covers(owners.ledger("a").spent()));
  }

  @Test
  void train_reliesOnMoreWorkersThanAnOwner_isRefusedAndChargesNothing() throws IOException {
    owners.policies("\ndp.epsilon = 4\ndp.delta = 1e-6\ndp.honest-workers = 2\n");
    refused(
        "dp.honest-workers",
        () ->
            new FederatedTrainer(ThreeOwners.workers(), plan(Kdf.fresh(), 1.0, 3), round -> {})
                .train());
    assertEquals(Zcdp.NOTHING, owners.ledger("a").spent());
  }

  /** A new name of the data is the owner's to give, and begins anew. */
  @Test
  void train_otherNameOfTheData_isAnotherBudget() throws IOException {
    owners.policies("\ndp.epsilon = 1\ndp.delta = 1e-6\ndp.data = cardio-2026\n");
    train(1.0);
    refused("dp.epsilon", () -> train(1.0));
    for (String owner : OWNERS) {
      Path policy = owners.dir().resolve(owner).resolve(KeyFolder.POLICY);
      Files.writeString(policy, Files.readString(policy).replace("cardio-2026", "cardio-2027"));
    }
    train(1.0);
    assertEquals(1, owners.ledger("a").runs());
  }

  /** The visits of a run don't depend on a row. */
  @Test
  void train_twice_hasOtherNoiseAndTheSameVisits() throws IOException {
    owners.policies("\ndp.epsilon = 8\ndp.delta = 1e-6\n");
    RecordingFederation<Shard> seen = new RecordingFederation<>(ThreeOwners.workers());
    double[] first =
        new FederatedTrainer(seen, plan(Kdf.fresh(), 1.0, 1), round -> {}).train().model().values();
    int visits = seen.visits().size();
    double[] second =
        new FederatedTrainer(seen, plan(Kdf.fresh(), 1.0, 1), round -> {}).train().model().values();

    assertFalse(Arrays.equals(first, second));
    assertEquals(2 * visits, seen.visits().size());
    assertArrayEquals(new int[] {2}, new int[] {owners.ledger("a").runs()});
  }
}
