package io.sparkfed.aggregate;

import java.util.List;
import java.util.function.Supplier;

/**
 * The workers of another federation, with something done, at the driver, around each visit.
 *
 * @param <S> what a worker holds
 */
public abstract class SurroundedFederation<S> implements Federation<S> {
  private final Federation<S> federation;

  /** Surrounds the visits of {@code federation}. */
  protected SurroundedFederation(Federation<S> federation) {
    this.federation = federation;
  }

  /** Makes a visit, once, and returns what it brings. */
  protected abstract <R> R around(Visit visit, Supplier<R> made);

  @Override
  public final List<String> workers() {
    return federation.workers();
  }

  @Override
  public final List<String> evaluators() {
    return federation.evaluators();
  }

  @Override
  public final <M> List<M> visit(Visit visit, WorkerTask<S, M> task) {
    return around(visit, () -> federation.visit(visit, task));
  }

  @Override
  public final <M> List<M> visitGroups(Visit visit, GroupTask<S, M> task) {
    return around(visit, () -> federation.visitGroups(visit, task));
  }

  @Override
  public final <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
    return around(visit, () -> federation.visitAggregators(visit, task));
  }
}
