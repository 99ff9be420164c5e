package io.sparkfed.secure.sealed;

import io.sparkfed.aggregate.OwnersSide;
import io.sparkfed.aggregate.Words;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.protocol.FlaggedVector;
import io.sparkfed.secure.protocol.PhaseTask;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.Site;

/**
 * Workers compute what they are asked for and seal it.
 *
 * @param <S> what a worker holds
 * @param keys where the worker finds its keys
 * @param frame what the driver sent
 * @param words what is asked for, read
 */
record SealingTask<S>(KeyRing keys, SealedFrame.Seal frame, Words<S> words)
    implements WorkerTask<S, byte[]> {

  /** Reads the task. */
  private record SealingForm<S>(Form<Words<S>> ofWords) implements Form<WorkerTask<S, byte[]>> {
    @Override
    public WorkerTask<S, byte[]> read(byte[] bytes, Site site) {
      SealedFrame.Seal frame = SealedFrame.BYTES.read(bytes, SealedFrame.Seal.class, site);
      return new SealingTask<>((KeyRing) site, frame, ofWords.read(frame.asked(), site));
    }
  }

  /**
   * Returns what reads the task.
   *
   * @param ofWords reads what is asked for
   */
  static <S> Form<WorkerTask<S, byte[]>> form(Form<Words<S>> ofWords) {
    return new SealingForm<>(ofWords);
  }

  static <S> SealingTask<S> of(KeyRing keys, SealedSession session, Words<S> words) {
    return new SealingTask<>(keys, new SealedFrame.Seal(session, words.toBytes()), words);
  }

  /** Returns the hash of what is asked. */
  byte[] askedHash() {
    return Kdf.sha256(frame.asked());
  }

  @Override
  public byte[] toBytes() {
    return SealedFrame.BYTES.toBytes(frame);
  }

  @Override
  public Form<WorkerTask<S, byte[]>> form() {
    return form(words.form());
  }

  @Override
  public Site site() {
    return keys;
  }

  @Override
  public byte[] run(String worker, S held) {
    return PhaseTask.orDropout(
        "sealing",
        () -> {
          Owner owner = keys.open(worker);
          owner.hear(words, held, frame.session().runId());
          SealingSide side =
              new SealingSide(owner, worker, frame.session(), askedHash(), words.reading());
          OwnersSide own =
              owner.sideOf(
                  words,
                  held,
                  frame.session().runId(),
                  frame.session().minWorkers(),
                  side::blindingKey,
                  side::releaseKey);
          return side.seal(
                  FlaggedVector.of(() -> words.of(worker, held, own), side::blindingKey),
                  FlaggedVector.ring(words.ring()),
                  Kdf.sha256(words.subject()))
              .toBytes();
        });
  }
}
