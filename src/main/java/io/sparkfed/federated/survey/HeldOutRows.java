package io.sparkfed.federated.survey;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.Ask;
import io.sparkfed.federated.TestEvaluation;
import io.sparkfed.federated.TestHolders;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import io.sparkfed.model.Scaling;
import java.util.List;
import java.util.Optional;

/**
 * How test rows take part. A sum over the test rows of few workers would say much of each, however
 * many take part in the visit, so a secure sum of 1 for each worker that holds some comes before
 * anything is evaluated. Where these are fewer than the least number, workers are told to send
 * zeros. In what follows the number travels along, as some may drop out.
 *
 * <p>Where all of them hold training rows, too, their test sums travel with the update. Otherwise
 * there is a visit of its own for them, of all workers, so that a round's cohort, and its least
 * number, is of those who train.
 */
public final class HeldOutRows {
  private final TrainingPlan plan;
  private final List<String> cohort;
  private final boolean haveOwnVisit;
  private final int holders;

  private HeldOutRows(TrainingPlan plan, List<String> cohort, boolean haveOwnVisit, int holders) {
    this.plan = plan;
    this.cohort = cohort;
    this.haveOwnVisit = haveOwnVisit;
    this.holders = holders;
  }

  /**
   * Counts the workers that hold test rows, where any are held out.
   *
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  public static HeldOutRows count(Federation<Shard> federation, TrainingPlan plan) {
    List<String> workers = federation.workers();
    if (plan.leastHolders().isEmpty()) {
      return new HeldOutRows(plan, workers, false, 0);
    }
    List<String> all = federation.everybody();
    double count =
        Ask.cohort(federation, all, plan.sums(), "counting who holds test rows", new TestHolders())
            .value()
            .get(TestHolders.HOLDS_TEST_ROWS);
    boolean tooFewTrain = workers.size() < plan.leastHolders().getAsInt();
    return new HeldOutRows(
        plan, all, !federation.evaluators().isEmpty() || tooFewTrain, (int) count);
  }

  /** Returns who takes part in sums over test rows. */
  public List<String> cohort() {
    return cohort;
  }

  /** Returns what to tell the user; empty where test rows are evaluated, or none are held out. */
  public Optional<Message> note() {
    if (plan.leastHolders().isEmpty() || areEnough(holders)) {
      return Optional.empty();
    }
    return Optional.of(
        holders == 0
            ? Message.of(
                "no worker holds test rows (", Hint.TEST_ROWS, "), so there are no test metrics")
            : Message.of(
                "test metrics are not opened: fewer than ",
                plan.leastHolders().getAsInt(),
                " workers (",
                Hint.MIN_WORKERS,
                ") hold test rows"));
  }

  /** Returns the plan of the rounds: test sums are in it where they travel with the updates. */
  public TrainingPlan ofRounds() {
    return haveOwnVisit || !areEnough(holders) ? plan.withoutTestRows() : plan;
  }

  /** Returns whether test sums come with a visit of their own. */
  public boolean haveOwnVisit() {
    return haveOwnVisit && areEnough(holders);
  }

  /** Returns whether sums over the test rows of so many workers may be used. */
  public boolean areEnough(double count) {
    return plan.leastHolders().isPresent() && count >= plan.leastHolders().getAsInt();
  }

  /**
   * Returns the evaluation of test rows at a model in training units.
   *
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  public Opened<NamedVector> sums(Federation<Shard> federation, Scaling scaling, double[] model) {
    return Ask.cohort(
        federation,
        cohort,
        plan.sums(),
        "evaluation of test rows",
        new TestEvaluation(plan.metrics(), plan.shape(), scaling, model));
  }
}
