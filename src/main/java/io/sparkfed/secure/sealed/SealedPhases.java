package io.sparkfed.secure.sealed;

import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.protocol.FlaggedVector;
import io.sparkfed.secure.protocol.ModelHash;
import io.sparkfed.secure.protocol.PhaseTask;
import io.sparkfed.secure.sealed.ShareSum.Outcome;
import io.sparkfed.wire.ProtocolException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** The phases as tasks, where the parties are. */
final class SealedPhases {
  private static final System.Logger LOG = System.getLogger(SealedPhases.class.getName());

  private SealedPhases() {}

  /** What workers receive. */
  record ToWorkers<B>(SealedSession session, B value) implements Serializable {}

  /**
   * What aggregators receive.
   *
   * @param messages the pinned messages, sorted by worker
   */
  record ToAggregators(SealedSession session, List<byte[]> messages) implements Serializable {
    ToAggregators {
      messages = new ArrayList<>(messages);
    }
  }

  /** Aggregators advertise the key that workers seal to; the broadcast is the run's id. */
  static AggregatorTask<byte[], byte[]> advertise(KeyRing keys) {
    return (aggregator, runId) ->
        PhaseTask.orDropout(
            "advertising",
            () -> AggregatorAdvert.make(keys.open(aggregator).keys(), aggregator, runId).toBytes());
  }

  /** Workers train and seal. */
  static <S, B> WorkerTask<S, ToWorkers<B>, byte[]> seal(
      KeyRing keys, WorkerTask<S, B, long[]> work) {
    return (worker, shard, frame) ->
        PhaseTask.orDropout(
            "sealing",
            () -> {
              SealingSide side =
                  new SealingSide(
                      keys.open(worker), worker, frame.session(), ModelHash.of(frame.value()));
              long[] vector =
                  FlaggedVector.of(() -> work.run(worker, shard, frame.value()), side::blindingKey);
              return side.seal(vector).toBytes();
            });
  }

  /** Aggregators open the pinned set. */
  static AggregatorTask<ToAggregators, byte[]> open(KeyRing keys) {
    return (aggregator, frame) -> opened(keys, aggregator, frame).toBytes();
  }

  private static ShareSum opened(KeyRing keys, String aggregator, ToAggregators frame) {
    try {
      OpeningSide side = new OpeningSide(keys.open(aggregator), aggregator, frame.session());
      return side.holdsKey()
          ? side.open(frame.messages())
          : ShareSum.without(aggregator, Outcome.NO_KEY);
    } catch (ProtocolException e) {
      LOG.log(System.Logger.Level.ERROR, "nothing is opened: {0}", e.getMessage());
      return ShareSum.without(aggregator, Outcome.REFUSED);
    }
  }
}
