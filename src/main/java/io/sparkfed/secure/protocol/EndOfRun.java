package io.sparkfed.secure.protocol;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Phase;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.Site;
import java.util.List;
import java.util.Set;

/**
 * Parties forget a run's secret: with it gone, what was sent in the run can't be opened any more,
 * not even with a party's own keys.
 */
public final class EndOfRun {
  private static final System.Logger LOG = System.getLogger(EndOfRun.class.getName());
  private static final byte[] DONE = {1};

  private EndOfRun() {}

  /** What a worker does. */
  private record AtWorker<S>(KeyRing keys, byte[] runId) implements WorkerTask<S, byte[]> {
    @Override
    public byte[] run(String worker, S held) {
      return forget(keys, worker, runId);
    }

    @Override
    public byte[] toBytes() {
      return runId;
    }

    @Override
    public Form<WorkerTask<S, byte[]>> form() {
      return EndOfRun.form();
    }

    @Override
    public Site site() {
      return keys;
    }
  }

  /** Reads what a worker does. */
  private record WorkerForm<S>() implements Form<WorkerTask<S, byte[]>> {
    @Override
    public WorkerTask<S, byte[]> read(byte[] bytes, Site site) {
      return new AtWorker<>((KeyRing) site, bytes);
    }
  }

  /** Reads what an aggregator does. */
  private enum AggregatorForm implements Form<AggregatorTask<byte[]>> {
    INSTANCE;

    @Override
    public AggregatorTask<byte[]> read(byte[] bytes, Site site) {
      return new AtAggregator((KeyRing) site, bytes);
    }
  }

  /** What an aggregator does. */
  private record AtAggregator(KeyRing keys, byte[] runId) implements AggregatorTask<byte[]> {
    @Override
    public byte[] run(String aggregator) {
      return forget(keys, aggregator, runId);
    }

    @Override
    public byte[] toBytes() {
      return runId;
    }

    @Override
    public Form<AggregatorTask<byte[]>> form() {
      return AggregatorForm.INSTANCE;
    }

    @Override
    public Site site() {
      return keys;
    }
  }

  /** Returns what reads what a worker is told. */
  public static <S> Form<WorkerTask<S, byte[]>> form() {
    return new WorkerForm<>();
  }

  private static byte[] forget(KeyRing keys, String party, byte[] runId) {
    return PhaseTask.orDropout(
        "forgetting a run's secret",
        () -> {
          keys.open(party).journal().end(runId);
          return DONE;
        });
  }

  /** Visits all workers, and the aggregators if there are some. */
  public static <S> void tell(
      Federation<S> federation, KeyRing keys, byte[] runId, Set<String> aggregators) {
    try {
      federation.visit(visit(federation.everybody()), new AtWorker<>(keys, runId));
      if (!aggregators.isEmpty()) {
        federation.visitAggregators(
            visit(aggregators.stream().sorted().toList()), new AtAggregator(keys, runId));
      }
    } catch (AggregationException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "not all parties could be told that the run has ended: {0}",
          e.getMessage());
    }
  }

  private static Visit visit(List<String> parties) {
    return new Visit(Phase.ADVERTISE, "forgetting the run's secrets", 0, parties);
  }
}
