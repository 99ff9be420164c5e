package io.sparkfed.aggregate;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Measures, at the driver, how long the visits of each phase take. A time is that of all workers
 * together, from the broadcast to the last message; it says nothing of one of them.
 *
 * @param <S> what a worker holds
 */
public final class TimedFederation<S> implements Federation<S> {
  private static final double NANOS = 1e9;

  private final Federation<S> federation;
  private final LongSupplier nanos;
  private final Map<Phase, Long> spent = new EnumMap<>(Phase.class);
  private long since;

  /**
   * Measures the visits of {@code federation}.
   *
   * @param nanos the clock, such as {@link System#nanoTime}
   */
  public TimedFederation(Federation<S> federation, LongSupplier nanos) {
    this.federation = federation;
    this.nanos = nanos;
    restart();
  }

  /**
   * What passed since a restart.
   *
   * @param seconds all of it
   * @param byPhase the same by {@link Phase#key}, in the order of the phases, only those that were
   *     visited; the rest is {@link Phase#DRIVER}
   */
  public record Times(double seconds, Map<String, Double> byPhase) {}

  /** Forgets what was measured. */
  public void restart() {
    spent.clear();
    since = nanos.getAsLong();
  }

  /** Returns what passed since the last restart. */
  public Times times() {
    long all = nanos.getAsLong() - since;
    Map<String, Double> byPhase = new LinkedHashMap<>();
    spent.forEach((phase, time) -> byPhase.put(phase.key(), time / NANOS));
    long visiting = spent.values().stream().mapToLong(Long::longValue).sum();
    byPhase.put(Phase.DRIVER, (all - visiting) / NANOS);
    return new Times(all / NANOS, byPhase);
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
    return timed(visit.phase(), () -> federation.visit(visit, task));
  }

  @Override
  public <M> List<M> visitGroups(Visit visit, GroupTask<S, M> task) {
    return timed(visit.phase(), () -> federation.visitGroups(visit, task));
  }

  @Override
  public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
    return timed(visit.phase(), () -> federation.visitAggregators(visit, task));
  }

  private <R> R timed(Phase phase, Supplier<R> visit) {
    long start = nanos.getAsLong();
    try {
      return visit.get();
    } finally {
      spent.merge(phase, nanos.getAsLong() - start, Long::sum);
    }
  }
}
