package io.sparkfed.secure.masked;

import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.secure.protocol.PhaseTask;
import io.sparkfed.testing.Asked;
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
    CARD,
    MASK,
    REVEAL;

    static Phase of(MaskedFrame frame) {
      if (frame instanceof MaskedFrame.CardsWanted) {
        return CARD;
      }
      return frame instanceof MaskedFrame.Mask ? MASK : REVEAL;
    }
  }

  /** One worker's part in one visit. */
  interface Line {
    /** Returns what arrives at the driver; null for no message at all. */
    Object call(Phase phase, String worker, Call call, MaskedFrame frame);
  }

  /** Runs the task at the worker, as if it had been sent this. */
  interface Call {
    Object run(MaskedFrame frame);
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
  public <M> List<M> visit(Visit visit, WorkerTask<long[], M> task) {
    MaskedTask<long[]> masked = (MaskedTask<long[]>) Asked.travelled(task);
    List<M> messages = new ArrayList<>();
    for (String worker : visit.cohort()) {
      Object message =
          line.call(
              Phase.of(masked.frame()),
              worker,
              frame ->
                  new MaskedTask<>(masked.keys(), frame, masked.words())
                      .run(worker, held.get(worker)),
              masked.frame());
      if (message != null) {
        messages.add((M) message);
      }
    }
    return messages;
  }

  @Override
  public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
    throw new AssertionError("a masked sum has no aggregators");
  }
}
