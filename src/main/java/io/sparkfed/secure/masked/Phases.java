package io.sparkfed.secure.masked;

import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.secure.keys.CollectedRoster;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.PartyKeys;
import io.sparkfed.secure.protocol.FlaggedVector;
import io.sparkfed.secure.protocol.ModelHash;
import io.sparkfed.secure.protocol.PhaseTask;
import io.sparkfed.wire.WireWriter;
import java.io.Serializable;
import java.util.TreeMap;

/** The phases as tasks at a worker. */
final class Phases {
  private Phases() {}

  /**
   * Asks for adverts.
   *
   * @param runId 32 random bytes of the run
   * @param firstSlot first slot
   * @param slots number of slots
   */
  record AdvertRequest(byte[] runId, int firstSlot, int slots) implements Serializable {}

  /** Phase A. */
  static <S> WorkerTask<S, AdvertRequest, byte[]> advertise(KeyRing keys) {
    return (worker, shard, request) ->
        PhaseTask.orDropout(
            "advertising",
            () -> {
              PartyKeys own = keys.open(worker).keys();
              byte[] identity = Signing.publicKey(own.identity());
              WireWriter out = new WireWriter().text(worker).bytes(identity);
              out.integer(request.slots());
              for (int slot = 0; slot < request.slots(); slot++) {
                Advert.make(own, worker, request.runId(), request.firstSlot() + slot).write(out);
              }
              return out.toByteArray();
            });
  }

  /** Phase B. */
  static <S, B> WorkerTask<S, Framed<B>, byte[]> commit(
      KeyRing keys, WorkerTask<S, B, long[]> work) {
    return (worker, shard, frame) ->
        PhaseTask.orDropout(
            "committing",
            () -> {
              WorkerSide side = side(keys, worker, frame);
              return side.commit(vector(side, work, worker, shard, frame)).toBytes();
            });
  }

  /** Phase C. */
  static <S, B> WorkerTask<S, Framed<B>, byte[]> mask(KeyRing keys, WorkerTask<S, B, long[]> work) {
    return (worker, shard, frame) ->
        PhaseTask.orDropout(
            "masking",
            () -> {
              WorkerSide side = side(keys, worker, frame);
              return side.mask(vector(side, work, worker, shard, frame), frame.pins()).toBytes();
            });
  }

  /** Phase D. */
  static <S, B> WorkerTask<S, Framed<B>, byte[]> reveal(KeyRing keys) {
    return (worker, shard, frame) ->
        PhaseTask.orDropout(
            "revealing",
            () ->
                new WorkerSide(
                        owner(keys, worker, frame), worker, frame.session(), frame.modelHash())
                    .reveal(
                        frame.pins(),
                        frame.survivors(),
                        frame.inboxes().getOrDefault(worker, new TreeMap<>()))
                    .toBytes());
  }

  private static <B> WorkerSide side(KeyRing keys, String worker, Framed<B> frame) {
    return new WorkerSide(
        owner(keys, worker, frame), worker, frame.session(), ModelHash.of(frame.value()));
  }

  private static Owner owner(KeyRing keys, String worker, Framed<?> frame) {
    return keys.open(worker).withRosterOr(new CollectedRoster(frame.identities()));
  }

  private static <S, B> long[] vector(
      WorkerSide side, WorkerTask<S, B, long[]> work, String worker, S shard, Framed<B> frame) {
    return UpdateMemo.computeIfAbsent(
        frame.session().id(),
        worker,
        () -> FlaggedVector.of(() -> work.run(worker, shard, frame.value()), side::blindingKey));
  }
}
