package io.sparkfed.federated.training;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Phase;
import io.sparkfed.aggregate.SurroundedFederation;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.federated.PhaseListener;
import io.sparkfed.federated.RunPhase;
import java.util.function.Supplier;

/**
 * Tells of a training's phases, at the driver. The visits that make keys are a phase of their own,
 * whichever phase they fall into.
 *
 * @param <S> what a worker holds
 */
final class KeyVisits<S> extends SurroundedFederation<S> {
  private final PhaseListener listener;
  private RunPhase phase = RunPhase.MOMENTS;

  KeyVisits(Federation<S> federation, PhaseListener listener) {
    super(federation);
    this.listener = listener;
  }

  /** Begins a phase of the training. */
  void enter(RunPhase next) {
    phase = next;
    listener.entered(next);
  }

  @Override
  protected <R> R around(Visit visit, Supplier<R> made) {
    if (visit.phase() != Phase.ADVERTISE) {
      return made.get();
    }
    listener.entered(RunPhase.KEYS);
    try {
      return made.get();
    } finally {
      listener.entered(phase);
    }
  }
}
