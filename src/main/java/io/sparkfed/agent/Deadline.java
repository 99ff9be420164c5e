package io.sparkfed.agent;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Closes a link that isn't done in time, which ends whatever blocks on it. */
final class Deadline implements AutoCloseable {
  private static final ScheduledThreadPoolExecutor WATCH = watch();

  private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
  private final Future<?> closing;

  private enum State {
    RUNNING,
    MET,
    MISSED
  }

  private Deadline(Closeable link, Duration time) {
    closing =
        WATCH.schedule(
            () -> {
              if (state.compareAndSet(State.RUNNING, State.MISSED)) {
                close(link);
              }
            },
            time.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  static Deadline of(Closeable link, Duration time) {
    return new Deadline(link, time);
  }

  /** Returns whether the link was closed because the time had passed. */
  boolean isMissed() {
    return state.get() == State.MISSED;
  }

  @Override
  public void close() {
    state.compareAndSet(State.RUNNING, State.MET);
    closing.cancel(false);
  }

  private static void close(Closeable link) {
    try {
      link.close();
    } catch (IOException e) {
      // What blocks on it ends in any case.
    }
  }

  private static ScheduledThreadPoolExecutor watch() {
    ScheduledThreadPoolExecutor watch =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "agent-deadlines");
              thread.setDaemon(true);
              return thread;
            });
    watch.setRemoveOnCancelPolicy(true);
    return watch;
  }
}
