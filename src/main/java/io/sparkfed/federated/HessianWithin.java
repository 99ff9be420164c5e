package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.RowPart;
import io.sparkfed.data.Shard;
import io.sparkfed.loss.Loss;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.ModelShape;
import io.sparkfed.objective.ClippedSums;
import io.sparkfed.objective.RowCut;
import io.sparkfed.objective.SampledGram;
import java.util.OptionalDouble;

/**
 * The Hessian of the sum of the training rows' losses at a model, in the coordinates {@code A z},
 * where each row's term is within a bound: for intervals that count the noise. Off-diagonal entries
 * are times the root of 2.
 *
 * @param model in the units of the cut's scaling, length d
 * @param loss the family's loss
 * @param shape the model's, of one output
 * @param cut how far a row reaches
 * @param whitening packed upper triangle of A, of order d; empty for the identity
 * @param most a longer term of a row, in the Frobenius norm, is shortened to it
 */
public record HessianWithin(
    double[] model, Loss loss, ModelShape shape, RowCut cut, double[] whitening, double most)
    implements Statement<Shard> {
  public static final String HESSIAN = "Hessian";

  /**
   * @throws IllegalArgumentException if the bound is out of range, or the model has more outputs
   */
  public HessianWithin {
    ClippedSums.checked("most", most);
    if (shape.outputs() != 1) {
      throw new IllegalArgumentException("a Hessian with noise must be of a model of one output");
    }
  }

  @Override
  public Layout layout() {
    return Layout.empty().scaled(HESSIAN, SymmetricMatrix.packedLength(SampledGram.order(shape)));
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
    return OptionalDouble.of(ClippedSums.bound(cut.rowsOfPerson() * most));
  }

  @Override
  public int rowsOfPerson() {
    return cut.rowsOfPerson();
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    return ClippedSums.hessian(model, loss, shard.train(), shape, cut, whitening, most);
  }
}
