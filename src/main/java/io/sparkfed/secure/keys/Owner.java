package io.sparkfed.secure.keys;

/**
 * What a data owner holds at its worker. Not serializable: it stays there.
 *
 * @param keys its private keys
 * @param policy what it allows
 * @param journal what it remembers of the sums it helped to open
 * @param roster its own copy of the roster; null where there is none, and the keys that parties
 *     send along must do
 */
public record Owner(PartyKeys keys, Policy policy, Journal journal, Roster roster) {

  /** Returns the keys that a run's secrets are derived from: with the run's own they are gone. */
  public PartyKeys keysOf(byte[] runId) {
    return keys.with(journal.secretOf(runId));
  }
}
