package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;

/** Sums over a worker's training rows of weights w, of w², and of labels less offsets. */
public record MeanOfLabels() implements Statement<Shard> {
  public static final String WEIGHT = "weight";
  public static final String SQUARED_WEIGHT = "squared weight";
  public static final String LABEL = "label";

  @Override
  public Layout layout() {
    return Layout.empty().exact(WEIGHT).exact(SQUARED_WEIGHT).exact(LABEL);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    Examples rows = shard.train();
    double[] sums = new double[3];
    for (int i = 0; i < rows.rows(); i++) {
      double weight = rows.weight(i);
      sums[0] += weight;
      sums[1] += weight * weight;
      sums[2] += weight * (rows.label(i) - rows.offset(i));
    }
    return sums;
  }
}
