package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;

/**
 * The weighted sum, over a worker's training rows, of squared deviations of labels less offsets.
 *
 * @param center deviations are from it
 */
public record DeviationOfLabels(double center) implements Statement<Shard> {
  public static final String SQUARES = "squared deviations";

  @Override
  public Layout layout() {
    return Layout.empty().exact(SQUARES);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    Examples rows = shard.train();
    double sum = 0.0;
    for (int i = 0; i < rows.rows(); i++) {
      double deviation = rows.label(i) - rows.offset(i) - center;
      sum += rows.weight(i) * deviation * deviation;
    }
    return new double[] {sum};
  }
}
