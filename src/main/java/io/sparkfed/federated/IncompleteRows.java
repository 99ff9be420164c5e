package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.Shard;

/** How many rows a worker left out for a missing value, and whether it left out any. */
public record IncompleteRows() implements Statement<Shard> {
  public static final String ROWS = "rows left out";
  public static final String HOLDS_INCOMPLETE_ROWS = IncompleteRowHolders.HOLDS_INCOMPLETE_ROWS;

  @Override
  public Layout layout() {
    return Layout.empty().whole(ROWS).whole(HOLDS_INCOMPLETE_ROWS);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    return new double[] {shard.dropped(), shard.dropped() > 0 ? 1.0 : 0.0};
  }
}
