package io.sparkfed.secure.protocol;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Phase;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.Site;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Parties forget a run's secret: with it gone, what was sent in the run can't be opened any more,
 * not even with a party's own keys.
 */
public final class EndOfRun {
  private static final System.Logger LOG = System.getLogger(EndOfRun.class.getName());
  private static final byte[] NO_HASH = {};
  private static final int HASH_BYTES = 16;

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
          byte[] hash = keys.open(party).journal().end(runId).orElse(NO_HASH);
          return new WireWriter().text(party).bytes(hash).toByteArray();
        });
  }

  /**
   * Visits all workers, and the aggregators if there are some.
   *
   * @return for each party with a journal the hash that its lines had at the end, in hexadecimal
   */
  public static <S> SortedMap<String, String> tell(
      Federation<S> federation, KeyRing keys, byte[] runId, Set<String> aggregators) {
    SortedMap<String, String> hashes = new TreeMap<>();
    try {
      List<String> workers = federation.everybody();
      federation
          .visit(visit(workers), new AtWorker<S>(keys, runId))
          .forEach(message -> read(message, workers, hashes));
      if (!aggregators.isEmpty()) {
        federation
            .visitAggregators(
                visit(aggregators.stream().sorted().toList()), new AtAggregator(keys, runId))
            .forEach(message -> read(message, aggregators, hashes));
      }
    } catch (AggregationException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "not all parties could be told that the run has ended: {0}",
          e.getMessage());
    }
    return hashes;
  }

  /** Who sends something else is told as if it had no journal. */
  private static void read(
      byte[] message, Collection<String> parties, SortedMap<String, String> hashes) {
    try {
      WireReader in = new WireReader(message);
      String party = in.text();
      byte[] hash = in.bytes();
      in.end();
      if (parties.contains(party) && hash.length == HASH_BYTES) {
        hashes.put(party, HexFormat.of().formatHex(hash));
      }
    } catch (ProtocolException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "a party did not say how its journal ends: {0}",
          e.getMessage());
    }
  }

  private static Visit visit(List<String> parties) {
    return new Visit(Phase.ADVERTISE, "forgetting the run's secrets", 0, parties);
  }
}
