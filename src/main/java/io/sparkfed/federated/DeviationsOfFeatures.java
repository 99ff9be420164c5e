package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.FeatureMoments;
import io.sparkfed.data.Shard;

/**
 * A worker's mean squared deviations of features from given means, times the rows' weight; with the
 * weight.
 *
 * @param means of each feature, length p
 */
public record DeviationsOfFeatures(double[] means) implements Statement<Shard> {
  public static final String SQUARES = "squared deviations";
  public static final String WEIGHT = "weight";

  @Override
  public Layout layout() {
    return Layout.empty().exact(SQUARES, means.length).exact(WEIGHT);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    double total = shard.train().totalWeight();
    double[] squares = FeatureMoments.means(shard.train().weightedSquaredDeviations(means), total);
    return layout().zeros().setScaled(SQUARES, total, squares).set(WEIGHT, total).values();
  }
}
