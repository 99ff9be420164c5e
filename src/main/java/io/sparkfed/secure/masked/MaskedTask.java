package io.sparkfed.secure.masked;

import io.sparkfed.aggregate.OwnersSide;
import io.sparkfed.aggregate.Words;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.protocol.FlaggedVector;
import io.sparkfed.secure.protocol.PhaseTask;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.Site;
import io.sparkfed.wire.WireWriter;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A phase as a task at a worker.
 *
 * @param <S> what a worker holds
 * @param keys where the worker finds its keys
 * @param frame what the driver sent
 * @param words what is asked for, read; empty in phases without a vector
 */
record MaskedTask<S>(KeyRing keys, MaskedFrame frame, Optional<Words<S>> words)
    implements WorkerTask<S, byte[]> {

  /** Reads the task. */
  private record MaskedForm<S>(Form<Words<S>> ofWords) implements Form<WorkerTask<S, byte[]>> {
    @Override
    public WorkerTask<S, byte[]> read(byte[] bytes, Site site) {
      MaskedFrame frame = MaskedFrame.BYTES.read(bytes, MaskedFrame.class, site);
      if (frame instanceof MaskedFrame.Mask && ofWords == null) {
        throw new ProtocolException("a phase that asks for a vector must come with its form");
      }
      Optional<Words<S>> words =
          frame instanceof MaskedFrame.Mask mask
              ? Optional.of(ofWords.read(mask.asked(), site))
              : Optional.empty();
      return new MaskedTask<>((KeyRing) site, frame, words);
    }
  }

  /**
   * Returns what reads a phase.
   *
   * @param ofWords reads what is asked for; null for phases without a vector
   */
  static <S> Form<WorkerTask<S, byte[]>> form(Form<Words<S>> ofWords) {
    return new MaskedForm<>(ofWords);
  }

  /** Creates a phase without a vector. */
  static <S> MaskedTask<S> of(KeyRing keys, MaskedFrame frame) {
    return new MaskedTask<>(keys, frame, Optional.empty());
  }

  /** Creates a phase that asks for a vector. */
  static <S> MaskedTask<S> of(KeyRing keys, MaskedFrame frame, Words<S> words) {
    return new MaskedTask<>(keys, frame, Optional.of(words));
  }

  @Override
  public byte[] toBytes() {
    return MaskedFrame.BYTES.toBytes(frame);
  }

  @Override
  public Form<WorkerTask<S, byte[]>> form() {
    return form(words.map(Words::form).orElse(null));
  }

  @Override
  public Site site() {
    return keys;
  }

  @Override
  public byte[] run(String worker, S held) {
    if (frame instanceof MaskedFrame.CardsWanted asked) {
      return PhaseTask.orDropout("sending a card", () -> card(worker, asked));
    }
    if (frame instanceof MaskedFrame.Mask asked) {
      return PhaseTask.orDropout("masking", () -> mask(worker, held, asked));
    }
    return PhaseTask.orDropout("revealing", () -> reveal(worker, (MaskedFrame.Unmask) frame));
  }

  private byte[] card(String worker, MaskedFrame.CardsWanted asked) {
    return Card.make(keys.open(worker).keysOf(asked.runId()), worker, asked.runId()).toBytes();
  }

  private byte[] mask(String worker, S held, MaskedFrame.Mask asked) {
    Owner owner = keys.open(worker);
    Words<S> read = words.orElseThrow();
    WorkerSide side =
        new WorkerSide(owner, worker, asked.session(), asked.askedHash(), read.reading());
    if (read.isOfAll()) {
      side.requireAll();
    }
    owner.hear(read, held, asked.session().runId());
    OwnersSide own =
        owner.sideOf(
            read,
            held,
            asked.session().runId(),
            asked.session().least(),
            side::blindingKey,
            side::releaseKey);
    long[] vector = FlaggedVector.of(() -> read.of(worker, held, own), side::blindingKey);
    return side.mask(vector, FlaggedVector.ring(read.ring()), Kdf.sha256(read.subject()));
  }

  private byte[] reveal(String worker, MaskedFrame.Unmask asked) {
    WorkerSide side = new WorkerSide(keys.open(worker), worker, asked.session(), asked.askedHash());
    byte[] inbox = asked.inboxes().getOrDefault(worker, new WireWriter().integer(0).toByteArray());
    return side.reveal(new TreeSet<>(asked.survivors()), Inbox.parse(inbox)).toBytes();
  }
}
