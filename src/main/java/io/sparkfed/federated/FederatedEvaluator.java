package io.sparkfed.federated;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WeightedMean;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.AucRefinement.Rows;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Scaling;
import java.util.List;
import java.util.Map;

/** Evaluates a finished model on a federation, through the same sum as training. */
public final class FederatedEvaluator {
  private FederatedEvaluator() {}

  /**
   * Metrics of a cohort.
   *
   * @param train metrics on the training rows, or on all rows without a split
   * @param test metrics on the test rows; empty without a split
   * @param workers how many workers are in the sums
   * @param dropouts how many failed
   */
  public record Evaluation(
      Map<String, Double> train, Map<String, Double> test, int workers, int dropouts) {}

  /**
   * Evaluates {@code model} on every worker's rows.
   *
   * @param plan how to aggregate and what to measure; its solver is not used
   * @param model the model as {@link TrainingResult#model} gives it
   * @throws io.sparkfed.aggregate.AggregationException if the sums could not be opened
   */
  public static Evaluation evaluate(
      Federation<Shard> federation, TrainingPlan plan, Coefficients model) {
    List<String> cohort = federation.workers();
    Opened<WeightedMean.Mean> opened =
        new WeightedMean(plan.sums().sumOf(0), plan.shape().size())
            .aggregate(
                federation,
                new Visit<>(
                    "evaluation (" + cohort.size() + " workers)",
                    0,
                    cohort,
                    new ModelBroadcast(0, model.values(), false)),
                new LocalWork(plan, Scaling.identity(plan.shape())));
    double[] sums = opened.value().sums();
    AucRefinement auc = new AucRefinement(federation, plan, Scaling.identity(plan.shape()));
    return new Evaluation(
        auc.refined(cohort, Rows.TRAIN, model.values(), sums),
        auc.refined(cohort, Rows.TEST, model.values(), sums),
        opened.workers(),
        opened.dropouts());
  }
}
