package io.sparkfed.jobs;

import io.sparkfed.federated.PhaseListener;
import io.sparkfed.federated.RunPhase;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Wall-clock time of a run by phase. A run is in one phase from its start on, so the phases' times
 * add up to the run's. A phase that is entered again goes on.
 *
 * <p>Thread-safe: the terminal's display reads while the run goes on.
 */
final class Phases implements PhaseListener {
  private static final double NANOS = 1e9;

  private final Instant started;
  private final LongSupplier nanos;
  private final long startNanos;
  private final EnumMap<RunPhase, Long> spent = new EnumMap<>(RunPhase.class);
  private Ended listener = (phase, seconds) -> {};
  private RunPhase phase = RunPhase.START;
  private long since;

  /**
   * Begins with {@link RunPhase#START}.
   *
   * @param started when the run started
   * @param before how long before now that was
   * @param nanos the clock, such as {@link System#nanoTime}
   */
  Phases(Instant started, Duration before, LongSupplier nanos) {
    this.started = started;
    this.nanos = nanos;
    this.startNanos = nanos.getAsLong() - before.toNanos();
    this.since = startNanos;
  }

  /** Returns the phases of a run that starts now. */
  static Phases fromNow() {
    return new Phases(Instant.now(), Duration.ZERO, System::nanoTime);
  }

  /**
   * Returns the phases of the run that this process is for: it started with the process. In a
   * process that has a session already it starts now.
   */
  static Phases ofProcess() {
    if (Sessions.areThere()) {
      return fromNow();
    }
    RuntimeMXBean process = ManagementFactory.getRuntimeMXBean();
    Instant started = Instant.ofEpochMilli(process.getStartTime());
    // The clock of the day can be set, or slowed down, meanwhile.
    return new Phases(started, Duration.ofMillis(process.getUptime()), System::nanoTime);
  }

  /** Hears of a phase that has ended, or makes way for another one. */
  @FunctionalInterface
  interface Ended {
    /** Called with the seconds that the phase has taken so far, all its parts together. */
    void ended(RunPhase phase, double seconds);
  }

  /**
   * What passed until one moment.
   *
   * @param elapsed all of it
   * @param seconds the same by {@link RunPhase#key}, in order; only phases that were entered
   */
  record Times(Duration elapsed, Map<String, Double> seconds) {}

  /** Sets who hears of phases from now on; it is told of those that have ended. */
  synchronized void tell(Ended heard) {
    listener = heard;
    spent.forEach((each, time) -> heard.ended(each, time / NANOS));
  }

  @Override
  public synchronized void entered(RunPhase next) {
    if (next == phase) {
      return;
    }
    long now = nanos.getAsLong();
    long all = spent.merge(phase, now - since, Long::sum);
    listener.ended(phase, all / NANOS);
    phase = next;
    since = now;
  }

  /** Returns the phase that the run is in. */
  synchronized RunPhase current() {
    return phase;
  }

  /** Returns how long the run has been in its phase, since it was entered last. */
  synchronized Duration inCurrent() {
    return Duration.ofNanos(nanos.getAsLong() - since);
  }

  Instant started() {
    return started;
  }

  /** Ends the run's last phase, and returns what has passed. */
  synchronized Times end() {
    Times times = times();
    listener.ended(phase, times.seconds().get(phase.key()));
    return times;
  }

  /** Returns what has passed so far. */
  synchronized Times times() {
    long now = nanos.getAsLong();
    EnumMap<RunPhase, Long> all = new EnumMap<>(spent);
    all.merge(phase, now - since, Long::sum);
    Map<String, Double> seconds = new LinkedHashMap<>();
    all.forEach((each, time) -> seconds.put(each.key(), time / NANOS));
    return new Times(Duration.ofNanos(now - startNanos), seconds);
  }
}
