package io.sparkfed.federated;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WeightedMean;
import io.sparkfed.aggregate.WeightedUpdate;
import io.sparkfed.data.Examples;
import io.sparkfed.data.FeatureMoments;
import io.sparkfed.data.Shard;
import io.sparkfed.data.WeightSums;
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

  /**
   * What one visit tells.
   *
   * @param labels what a search's start may be made of
   */
  record Found(Moments moments, LabelSums labels) {}

  static Scaling scaling(ModelShape shape, Moments moments) {
    return Scaling.standardize(shape, moments.means(), moments.divisors());
  }

  /**
   * The same, but without an intercept a constant column is divided by its value: it does what an
   * intercept would, so it must not be left out.
   */
  static Found ofAllThatMatters(Federation<Shard> federation, TrainingPlan plan) {
    Found found = of(federation, plan);
    Moments moments = found.moments;
    double[] divisors = moments.divisors().clone();
    for (int j = 0; j < divisors.length; j++) {
      if (divisors[j] == 0.0 && !plan.shape().hasIntercept()) {
        divisors[j] = Math.abs(moments.means()[j]);
      }
    }
    return new Found(
        new Moments(moments.means(), divisors, moments.weight(), moments.rows()), found.labels);
  }

  static Found of(Federation<Shard> federation, TrainingPlan plan) {
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
    boolean cancels = false;
    for (int j = 0; j < features; j++) {
      double square = opened.update()[features + j];
      variances[j] = square - means[j] * means[j];
      cancels |= square > 0.0 && !(variances[j] >= LEAST_VARIANCE * square);
    }
    if (cancels) {
      variances = aroundMeans(federation, plan, means);
    }
    double[] squares = Arrays.copyOfRange(opened.update(), features, 2 * features);
    if (opened.sums()[1] > 0.0) {
      FeatureRanges.requireNoneTooSmall(federation, plan, squares);
    }
    WeightSums weights = new WeightSums(opened.totalWeight(), opened.sums()[0]);
    double[] deviations = new double[features];
    for (int j = 0; j < features; j++) {
      deviations[j] = FeatureMoments.deviation(variances[j] * weights.total(), means[j], weights);
    }
    return new Found(
        new Moments(means, deviations, weights.total(), weights.effectiveRows()),
        LabelSums.of(weights.total(), opened.sums(), 2));
  }

  private static double[] aroundMeans(
      Federation<Shard> federation, TrainingPlan plan, double[] means) {
    List<String> cohort = federation.workers();
    return meanOf(means.length, plan)
        .aggregate(
            federation,
            new Visit<>(description("deviations", cohort), 0, cohort, means),
            (worker, shard, center) -> ownSquaredDeviations(shard.train(), center))
        .value()
        .update();
  }

  /** Features come in units of their own, so they can't share a scale. */
  private static WeightedMean meanOf(int numbers, TrainingPlan plan) {
    return new WeightedMean(plan.sums().sumOf(0), numbers);
  }

  private static String description(String what, List<String> cohort) {
    return "standardisation: " + what + " (" + cohort.size() + " workers)";
  }

  /**
   * Runs at the worker: its means, and its mean squares, each taken around its own mean; and {@code
   * [sum w², 1 where squares of a column that isn't 0 vanish, label sums...]}.
   */
  private static WeightedUpdate ownMoments(Examples rows) {
    WeightSums weights = WeightSums.of(rows);
    double total = weights.total();
    int features = rows.features();
    double[] means = new double[features];
    double[] variances = FeatureMoments.means(rows.squaredDeviationsFromMeans(means), total);
    double[] moments = Arrays.copyOf(means, 2 * features);
    for (int j = 0; j < features; j++) {
      moments[features + j] = variances[j] + means[j] * means[j];
    }
    double[] labels = LabelSums.own(rows);
    double[] sums = new double[2 + labels.length];
    sums[0] = weights.squared();
    for (int j = 0; j < features; j++) {
      boolean vanishes = moments[features + j] < FeatureRanges.LEAST_SQUARE && means[j] != 0.0;
      sums[1] = vanishes ? 1.0 : sums[1];
    }
    System.arraycopy(labels, 0, sums, 2, labels.length);
    return new WeightedUpdate(moments, total, sums);
  }

  /** Runs at the worker. */
  private static WeightedUpdate ownSquaredDeviations(Examples rows, double[] center) {
    double total = rows.totalWeight();
    return new WeightedUpdate(
        FeatureMoments.means(rows.weightedSquaredDeviations(center), total), total, new double[0]);
  }
}
