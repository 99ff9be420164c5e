package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.Shard;

/** Whether a worker holds test rows. */
public record TestHolders() implements Statement<Shard> {
  public static final String HOLDS_TEST_ROWS = EvaluationSums.HOLDS_TEST_ROWS;

  @Override
  public Layout layout() {
    return Layout.empty().whole(HOLDS_TEST_ROWS);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    return new double[] {TestRows.areHeldBy(shard) ? 1.0 : 0.0};
  }
}
