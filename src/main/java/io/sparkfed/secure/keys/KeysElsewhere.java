package io.sparkfed.secure.keys;

import io.sparkfed.wire.ProtocolException;
import java.util.List;

/** The keys of parties that nobody but they themselves can open, each in a process of its own. */
public final class KeysElsewhere implements KeyRing {
  private static final long serialVersionUID = 1L;

  private final List<String> rosterLines;

  /**
   * Refers to the keys.
   *
   * @param rosterLines the driver's copy of the roster
   * @throws ProtocolException if the roster is malformed
   */
  public KeysElsewhere(List<String> rosterLines) {
    this.rosterLines = RosterFile.parse(rosterLines).lines();
  }

  @Override
  public Owner open(String worker) {
    throw new ProtocolException("a party's keys must be opened by the party itself");
  }

  @Override
  public Roster roster() {
    return RosterFile.parse(rosterLines);
  }
}
