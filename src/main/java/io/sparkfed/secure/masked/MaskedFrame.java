package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.wire.RecordForm;
import java.util.List;
import java.util.SortedMap;

/**
 * What the driver broadcasts in a phase: the session and what earlier phases pinned. One broadcast
 * holds all inboxes; at 100 bytes an edge that is about 1 MB for a full graph of 100 workers and 5
 * MB for 1000 on the sparse one, less than a custom partition payload would be worth.
 */
sealed interface MaskedFrame {
  /** The frames' canonical bytes. */
  RecordForm BYTES =
      new RecordForm(
          1,
          List.of(
              Adverts.class,
              Commit.class,
              Mask.class,
              Unmask.class,
              Session.class,
              Advert.class,
              Pins.class));

  /**
   * Phase A: asks for adverts.
   *
   * @param runId 32 random bytes of the run
   * @param firstSlot first slot
   * @param slots number of slots
   */
  record Adverts(byte[] runId, int firstSlot, int slots) implements MaskedFrame {}

  /** A phase of a session, whose workers may have no roster of their own. */
  sealed interface OfSession extends MaskedFrame {
    /** Returns the session. */
    Session session();

    /** Returns the public keys that came with the adverts. */
    SortedMap<String, byte[]> identities();

    /** Returns the hash of what is asked: workers that were asked different things don't cancel. */
    byte[] askedHash();
  }

  /**
   * Phase B.
   *
   * @param asked what vector is asked for
   */
  record Commit(Session session, SortedMap<String, byte[]> identities, byte[] asked)
      implements OfSession {
    @Override
    public byte[] askedHash() {
      return Kdf.sha256(asked);
    }
  }

  /**
   * Phase C.
   *
   * @param asked what vector is asked for, again
   * @param pins what phase B collected
   */
  record Mask(Session session, SortedMap<String, byte[]> identities, byte[] asked, Pins pins)
      implements OfSession {
    @Override
    public byte[] askedHash() {
      return Kdf.sha256(asked);
    }
  }

  /**
   * Phase D.
   *
   * @param pins what phase B collected
   * @param survivors U2, sorted
   * @param inboxes ciphertexts by receiver and sender
   */
  record Unmask(
      Session session,
      SortedMap<String, byte[]> identities,
      Pins pins,
      List<String> survivors,
      SortedMap<String, SortedMap<String, byte[]>> inboxes,
      byte[] askedHash)
      implements OfSession {}
}
