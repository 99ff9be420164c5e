package io.sparkfed.secure.keys;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireWriter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * A journal that lasts as long as the process, for keys that do so too: what was forgotten with the
 * process was recorded under keys that are gone. About 200 bytes an entry.
 */
final class MemoryJournal implements Journal {
  private final Map<String, byte[]> openings = new HashMap<>();
  private final String party;

  private MemoryJournal(String party) {
    this.party = party;
  }

  private static final Map<String, MemoryJournal> OF_PARTY = new HashMap<>();

  /** Returns the journal of a party in this process. */
  static MemoryJournal of(String party) {
    synchronized (OF_PARTY) {
      return OF_PARTY.computeIfAbsent(party, MemoryJournal::new);
    }
  }

  @Override
  public synchronized void record(byte[] runId, int sum, byte[] opening) {
    byte[] known = openings.putIfAbsent(nameOf(runId, sum), opening.clone());
    if (known != null && !Arrays.equals(known, opening)) {
      throw new ProtocolException("a sum is opened once, and this one was by " + party);
    }
  }

  /** Returns a name for a sum of a run. */
  static String nameOf(byte[] runId, int sum) {
    return HexFormat.of()
        .formatHex(Kdf.sha256(new WireWriter().bytes(runId).integer(sum).toByteArray()));
  }
}
