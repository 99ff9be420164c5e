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
import java.util.Arrays;
import java.util.List;

/**
 * Mean and sample standard deviation of each feature over the whole federation, through the same
 * sum as the updates. One visit tells means and mean squares. Where a variance, the difference of
 * mean square and squared mean, is below half the former, it would lose more than a bit, and a
 * second visit sums squared deviations from the means.
 */
final class FederatedMoments {
  private static final double LEAST_VARIANCE = 0.5;

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
    List<String> cohort = federation.workers();
    int features = plan.shape().features();
    WeightedMean.Mean opened =
        meanOf(2 * features, plan)
            .aggregate(
                federation,
                new Visit<>(description("moments", cohort), 0, cohort, new double[0]),
                (worker, shard, nothing) -> ownMoments(shard.train()))
            .value();
    double[] means = Arrays.copyOf(opened.update(), features);
    double[] variances = new double[features];
    double total = opened.totalWeight();
    for (int j = 0; j < features; j++) {
      double square = opened.update()[features + j];
      variances[j] = square - means[j] * means[j];
      if (square > 0.0 && !(variances[j] >= LEAST_VARIANCE * square)) {
        return aroundMeans(federation, plan, means);
      }
    }
    return moments(means, variances, total);
  }

  private static Moments aroundMeans(
      Federation<Shard> federation, TrainingPlan plan, double[] means) {
    List<String> cohort = federation.workers();
    WeightedMean.Mean squares =
        meanOf(means.length, plan)
            .aggregate(
                federation,
                new Visit<>(description("deviations", cohort), 0, cohort, means),
                (worker, shard, center) -> ownSquaredDeviations(shard.train(), center))
            .value();
    return moments(means, squares.update(), squares.totalWeight());
  }

  private static Moments moments(double[] means, double[] variances, double total) {
    double[] deviations = new double[means.length];
    for (int j = 0; j < deviations.length; j++) {
      deviations[j] = FeatureMoments.deviation(variances[j] * total, means[j], total);
    }
    return new Moments(means, deviations, total);
  }

  /** Features come in units of their own, so they can't share a scale. */
  private static WeightedMean meanOf(int numbers, TrainingPlan plan) {
    return new WeightedMean(plan.sums().sumOf(0), numbers);
  }

  private static String description(String what, List<String> cohort) {
    return "standardisation: " + what + " (" + cohort.size() + " workers)";
  }

  /** Runs at the worker: its means, and its mean squares, each taken around its own mean. */
  private static WeightedUpdate ownMoments(Examples rows) {
    double total = rows.totalWeight();
    int features = rows.features();
    double[] means = new double[features];
    double[] variances = FeatureMoments.means(rows.squaredDeviationsFromMeans(means), total);
    double[] moments = Arrays.copyOf(means, 2 * features);
    for (int j = 0; j < features; j++) {
      moments[features + j] = variances[j] + means[j] * means[j];
    }
    return new WeightedUpdate(moments, total, new double[0]);
  }

  /** Runs at the worker. */
  private static WeightedUpdate ownSquaredDeviations(Examples rows, double[] center) {
    double total = rows.totalWeight();
    return new WeightedUpdate(
        FeatureMoments.means(rows.weightedSquaredDeviations(center), total), total, new double[0]);
  }
}
