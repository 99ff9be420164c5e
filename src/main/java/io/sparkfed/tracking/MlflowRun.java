package io.sparkfed.tracking;

import io.sparkfed.config.EnumNames;
import io.sparkfed.evaluation.RoundSummary;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.RunStatus;

/**
 * A run at an MLflow server. Rounds wait in a queue for a thread that sends them, several at once
 * where it lags behind. What could not be sent is tried again, after pauses that double, and once
 * more at the end; so a server that comes back has every round.
 */
final class MlflowRun implements RunTracker {
  private static final int MOST_METRICS = 1000;
  private static final int MOST_WARNINGS = 3;

  /** Of the pause between attempts: to 5 minutes from 10 seconds. */
  private static final int MOST_DOUBLINGS = 5;

  /** Of answers that the end is waited for: one on its way, the last rounds, the end. */
  private static final int ANSWERS_AT_END = 3;

  private final MlflowServer server;
  private final String id;
  private final String address;
  private final Duration pause;
  private final Consumer<String> warn;
  private final Thread sender = new Thread(this::send, "mlflow sender");
  private final Thread onExit = new Thread(this::killed, "mlflow exit");

  // Guarded by this.
  private final Set<Integer> heard;
  private final Deque<Round> pending = new ArrayDeque<>();
  private Ending ending;
  private long endMillis;
  private boolean endIsTold;
  private boolean isComplained;

  // The sender's own.
  private int failures;
  private int warnings;

  /** A round that the server hasn't heard of yet, and when it ended. */
  private record Round(RoundSummary summary, long millis) {}

  /**
   * Names the run; {@link #start} begins to send.
   *
   * @param heard rounds that the server has: they are not sent again
   * @param pause before the second attempt to send; it doubles with each failure
   */
  MlflowRun(
      MlflowServer server,
      String id,
      String address,
      Set<Integer> heard,
      Duration pause,
      Consumer<String> warn) {
    this.server = server;
    this.id = id;
    this.address = address;
    this.heard = new HashSet<>(heard);
    this.pause = pause;
    this.warn = warn;
  }

  /** Begins to send. */
  void start() {
    sender.setDaemon(true);
    sender.start();
    Runtime.getRuntime().addShutdownHook(onExit);
  }

  @Override
  public Optional<String> address() {
    return Optional.of(address);
  }

  @Override
  public synchronized void roundFinished(RoundSummary round) {
    if (heard.add(round.round())) {
      pending.add(new Round(round, System.currentTimeMillis()));
      notifyAll();
    }
  }

  @Override
  public void ended(Ending how) {
    boolean exits = false;
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException e) {
      exits = true;
    }
    // Spark stops under the training's feet then: that is no failure of its own.
    boolean isKilled = exits && how == Ending.FAILED;
    end(isKilled ? Ending.KILLED : how, server.timeout().multipliedBy(ANSWERS_AT_END));
  }

  /** Whoever ends the process may not wait long. */
  private void killed() {
    end(Ending.KILLED, server.timeout());
  }

  private void end(Ending how, Duration patience) {
    synchronized (this) {
      if (ending == null) {
        ending = how;
        endMillis = System.currentTimeMillis();
        notifyAll();
      }
    }
    try {
      sender.join(Math.max(1, patience.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    complain();
  }

  /** Says once what the server lacks, if anything. */
  private synchronized void complain() {
    if (isComplained || (pending.isEmpty() && endIsTold)) {
      return;
    }
    isComplained = true;
    warn.accept(
        "MLflow doesn't have the run's end"
            + (pending.isEmpty() ? "" : ", nor " + pending.size() + " of its rounds")
            + ", and may show it as running: "
            + address);
  }

  private void send() {
    try {
      boolean isLast = false;
      for (List<Round> next = next(); !next.isEmpty(); next = next()) {
        if (!told(next)) {
          if (isLast) {
            break;
          }
          isLast = pause();
        }
      }
      tellEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      server.close();
    }
  }

  /** Returns the rounds to send at once; empty when the run has ended and all are sent. */
  private synchronized List<Round> next() throws InterruptedException {
    while (pending.isEmpty() && ending == null) {
      wait();
    }
    List<Round> next = new ArrayList<>();
    int metrics = 0;
    for (Round round : pending) {
      metrics += MlflowRecords.metrics(round.summary(), round.millis()).size();
      if (metrics > MOST_METRICS && !next.isEmpty()) {
        break;
      }
      next.add(round);
    }
    return next;
  }

  private boolean told(List<Round> rounds) {
    List<Metric> metrics = new ArrayList<>();
    rounds.forEach(round -> metrics.addAll(MlflowRecords.metrics(round.summary(), round.millis())));
    try {
      server.ask(
          client -> {
            client.logBatch(id, metrics, List.of(), List.of());
            return true;
          });
    } catch (IOException e) {
      failures++;
      warnings++;
      if (warnings <= MOST_WARNINGS) {
        warn.accept(
            "MLflow: "
                + e.getMessage()
                + "; training continues, and what is missing is sent when the server answers again"
                + (warnings == MOST_WARNINGS ? " (further warnings are not shown)" : ""));
      }
      return false;
    }
    failures = 0;
    synchronized (this) {
      rounds.forEach(round -> pending.remove());
    }
    return true;
  }

  /**
   * Waits before another attempt, longer after each, and returns whether it is the last one, as the
   * run has ended.
   */
  private synchronized boolean pause() throws InterruptedException {
    int longer = 1 << Math.min(failures - 1, MOST_DOUBLINGS);
    long left = pause.multipliedBy(longer).toNanos();
    long until = System.nanoTime() + left;
    while (ending == null && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = until - System.nanoTime();
    }
    return ending != null;
  }

  private void tellEnd() {
    Ending how;
    long when;
    synchronized (this) {
      how = ending;
      when = endMillis;
    }
    try {
      server.ask(
          client -> {
            client.setTerminated(id, status(how), when);
            client.setTag(id, MlflowRecords.EXIT_TAG, EnumNames.of(how));
            return true;
          });
    } catch (IOException e) {
      if (failures == 0) {
        warn.accept("MLflow: " + e.getMessage());
      }
      return;
    }
    synchronized (this) {
      endIsTold = true;
    }
  }

  private static RunStatus status(Ending how) {
    return switch (how) {
      case SUCCEEDED -> RunStatus.FINISHED;
      case DIVERGED, FAILED -> RunStatus.FAILED;
      case KILLED -> RunStatus.KILLED;
    };
  }
}
