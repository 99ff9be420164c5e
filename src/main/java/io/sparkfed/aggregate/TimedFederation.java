package io.sparkfed.aggregate;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Measures, at the driver, how long the visits of each phase take. A time is that of all workers
 * together, from the broadcast to the last message; it says nothing of one of them.
 *
 * @param <S> what a worker holds
 */
public final class TimedFederation<S> extends SurroundedFederation<S> {
  private static final double NANOS = 1e9;

  private final LongSupplier nanos;
  private final Map<Phase, Long> spent = new EnumMap<>(Phase.class);
  private long since;

  /**
   * Measures the visits of {@code federation}.
   *
   * @param nanos the clock, such as {@link System#nanoTime}
   */
  public TimedFederation(Federation<S> federation, LongSupplier nanos) {
    super(federation);
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
  protected <R> R around(Visit visit, Supplier<R> made) {
    long start = nanos.getAsLong();
    try {
      return made.get();
    } finally {
      spent.merge(visit.phase(), nanos.getAsLong() - start, Long::sum);
    }
  }
}
