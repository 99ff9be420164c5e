package io.sparkfed.federated;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.RowPart;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.objective.ClippedSums;
import java.util.OptionalDouble;

/**
 * The update of a worker's local training, no longer than a bound, of the same weight as any
 * other's: nothing else, so that noise on the sum protects a whole worker. One whose training leads
 * nowhere, and one without training rows, sends zeros.
 *
 * <p>An update is at most C away from the zeros of a worker that isn't there, and at most 2 C from
 * any other update, so from that of the same worker with one row more or less: {@link #rowBound}.
 * The lengths are L2 norms (McMahan et al., "Learning Differentially Private Recurrent Language
 * Models", ICLR 2018, section 3, with flat clipping).
 *
 * @param local how it is trained; what an update weighs there isn't used
 * @param norm C: a longer update is shortened to it, in the units of the training
 */
public record UpdateWithin(LocalUpdate local, double norm) implements Statement<Shard> {
  public static final String UPDATE = "update";

  /**
   * @throws IllegalArgumentException if the bound is out of range
   */
  public UpdateWithin {
    ClippedSums.checked("norm", norm);
  }

  @Override
  public Layout layout() {
    return Layout.empty().scaled(UPDATE, local.shape().size());
  }

  @Override
  public long parameters() {
    return local.shape().size();
  }

  @Override
  public RowPart part() {
    return RowPart.TRAIN;
  }

  @Override
  public OptionalDouble rowBound() {
    return OptionalDouble.of(HiddenUnit.WORKER.reachOfRow() * norm);
  }

  /** {@inheritDoc} However many they are, the bound holds. */
  @Override
  public int rowsOfPerson() {
    return Integer.MAX_VALUE;
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    return answer(worker, shard, Clip.NONE);
  }

  @Override
  public double[] answer(String worker, Shard shard, Clip clip) {
    if (shard.train().rows() == 0) {
      return new double[local.shape().size()];
    }
    double[] update = local.update(worker, shard);
    for (double each : update) {
      if (!Double.isFinite(each)) {
        return new double[update.length];
      }
    }
    return clip.clipped(new Clip(norm * ClippedSums.MARGIN).clipped(update));
  }
}
