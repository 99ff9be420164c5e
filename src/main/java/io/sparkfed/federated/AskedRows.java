package io.sparkfed.federated;

import io.sparkfed.aggregate.RowPart;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;

/** Which of a worker's rows are asked about. */
public enum AskedRows {
  TRAIN,
  TEST;

  /** Returns what an answer about them depends on. */
  RowPart part() {
    return this == TRAIN ? RowPart.TRAIN : RowPart.TEST;
  }

  /** Returns the rows, at the worker. */
  Examples of(Shard shard) {
    return this == TRAIN ? shard.train() : shard.test();
  }
}
