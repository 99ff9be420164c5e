package io.sparkfed.federated;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WeightedMean;
import io.sparkfed.aggregate.WeightedUpdate;
import io.sparkfed.data.Examples;
import io.sparkfed.data.FeatureMoments;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.TrainingState.Moments;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import java.util.List;

/**
 * Mean and sample standard deviation of each feature over the whole federation, through the same
 * sum as the updates. Two visits: means first, then squared deviations from them, which does not
 * cancel where a mean is large against its deviation.
 */
final class FederatedMoments {
  private FederatedMoments() {}

  static Scaling scaling(ModelShape shape, Moments moments) {
    return Scaling.standardize(shape, moments.means(), moments.divisors());
  }

  /**
   * The same, but without an intercept a constant column is divided by its value: it does what an
   * intercept would, so it must not be left out.
   */
  static Moments ofAllThatMatters(Federation<Shard> federation, TrainingPlan plan) {
    Moments moments = of(federation, plan);
    double[] divisors = moments.divisors().clone();
    for (int j = 0; j < divisors.length; j++) {
      if (divisors[j] == 0.0 && !plan.shape().hasIntercept()) {
        divisors[j] = Math.abs(moments.means()[j]);
      }
    }
    return new Moments(moments.means(), divisors, moments.rows());
  }

  static Moments of(Federation<Shard> federation, TrainingPlan plan) {
    ModelShape shape = plan.shape();
    List<String> cohort = federation.workers();
    double[] means =
        meanOfFeatures(plan)
            .aggregate(
                federation,
                new Visit<>(description("means", cohort), 0, cohort, new double[0]),
                (worker, shard, nothing) -> ownMeans(shard.train()))
            .value()
            .update();
    WeightedMean.Mean squares =
        meanOfFeatures(plan)
            .aggregate(
                federation,
                new Visit<>(description("deviations", cohort), 0, cohort, means),
                (worker, shard, center) -> ownSquaredDeviations(shard.train(), center))
            .value();
    double[] deviations = new double[shape.features()];
    for (int j = 0; j < deviations.length; j++) {
      deviations[j] =
          FeatureMoments.deviation(
              squares.update()[j] * squares.totalWeight(), means[j], squares.totalWeight());
    }
    return new Moments(means, deviations, squares.totalWeight());
  }

  /** Features come in units of their own, so they can't share a scale. */
  private static WeightedMean meanOfFeatures(TrainingPlan plan) {
    return new WeightedMean(plan.sums().sumOf(0), plan.shape().features());
  }

  private static String description(String what, List<String> cohort) {
    return "standardisation: " + what + " (" + cohort.size() + " workers)";
  }

  /** Runs at the worker. */
  private static WeightedUpdate ownMeans(Examples rows) {
    double total = rows.totalWeight();
    return new WeightedUpdate(
        FeatureMoments.means(rows.weightedSums(), total), total, new double[0]);
  }

  /** Runs at the worker. */
  private static WeightedUpdate ownSquaredDeviations(Examples rows, double[] center) {
    double total = rows.totalWeight();
    return new WeightedUpdate(
        FeatureMoments.means(rows.weightedSquaredDeviations(center), total), total, new double[0]);
  }
}
