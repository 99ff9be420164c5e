package io.sparkfed.secure.masked;

import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.secure.protocol.PhaseTask;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Workers whose messages a test may drop, change or ask for again, by phase of a masked sum. */
final class PhaseFederation implements Federation<long[]> {
  /** Work that fails here fails on purpose; a field, as loggers are held weakly. */
  private static final Logger OF_FAILED_WORK = Logger.getLogger(PhaseTask.class.getName());

  static {
    OF_FAILED_WORK.setLevel(Level.OFF);
  }

  /** The phases of a masked sum. */
  enum Phase {
    ADVERTISE,
    COMMIT,
    MASK,
    REVEAL;

    static Phase of(Object broadcast) {
      if (!(broadcast instanceof Framed<?> frame)) {
        return ADVERTISE;
      }
      return frame.pins() == null ? COMMIT : frame.survivors() == null ? MASK : REVEAL;
    }
  }

  /** One worker's part in one visit. */
  interface Line {
    /** Returns what arrives at the driver; null for no message at all. */
    <B> Object call(Phase phase, String worker, Call<B> call, B broadcast);
  }

  /** Runs the task at the worker. */
  interface Call<B> {
    Object run(B broadcast);
  }

  private final SortedMap<String, long[]> held;
  private final Line line;

  PhaseFederation(SortedMap<String, long[]> held, Line line) {
    this.held = held;
    this.line = line;
  }

  @Override
  public List<String> workers() {
    return List.copyOf(held.keySet());
  }

  @Override
  @SuppressWarnings("unchecked")
  public <B, M> List<M> visit(Visit<B> visit, WorkerTask<long[], B, M> task) {
    List<M> messages = new ArrayList<>();
    for (String worker : visit.cohort()) {
      Object message =
          line.<B>call(
              Phase.of(visit.broadcast()),
              worker,
              broadcast -> task.run(worker, held.get(worker), broadcast),
              visit.broadcast());
      if (message != null) {
        messages.add((M) message);
      }
    }
    return messages;
  }

  @Override
  public <B, M> List<M> visitAggregators(Visit<B> visit, AggregatorTask<B, M> task) {
    throw new AssertionError("a masked sum has no aggregators");
  }
}
