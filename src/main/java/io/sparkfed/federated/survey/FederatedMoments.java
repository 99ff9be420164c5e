package io.sparkfed.federated.survey;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.data.FeatureMoments;
import io.sparkfed.data.Shard;
import io.sparkfed.data.WeightSums;
import io.sparkfed.federated.Ask;
import io.sparkfed.federated.DeviationsOfFeatures;
import io.sparkfed.federated.LabelSums;
import io.sparkfed.federated.MomentsOfFeatures;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingState.Moments;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import java.util.Arrays;

/**
 * Mean and sample standard deviation of each feature over the whole federation, through the same
 * sum as the updates. One visit tells means and mean squares. Where a variance, the difference of
 * mean square and squared mean, is below half the former, it would lose more than a bit, and a
 * second visit sums squared deviations from the means.
 */
public final class FederatedMoments {
  private static final double LEAST_VARIANCE = 0.5;

  private FederatedMoments() {}

  /**
   * What one visit tells.
   *
   * @param labels what a search's start may be made of
   */
  public record Found(Moments moments, LabelSums labels) {}

  public static Scaling scaling(ModelShape shape, Moments moments) {
    return Scaling.standardize(shape, moments.means(), moments.divisors());
  }

  /**
   * The same, but without an intercept a constant column is divided by its value: it does what an
   * intercept would, so it must not be left out.
   */
  public static Found ofAllThatMatters(Federation<Shard> federation, TrainingPlan plan) {
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

  public static Found of(Federation<Shard> federation, TrainingPlan plan) {
    int features = plan.shape().features();
    NamedVector opened =
        Ask.workers(
            federation, plan.sums(), "standardization: moments", new MomentsOfFeatures(features));
    double[] moments = opened.mean(MomentsOfFeatures.MOMENTS, MomentsOfFeatures.WEIGHT);
    double[] means = Arrays.copyOf(moments, features);
    double[] variances = new double[features];
    boolean cancels = false;
    for (int j = 0; j < features; j++) {
      double square = moments[features + j];
      variances[j] = square - means[j] * means[j];
      cancels |= square > 0.0 && !(variances[j] >= LEAST_VARIANCE * square);
    }
    if (cancels) {
      variances = aroundMeans(federation, plan, means);
    }
    if (opened.get(MomentsOfFeatures.VANISHES) > 0.0) {
      FeatureRanges.requireNoneTooSmall(
          federation, plan, Arrays.copyOfRange(moments, features, 2 * features));
    }
    WeightSums weights =
        new WeightSums(
            opened.get(MomentsOfFeatures.WEIGHT), opened.get(MomentsOfFeatures.SQUARED_WEIGHT));
    double[] deviations = new double[features];
    for (int j = 0; j < features; j++) {
      deviations[j] = FeatureMoments.deviation(variances[j] * weights.total(), means[j], weights);
    }
    return new Found(
        new Moments(means, deviations, weights.total(), weights.effectiveRows()),
        LabelSums.of(weights.total(), opened.all(MomentsOfFeatures.LABELS)));
  }

  private static double[] aroundMeans(
      Federation<Shard> federation, TrainingPlan plan, double[] means) {
    return Ask.workers(
            federation, plan.sums(), "standardization: deviations", new DeviationsOfFeatures(means))
        .mean(DeviationsOfFeatures.SQUARES, DeviationsOfFeatures.WEIGHT);
  }
}
