package io.sparkfed.federated;

import io.sparkfed.data.Shard;

/** Whether the sums that a worker sends are over its test rows, too. */
public enum TestRows {
  SUMMED,
  /** Zeros stand where their sums would. */
  LEFT_OUT;

  public static TestRows of(TrainingPlan plan) {
    return plan.leastHolders().isPresent() ? SUMMED : LEFT_OUT;
  }

  /** Runs at the worker. */
  static boolean areHeldBy(Shard shard) {
    return shard.test().totalWeight() > 0.0;
  }
}
