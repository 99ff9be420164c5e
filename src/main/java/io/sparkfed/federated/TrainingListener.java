package io.sparkfed.federated;

import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.hint.Message;

/** Hears of each round once the model it made has been evaluated. */
@FunctionalInterface
public interface TrainingListener {

  /** Called at the driver, in order of rounds; round 0 is the initial model. */
  void roundFinished(RoundSummary round);

  /**
   * Called at the driver where the algorithm was chosen for the data, before the first round, and
   * where another one takes its place, between two rounds.
   *
   * @param note what was chosen and why
   */
  default void algorithmChosen(Message note) {}

  /**
   * Called at the driver when a phase of the training begins, or goes on; see {@link
   * PhaseListener}.
   */
  default void entered(RunPhase phase) {}
}
