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
 * The sum of the training rows' squared lengths, each in parts of the square of the cut's norm and
 * at most 1: how much shorter rows are than they may be. Weights don't count.
 *
 * @param loss the family's loss: rows with a label out of its domain have no length
 * @param shape the model's
 * @param cut how far a row reaches
 */
public record LengthsWithin(VectorLoss loss, ModelShape shape, RowCut cut)
    implements Statement<Shard> {
  public static final String LENGTHS = "squared lengths of rows";

  @Override
  public Layout layout() {
    return Layout.empty().scaled(LENGTHS, 1);
  }

  @Override
  public RowPart part() {
    return RowPart.TRAIN;
  }

  @Override
  public OptionalDouble rowBound() {
    return OptionalDouble.of(ClippedSums.bound(cut.rowsOfPerson()));
  }

  @Override
  public int rowsOfPerson() {
    return cut.rowsOfPerson();
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    double sum = ClippedSums.squaredLengths(loss, shard.train(), shape, cut);
    return layout().zeros().set(LENGTHS, sum).values();
  }
}
