package io.sparkfed.data;

import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;

/** Mean and sample standard deviation from sums of weighted rows. */
public final class FeatureMoments {
  private FeatureMoments() {}

  /**
   * Returns {@code sqrt(squares / (totalWeight - 1))}: the sample standard deviation, where a
   * weight counts as so many copies of its row. 0 where there is at most one row.
   *
   * @param squares sum of weighted squared deviations from the mean, at least 0
   * @param totalWeight sum of weights
   */
  public static double deviation(double squares, double totalWeight) {
    return totalWeight > 1.0 ? Math.sqrt(squares / (totalWeight - 1.0)) : 0.0;
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
  public static double[] deviations(double[] squares, double totalWeight) {
    double[] deviations = new double[squares.length];
    for (int j = 0; j < deviations.length; j++) {
      deviations[j] = deviation(squares[j], totalWeight);
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
    double[] deviations = deviations(rows.weightedSquaredDeviations(means), total);
    return Scaling.standardize(shape, means, deviations);
  }
}
