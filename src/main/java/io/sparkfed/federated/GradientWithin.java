package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.RowPart;
import io.sparkfed.data.Shard;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.model.ModelShape;
import io.sparkfed.objective.ClippedSums;
import io.sparkfed.objective.RowCut;
import java.util.OptionalDouble;

/**
 * The sum of the training rows' gradients at a model, each in the coordinates {@code A z} and no
 * longer than a bound: nothing else, so that noise on it protects each row.
 *
 * @param model in the units of the cut's scaling, length d
 * @param loss the family's loss
 * @param shape the model's
 * @param cut how far a row reaches
 * @param whitening packed upper triangle of A, of order q; empty for the identity
 * @param clip C: a longer gradient of a row is shortened to it
 */
public record GradientWithin(
    double[] model, VectorLoss loss, ModelShape shape, RowCut cut, double[] whitening, double clip)
    implements Statement<Shard> {
  public static final String GRADIENT = "gradient";

  /**
   * @throws IllegalArgumentException if the clip is out of range
   */
  public GradientWithin {
    ClippedSums.checked("clip", clip);
  }

  @Override
  public Layout layout() {
    return Layout.empty().scaled(GRADIENT, shape.size());
  }

  @Override
  public long parameters() {
    return shape.size();
  }

  @Override
  public RowPart part() {
    return RowPart.TRAIN;
  }

  @Override
  public OptionalDouble rowBound() {
    return OptionalDouble.of(ClippedSums.bound(cut.rowsOfPerson() * clip));
  }

  @Override
  public int rowsOfPerson() {
    return cut.rowsOfPerson();
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    return ClippedSums.gradient(model, loss, shard.train(), shape, cut, whitening, clip);
  }
}
