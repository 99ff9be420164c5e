package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.ScoreBins;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;

/**
 * The weight of a worker's positive and negative rows by their score under a model.
 *
 * @param shape the model's
 * @param scaling the federation's; the identity where workers have their own
 * @param rows which rows
 * @param model in training units
 * @param bins where scores are cut
 */
public record HistogramOfScores(
    ModelShape shape, Scaling scaling, AskedRows rows, double[] model, ScoreBins bins)
    implements Statement<Shard> {
  public static final String POSITIVES = "positive rows by score";
  public static final String NEGATIVES = "negative rows by score";

  @Override
  public long parameters() {
    return shape.size();
  }

  @Override
  public Layout layout() {
    return Layout.empty().scaled(POSITIVES, bins.count()).scaled(NEGATIVES, bins.count());
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    double[] raw = WorkersScaling.of(shard, scaling).toRaw(model);
    return bins.histogram(rows.of(shard), new Coefficients(shape, raw));
  }
}
