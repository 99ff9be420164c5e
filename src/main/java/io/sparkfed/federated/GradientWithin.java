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
 * @param model in the units of the cut's scaling, length d, each within {@link #mostOfModel}
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

  private static final double MOST_OF_MODEL = 0x1p16;

  /**
   * @throws IllegalArgumentException if the clip, or a number of the model, is out of range
   */
  public GradientWithin {
    ClippedSums.checked("clip", clip);
    double most = mostOfModel(clip);
    for (double value : model) {
      if (!(Math.abs(value) <= most)) {
        throw new IllegalArgumentException(
            "a model whose gradients get noise must be within " + most + ". Provided: " + value);
      }
    }
  }

  /**
   * Returns how large a number of a model may be. Scores are rounded, and by what depends on how
   * all rows are stored: a model that is larger would have one row change others' gradients.
   */
  public static double mostOfModel(double clip) {
    return MOST_OF_MODEL * Math.max(1.0, clip);
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
