package io.sparkfed.federated;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WeightedMean;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.AucRefinement.Rows;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Scaling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Evaluates a finished model on a federation, through the same sum as training. */
public final class FederatedEvaluator {
  private FederatedEvaluator() {}

  /**
   * Metrics of a cohort.
   *
   * @param train metrics on the training rows, or on all rows without a split; empty where fewer
   *     than the least number of workers hold some
   * @param test metrics on the test rows; empty without a split, and where fewer than the least
   *     number of workers hold some
   * @param notes why something is empty, one sentence each
   */
  public record Evaluation(
      Map<String, Double> train, Map<String, Double> test, List<String> notes) {}

  /**
   * Evaluates {@code model} on every worker's rows.
   *
   * @param plan how to aggregate and what to measure; its solver is not used
   * @param model the model as {@link TrainingResult#model} gives it
   * @throws io.sparkfed.aggregate.AggregationException if the sums could not be opened
   */
  public static Evaluation evaluate(
      Federation<Shard> federation, TrainingPlan plan, Coefficients model) {
    Scaling raw = Scaling.identity(plan.shape());
    HeldOutRows heldOut = HeldOutRows.count(federation, plan);
    List<String> notes = new ArrayList<>();
    AucRefinement auc = new AucRefinement(federation, plan, raw);
    int length = plan.metrics().length();
    double[] sums = new double[LocalWork.evaluationLength(plan.metrics())];
    Map<String, Double> train = Map.of();
    if (federation.workers().size() >= plan.leastHolders().orElse(1)) {
      sums = sums(federation, heldOut.ofRounds(), model);
      train = auc.refined(federation.workers(), Rows.TRAIN, model.values(), sums);
    } else {
      notes.add(
          federation.workers().isEmpty()
              ? "no worker holds training rows"
              : "metrics of training rows are not opened: fewer than "
                  + plan.leastHolders().getAsInt()
                  + " workers (aggregation.min-workers) hold some");
    }
    List<String> testers = federation.workers();
    if (heldOut.haveOwnVisit()) {
      testers = heldOut.cohort();
      double[] ofTest = heldOut.sums(federation, raw, model.values()).value();
      System.arraycopy(ofTest, 0, sums, length, length);
      sums[2 * length + 1] = ofTest[length];
    }
    Map<String, Double> test =
        heldOut.areEnough(sums[2 * length + 1])
            ? auc.refined(testers, Rows.TEST, model.values(), sums)
            : Map.of();
    heldOut.note().ifPresent(notes::add);
    return new Evaluation(train, test, notes);
  }

  private static double[] sums(
      Federation<Shard> federation, TrainingPlan plan, Coefficients model) {
    List<String> cohort = federation.workers();
    return new WeightedMean(plan.sums().sumOf(0), plan.shape().size())
        .aggregate(
            federation,
            new Visit<>(
                "evaluation (" + cohort.size() + " workers)",
                0,
                cohort,
                new ModelBroadcast(0, model.values(), false)),
            new LocalWork(plan, Scaling.identity(plan.shape())))
        .value()
        .sums();
  }
}
