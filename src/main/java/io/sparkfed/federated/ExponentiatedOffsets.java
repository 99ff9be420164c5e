package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;

/**
 * What a log link's intercept is found from, beside offsets: with exposures {@code e = exp(offset -
 * center)} the sums of e and of labels, or for gamma regression of 1 and of labels over e.
 *
 * @param center about the mean offset
 * @param divides whether labels are divided by exposures, as gamma regression's are
 */
public record ExponentiatedOffsets(double center, boolean divides) implements Statement<Shard> {
  public static final String EXPOSURE = "exposure";
  public static final String LABEL = "label";

  @Override
  public Layout layout() {
    return Layout.empty().exact(EXPOSURE).exact(LABEL);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    Examples rows = shard.train();
    double[] sums = new double[2];
    for (int i = 0; i < rows.rows(); i++) {
      double exposure = StrictMath.exp(rows.offset(i) - center);
      sums[0] += rows.weight(i) * (divides ? 1.0 : exposure);
      sums[1] += rows.weight(i) * (divides ? rows.label(i) / exposure : rows.label(i));
    }
    return sums;
  }
}
