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
 * are times the root of 2. With a clip it is the derivative of the sum of {@link GradientWithin},
 * which has the same clip, and what else these gradients' dispersion needs goes with it ({@link
 * ClippedSums#hessianOfCut}).
 *
 * @param model in the units of the cut's scaling, length d
 * @param loss the family's loss
 * @param shape the model's, of one output
 * @param cut how far a row reaches
 * @param whitening packed upper triangle of A, of order d; empty for the identity
 * @param most a longer term of a row, in the Frobenius norm, is shortened to it
 * @param clip C, to which the gradients are cut; 0 for the Hessian of the losses as they are, alone
 */
public record HessianWithin(
    double[] model,
    Loss loss,
    ModelShape shape,
    RowCut cut,
    double[] whitening,
    double most,
    double clip)
    implements Statement<Shard> {
  public static final String HESSIAN = "Hessian";

  /** In parts of the bound and of the clip. */
  public static final String SQUARES = "squared lengths of cut gradients";

  /** In parts of the bound, with the sign of the residual. */
  public static final String CUT_OFF = "lengths that gradients are cut by";

  /**
   * @throws IllegalArgumentException if a bound is out of range, or the model has more outputs
   */
  public HessianWithin {
    ClippedSums.checked("most", most);
    if (clip != 0.0) {
      ClippedSums.checked("clip", clip);
    }
    if (shape.outputs() != 1) {
      throw new IllegalArgumentException("a Hessian with noise must be of a model of one output");
    }
  }

  @Override
  public Layout layout() {
    Layout alone =
        Layout.empty().scaled(HESSIAN, SymmetricMatrix.packedLength(SampledGram.order(shape)));
    return clip == 0.0 ? alone : alone.scaled(SQUARES, 1).scaled(CUT_OFF, 1);
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
    double ofRow = clip == 0.0 ? most : ClippedSums.mostOfCut(most);
    return OptionalDouble.of(ClippedSums.bound(cut.rowsOfPerson() * ofRow));
  }

  @Override
  public int rowsOfPerson() {
    return cut.rowsOfPerson();
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    return clip == 0.0
        ? ClippedSums.hessian(model, loss, shard.train(), shape, cut, whitening, most)
        : ClippedSums.hessianOfCut(model, loss, shard.train(), shape, cut, whitening, most, clip);
  }
}
