package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.Examples;
import io.sparkfed.data.FeatureMoments;
import io.sparkfed.data.Shard;
import io.sparkfed.data.WeightSums;
import java.util.Arrays;

/**
 * A worker's means and mean squares of features, each mean square taken around its own mean, times
 * the rows' weight; with the weight, the sum of squared weights, whether squares of a column that
 * isn't 0 vanish, and sums of labels and offsets.
 *
 * @param features number of features p
 */
public record MomentsOfFeatures(int features) implements Statement<Shard> {
  public static final String MOMENTS = "means and mean squares";
  public static final String WEIGHT = "weight";
  public static final String SQUARED_WEIGHT = "squared weight";
  public static final String VANISHES = "squares vanish";

  /** Smaller mean squares are beyond a sum's precision. */
  public static final double LEAST_SQUARE = 1e-43;

  public static final String LABELS = "labels and offsets";

  @Override
  public Layout layout() {
    return Layout.empty()
        .exact(MOMENTS, 2 * features)
        .exact(WEIGHT)
        .exact(SQUARED_WEIGHT)
        .whole(VANISHES)
        .exact(LABELS, LabelSums.LENGTH);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    Examples rows = shard.train();
    WeightSums weights = WeightSums.of(rows);
    double total = weights.total();
    double[] means = new double[features];
    double[] variances = FeatureMoments.means(rows.squaredDeviationsFromMeans(means), total);
    double[] moments = Arrays.copyOf(means, 2 * features);
    double vanishes = 0.0;
    for (int j = 0; j < features; j++) {
      moments[features + j] = variances[j] + means[j] * means[j];
      if (moments[features + j] < LEAST_SQUARE && means[j] != 0.0) {
        vanishes = 1.0;
      }
    }
    return layout()
        .zeros()
        .setScaled(MOMENTS, total, moments)
        .set(WEIGHT, total)
        .set(SQUARED_WEIGHT, weights.squared())
        .set(VANISHES, vanishes)
        .setAll(LABELS, LabelSums.own(rows))
        .values();
  }
}
