package io.sparkfed.federated;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.ModelShape;
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
final class HeldOutRows {
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
  static HeldOutRows count(Federation<Shard> federation, TrainingPlan plan) {
    List<String> workers = federation.workers();
    if (plan.leastHolders().isEmpty()) {
      return new HeldOutRows(plan, workers, false, 0);
    }
    List<String> all = federation.everybody();
    Visit<double[]> visit =
        new Visit<>(
            "counting who holds test rows (" + all.size() + " workers)", 0, all, new double[0]);
    double[] count =
        plan.sums()
            .sumOf(0)
            .aggregate(
                federation,
                visit,
                (worker, shard, nothing) -> new double[] {TestRows.areHeldBy(shard) ? 1.0 : 0.0})
            .value();
    boolean tooFewTrain = workers.size() < plan.leastHolders().getAsInt();
    return new HeldOutRows(
        plan, all, !federation.evaluators().isEmpty() || tooFewTrain, (int) count[0]);
  }

  /** Returns who takes part in sums over test rows. */
  List<String> cohort() {
    return cohort;
  }

  /** Returns what to tell the user; empty where test rows are evaluated, or none are held out. */
  Optional<String> note() {
    if (plan.leastHolders().isEmpty() || areEnough(holders)) {
      return Optional.empty();
    }
    return Optional.of(
        holders == 0
            ? "no worker holds test rows (data.split), so there are no test metrics"
            : "test metrics are not opened: fewer than "
                + plan.leastHolders().getAsInt()
                + " workers (aggregation.min-workers) hold test rows");
  }

  /** Returns the plan of the rounds: test sums are in it where they travel with the updates. */
  TrainingPlan ofRounds() {
    return haveOwnVisit || !areEnough(holders) ? plan.withoutTestRows() : plan;
  }

  /** Returns whether test sums come with a visit of their own. */
  boolean haveOwnVisit() {
    return haveOwnVisit && areEnough(holders);
  }

  /** Returns whether sums over the test rows of so many workers may be used. */
  boolean areEnough(double count) {
    return plan.leastHolders().isPresent() && count >= plan.leastHolders().getAsInt();
  }

  /**
   * Returns {@code [test sums..., workers with test rows]} at a model in training units.
   *
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  Opened<double[]> sums(Federation<Shard> federation, Scaling scaling, double[] model) {
    String description = "evaluation of test rows (" + cohort.size() + " workers)";
    return plan.sums()
        .sumOf(0)
        .aggregate(
            federation,
            new Visit<>(description, 0, cohort, model),
            new Work(plan.metrics(), plan.shape(), scaling));
  }

  /** Runs at a worker. */
  private record Work(MetricSums metrics, ModelShape shape, Scaling federatedScaling)
      implements WorkerTask<Shard, double[], double[]> {

    @Override
    public double[] run(String worker, Shard shard, double[] model) {
      double[] sums = new double[metrics.length() + 1];
      if (TestRows.areHeldBy(shard)) {
        double[] raw = LocalWork.scaling(shard, federatedScaling).toRaw(model);
        metrics.add(shard.test(), new Coefficients(shape, raw), sums, 0);
        sums[metrics.length()] = 1.0;
      }
      return sums;
    }
  }
}
