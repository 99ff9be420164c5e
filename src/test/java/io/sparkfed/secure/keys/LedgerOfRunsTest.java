package io.sparkfed.secure.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.GradientWithin;
import io.sparkfed.federated.ProductsWithin;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.RowCut;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.secure.NoisySum;
import io.sparkfed.secure.UnderPolicies;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.secure.masked.MaskingAssumptions;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What owners' folders let through of whole runs of noised sums, whoever drives them. */
class LedgerOfRunsTest extends WithThreeOwners {
  private static final List<String> OWNERS = ThreeOwners.NAMES;
  private static final ModelShape SHAPE = ThreeOwners.SHAPE;
  private static final double DELTA = 1e-6;
  private static final Zcdp ONE = Zcdp.within(1.0, DELTA);
  private static final int ROUNDS = 2;

  /** What a driver asks in one run: products once, then gradients, each for a part of epsilon. */
  private final class Run {
    private final byte[] runId = Kdf.fresh();
    private final Zcdp plan;
    private final int honest;
    private final RowCut cut = new RowCut(Scaling.identity(SHAPE), Math.sqrt(3.0), 1.0, 1);

    Run(double epsilon, int honest) {
      this.plan = Zcdp.within(epsilon, DELTA);
      this.honest = honest;
    }

    /** A driver that was started again has the same run, and other sessions. */
    private double[] ask(Question<Shard> question, String part) {
      KeyFolders keys = owners.keys();
      NoisySum sum =
          new NoisySum(
              new MaskedSum(keys, 3, MaskingAssumptions.DEFAULT, runId),
              plan.part(new BigDecimal(part)),
              plan,
              honest);
      return sum.sum(ThreeOwners.workers(), new Visit("a sum", 0, OWNERS), question).value();
    }

    double[] products() {
      return ask(new ProductsWithin(SHAPE, cut), "0.2");
    }

    double[] gradient() {
      return ask(
          new GradientWithin(
              new double[3], Family.LOGISTIC.loss(2, 1.35), SHAPE, cut, new double[0], 0.5),
          "0.4");
    }

    void whole() {
      products();
      for (int round = 0; round < ROUNDS; round++) {
        gradient();
      }
    }
  }

  private void train(double epsilon) {
    new Run(epsilon, 1).whole();
  }

  /** Asks for a gradient in the clear, in a run of its own. */
  private void inTheClear(double epsilon, double intercept) {
    Zcdp plan = Zcdp.within(epsilon, DELTA);
    double[] model = {intercept, 0.0, 0.0};
    RowCut cut = new RowCut(Scaling.identity(SHAPE), Math.sqrt(3.0), 1.0, 1);
    UnderPolicies plain = new UnderPolicies(owners.keys(), new InsecurePlainSum(3), Kdf.fresh());
    new NoisySum(plain, plan, plan, 1)
        .sum(
            ThreeOwners.workers(),
            new Visit("a sum", 0, OWNERS),
            new GradientWithin(
                model, Family.LOGISTIC.loss(2, 1.35), SHAPE, cut, new double[0], 0.5));
  }

  /** Each run is one of the ledger: what is asked again by another one, too. */
  @Test
  void train_inTheClear_isChargedByRunAndRefusedByItsRule() throws IOException {
    owners.policies("\ndp.epsilon = 4\ndp.delta = 1e-6\ndp.epsilon-per-run = 1\n");
    for (int run = 0; run < 3; run++) {
      inTheClear(1.0, run < 2 ? 0.0 : 1.0);
      assertEquals(run + 1, owners.ledger("b").runs());
      assertEquals(run + 1, owners.ledger("b").charges().size());
    }
    Ledger before = owners.ledger("b");

    refused("dp.epsilon-per-run", () -> inTheClear(1.1, 0.5));

    assertEquals(before, owners.ledger("b"));
    assertEquals(ONE.times(3), before.spent());
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
      assertEquals(12 * (ROUNDS + 1), owners.ledger(owner).charges().size());
    }
    Ledger before = owners.ledger("b");

    refused("dp.epsilon", () -> train(1.0));

    assertEquals(before, owners.ledger("b"));
    // What is left is less than a run of epsilon 1, and not nothing.
    train(0.5);
    assertEquals(13, owners.ledger("b").runs());
  }

  /** Each epsilon has a grid of its own; what is paid for is answered on any. */
  @Test
  void train_withMoreEpsilonsThanThereAreGrids_isRefusedByTheBudgetAlone() throws IOException {
    owners.policies("\ndp.epsilon = 1\ndp.delta = 1e-6\n");
    int runs = Remembered.MOST_GRIDS + 2;
    for (int run = 0; run < runs; run++) {
      refused("dp.epsilon-per-run", new Run(2.0 + run, 1)::products);
    }
    for (int run = 0; run < runs; run++) {
      train(0.1 + 0.01 * run);
    }

    assertEquals(runs, owners.ledger("a").runs());
    List<String> asked =
        Files.readAllLines(
                owners.dir().resolve("a").resolve(KeyFolder.JOURNAL).resolve(FolderJournal.LOG))
            .stream()
            .filter(line -> line.contains(" asked "))
            .toList();
    assertEquals(2, asked.size(), "products and gradients");
  }

  /** What was charged before a kill is spent; what is asked again has other noise, and costs. */
  @Test
  void gradient_askedAgainByARunThatGoesOn_isChargedAgainWithOtherNoise() throws IOException {
    owners.policies("\ndp.epsilon = 4\ndp.delta = 1e-6\n");
    Run run = new Run(1.0, 1);
    run.whole();
    double[] first = run.gradient();
    double[] second = run.gradient();

    assertFalse(Arrays.equals(first, second));
    assertEquals(ROUNDS + 3, owners.ledger("a").charges().size());
    assertEquals(1, owners.ledger("a").runs());
    assertEquals(ONE.then(ONE.part(new BigDecimal("0.8"))), owners.ledger("a").spent());
  }

  /** An average of many answers to one question is paid for, until the cap of a run. */
  @Test
  void gradient_askedAgainAndAgain_endsAtTheCapOfARun() throws IOException {
    owners.policies("\ndp.epsilon = 4\ndp.delta = 1e-6\ndp.epsilon-per-run = 1.5\n");
    Run run = new Run(1.0, 1);
    run.whole();
    int more = 0;
    Zcdp cap = Zcdp.within(1.5, DELTA);
    Zcdp spent = ONE;
    Zcdp each = ONE.part(new BigDecimal("0.4"));
    while (cap.covers(spent.then(each))) {
      run.gradient();
      spent = spent.then(each);
      more++;
    }
    assertTrue(more >= 1);

    refused("dp.epsilon-per-run", run::gradient);

    assertEquals(spent, owners.ledger("a").spent());
    assertEquals(owners.ledger("a").spent(), owners.ledger("c").spent());
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
    refused("dp.honest-workers", () -> new Run(1.0, 3).whole());
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
}
