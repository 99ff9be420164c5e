package io.sparkfed.federated;

/** Hears of each state that a training can go on from. */
@FunctionalInterface
public interface CheckpointListener {
  /** Keeps nothing. */
  CheckpointListener NONE = state -> {};

  /** Called at the driver after each visit, before the next one. */
  void reached(TrainingState state);
}
