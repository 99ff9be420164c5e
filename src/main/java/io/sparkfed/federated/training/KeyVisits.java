package io.sparkfed.federated.training;

import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.GroupTask;
import io.sparkfed.aggregate.Phase;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.federated.PhaseListener;
import io.sparkfed.federated.RunPhase;
import java.util.List;
import java.util.function.Supplier;

/**
 * Tells of a training's phases, at the driver. The visits that make keys are a phase of their own,
 * whichever phase they fall into.
 *
 * @param <S> what a worker holds
 */
final class KeyVisits<S> implements Federation<S> {
  private final Federation<S> federation;
  private final PhaseListener listener;
  private RunPhase phase = RunPhase.MOMENTS;

  KeyVisits(Federation<S> federation, PhaseListener listener) {
    this.federation = federation;
    this.listener = listener;
  }

  /** Begins a phase of the training. */
  void enter(RunPhase next) {
    phase = next;
    listener.entered(next);
  }

  @Override
  public List<String> workers() {
    return federation.workers();
  }

  @Override
  public List<String> evaluators() {
    return federation.evaluators();
  }

  @Override
  public <M> List<M> visit(Visit visit, WorkerTask<S, M> task) {
    return told(visit, () -> federation.visit(visit, task));
  }

  @Override
  public <M> List<M> visitGroups(Visit visit, GroupTask<S, M> task) {
    return told(visit, () -> federation.visitGroups(visit, task));
  }

  @Override
  public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
    return told(visit, () -> federation.visitAggregators(visit, task));
  }

  private <R> R told(Visit visit, Supplier<R> made) {
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
