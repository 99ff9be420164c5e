package io.sparkfed.data;

import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;

/** Mean and sample standard deviation from sums of weighted rows. */
public final class FeatureMoments {
  /** Covers many rows of small weight, where the total says little of the number of terms. */
  private static final double LEAST_ROUNDING = 1e-12;

  private FeatureMoments() {}

  /**
   * Returns {@code sqrt(squares / (totalWeight - 1))}: the sample standard deviation, where a
   * weight counts as so many copies of its row. 0 where there is at most one row.
   *
   * <p>0 also where the deviation is within the rounding error of the mean, whose relative bound
   * for a sum of n terms is n units in the last place: the mean of equal numbers is often not that
   * number, and dividing by what is left would blow a constant column up.
   *
   * @param squares sum of weighted squared deviations from the mean, at least 0
   * @param mean the mean
   * @param totalWeight sum of weights
   */
  public static double deviation(double squares, double mean, double totalWeight) {
    if (totalWeight <= 1.0) {
      return 0.0;
    }
    double deviation = Math.sqrt(squares / (totalWeight - 1.0));
    double rounding = Math.max(LEAST_ROUNDING, totalWeight * Math.ulp(1.0)) * Math.abs(mean);
    return deviation > rounding ? deviation : 0.0;
  }

  /** Returns the mean of each feature from the sums of its weighted values. */
  public static double[] means(double[] weightedSums, double totalWeight) {
    double[] means = new double[weightedSums.length];
    for (int j = 0; j < means.length; j++) {
      means[j] = weightedSums[j] / totalWeight;
    }
    return means;
  }

  /** Returns the standard deviation of each feature; see {@link #deviation}. */
  public static double[] deviations(double[] squares, double[] means, double totalWeight) {
    double[] deviations = new double[squares.length];
    for (int j = 0; j < deviations.length; j++) {
      deviations[j] = deviation(squares[j], means[j], totalWeight);
    }
    return deviations;
  }

  /** Returns the scaling that standardises these rows by their own moments. */
  public static Scaling of(Examples rows, ModelShape shape) {
    double total = rows.totalWeight();
    if (total <= 0.0) {
      return Scaling.identity(shape);
    }
    double[] means = means(rows.weightedSums(), total);
    double[] deviations = deviations(rows.weightedSquaredDeviations(means), means, total);
    return Scaling.standardize(shape, means, deviations);
  }
}
