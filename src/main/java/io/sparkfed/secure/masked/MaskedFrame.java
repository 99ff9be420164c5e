package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.wire.RecordForm;
import java.util.List;
import java.util.SortedMap;

/**
 * What the driver broadcasts in a phase. One broadcast holds all inboxes; at 130 bytes an edge that
 * is about 0.4 MB for 100 workers and 9 MB for 1000, less than a payload for each partition would
 * be worth.
 */
sealed interface MaskedFrame {
  /** The frames' canonical bytes. */
  RecordForm BYTES =
      new RecordForm(3, List.of(CardsWanted.class, Mask.class, Unmask.class, Session.class));

  /**
   * Asks for cards, once a run.
   *
   * @param runId 32 random bytes of the run
   */
  record CardsWanted(byte[] runId) implements MaskedFrame {}

  /** A phase of a session. */
  sealed interface OfSession extends MaskedFrame {
    /** Returns the session. */
    Session session();

    /** Returns the hash of what is asked: workers that were asked different things don't cancel. */
    byte[] askedHash();
  }

  /**
   * The first phase: asks for masked vectors.
   *
   * @param asked what vector is asked for
   */
  record Mask(Session session, byte[] asked) implements OfSession {
    @Override
    public byte[] askedHash() {
      return Kdf.sha256(asked);
    }
  }

  /**
   * The second phase: asks for what unmasks the sum.
   *
   * @param survivors U2, sorted
   * @param inboxes what is relayed to each, see {@link Inbox}
   */
  record Unmask(
      Session session, byte[] askedHash, List<String> survivors, SortedMap<String, byte[]> inboxes)
      implements OfSession {}
}
