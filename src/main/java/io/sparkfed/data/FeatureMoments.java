package io.sparkfed.data;

import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;

/** Mean and sample standard deviation from sums of weighted rows. */
public final class FeatureMoments {
  /** Covers rows of very different weights, which count as few. */
  private static final double LEAST_ROUNDING = 1e-12;

  private FeatureMoments() {}

  /**
   * Returns {@code sqrt(squares / degrees)}: the sample standard deviation ({@link
   * WeightSums#degrees}), which the scale of the weights has no part in. 0 without weight.
   *
   * <p>0 also where the deviation of the population is within the rounding error of the mean, whose
   * relative bound for a sum of n terms is n units in the last place: the mean of equal numbers is
   * often not that number, and dividing by what is left would blow a constant column up.
   *
   * @param squares sum of weighted squared deviations from the mean, at least 0
   * @param mean the mean
   * @param weights sums of the weights
   */
  public static double deviation(double squares, double mean, WeightSums weights) {
    if (!(weights.total() > 0.0)) {
      return 0.0;
    }
    double terms = weights.effectiveRows();
    double rounding = Math.max(LEAST_ROUNDING, terms * Math.ulp(1.0)) * Math.abs(mean);
    return Math.sqrt(squares / weights.total()) > rounding
        ? Math.sqrt(squares / weights.degrees())
        : 0.0;
  }

  /** Returns the mean of each feature from the sums of its weighted values; 0 without weight. */
  public static double[] means(double[] weightedSums, double totalWeight) {
    double[] means = new double[weightedSums.length];
    if (totalWeight == 0.0) {
      return means;
    }
    for (int j = 0; j < means.length; j++) {
      means[j] = weightedSums[j] / totalWeight;
    }
    return means;
  }

  /** Returns the standard deviation of each feature; see {@link #deviation}. */
  public static double[] deviations(double[] squares, double[] means, WeightSums weights) {
    double[] deviations = new double[squares.length];
    for (int j = 0; j < deviations.length; j++) {
      deviations[j] = deviation(squares[j], means[j], weights);
    }
    return deviations;
  }

  /** Returns the scaling that standardizes these rows by their own moments. */
  public static Scaling of(Examples rows, ModelShape shape) {
    WeightSums weights = WeightSums.of(rows);
    if (weights.total() <= 0.0) {
      return Scaling.identity(shape);
    }
    double[] means = means(rows.weightedSums(), weights.total());
    double[] deviations = deviations(rows.weightedSquaredDeviations(means), means, weights);
    return Scaling.standardize(shape, means, deviations);
  }
}
