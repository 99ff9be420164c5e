package io.sparkfed.secure.masked;

import io.sparkfed.aggregate.Words;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.secure.keys.CollectedRoster;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.PartyKeys;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.secure.protocol.FlaggedVector;
import io.sparkfed.secure.protocol.PhaseTask;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.Site;
import io.sparkfed.wire.WireWriter;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A phase as a task at a worker.
 *
 * @param <S> what a worker holds
 * @param keys where the worker finds its keys
 * @param frame what the driver sent
 * @param words what is asked for, read; empty in phases without a vector
 */
record MaskedTask<S>(KeyRing keys, MaskedFrame frame, Optional<Words<S>> words, Shared shared)
    implements WorkerTask<S, byte[]> {

  /** What workers make of the frame alike. */
  static final class Shared {
    private SharedSession session;
    private Roster collected;
    private byte[] askedHash;

    /** Reads the frame when the first worker needs it; a session that is refused, for each. */
    synchronized Shared of(MaskedFrame.OfSession frame) {
      if (session == null) {
        collected = new CollectedRoster(frame.identities());
        askedHash = frame.askedHash();
        session = SharedSession.checked(frame.session());
      }
      return this;
    }
  }

  MaskedTask(KeyRing keys, MaskedFrame frame, Optional<Words<S>> words) {
    this(keys, frame, words, new Shared());
  }

  /** Reads the task: the vectors asked for are of one form in all phases. */
  private record MaskedForm<S>(Form<Words<S>> ofWords) implements Form<WorkerTask<S, byte[]>> {
    @Override
    public WorkerTask<S, byte[]> read(byte[] bytes, Site site) {
      MaskedFrame frame = MaskedFrame.BYTES.read(bytes, MaskedFrame.class, site);
      Optional<byte[]> asked =
          frame instanceof MaskedFrame.Commit commit
              ? Optional.of(commit.asked())
              : frame instanceof MaskedFrame.Mask mask
                  ? Optional.of(mask.asked())
                  : Optional.empty();
      return new MaskedTask<>((KeyRing) site, frame, asked.map(words -> ofWords.read(words, site)));
    }
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
    return new MaskedForm<>(words.map(Words::form).orElse(null));
  }

  @Override
  public Site site() {
    return keys;
  }

  @Override
  public byte[] run(String worker, S held) {
    if (frame instanceof MaskedFrame.Adverts adverts) {
      return PhaseTask.orDropout("advertising", () -> advertise(worker, adverts));
    }
    if (frame instanceof MaskedFrame.Commit commit) {
      return PhaseTask.orDropout("committing", () -> commit(worker, held, commit));
    }
    if (frame instanceof MaskedFrame.Mask mask) {
      return PhaseTask.orDropout("masking", () -> mask(worker, held, mask));
    }
    return PhaseTask.orDropout("revealing", () -> reveal(worker, (MaskedFrame.Unmask) frame));
  }

  private byte[] advertise(String worker, MaskedFrame.Adverts asked) {
    PartyKeys own = keys.open(worker).keys();
    WireWriter out = new WireWriter().text(worker).bytes(Signing.publicKey(own.identity()));
    out.integer(asked.slots());
    Advert.make(own, worker, asked.runId(), asked.firstSlot(), asked.slots())
        .forEach(advert -> advert.write(out));
    return out.toByteArray();
  }

  private byte[] commit(String worker, S held, MaskedFrame.Commit asked) {
    WorkerSide side = side(worker, asked);
    return side.commit(vector(side, worker, held, asked)).toBytes();
  }

  private byte[] mask(String worker, S held, MaskedFrame.Mask asked) {
    WorkerSide side = side(worker, asked);
    return side.mask(vector(side, worker, held, asked), asked.pins()).toBytes();
  }

  private byte[] reveal(String worker, MaskedFrame.Unmask asked) {
    return side(worker, asked)
        .reveal(
            asked.pins(),
            new TreeSet<>(asked.survivors()),
            asked.inboxes().getOrDefault(worker, new TreeMap<>()))
        .toBytes();
  }

  private WorkerSide side(String worker, MaskedFrame.OfSession frame) {
    Shared read = shared.of(frame);
    Owner owner = keys.open(worker).withRosterOr(read.collected);
    return new WorkerSide(owner, worker, read.session, read.askedHash);
  }

  private long[] vector(WorkerSide side, String worker, S held, MaskedFrame.OfSession frame) {
    return UpdateMemo.computeIfAbsent(
        frame.session().id(),
        worker,
        () -> FlaggedVector.of(() -> words.orElseThrow().of(worker, held), side::blindingKey));
  }
}
