package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.Shard;

/** Whether a worker left out rows for a missing value. */
public record IncompleteRowHolders() implements Statement<Shard> {
  public static final String HOLDS_INCOMPLETE_ROWS = "left rows out";

  @Override
  public Layout layout() {
    return Layout.empty().whole(HOLDS_INCOMPLETE_ROWS);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    return new double[] {shard.dropped() > 0 ? 1.0 : 0.0};
  }
}
