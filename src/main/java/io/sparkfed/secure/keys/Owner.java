package io.sparkfed.secure.keys;

/**
 * What a data owner holds at its worker. Not serializable: it stays there.
 *
 * @param keys its private keys
 * @param policy what it allows
 * @param journal what it remembers of the sums it helped to open
 * @param roster its own copy of the roster; null where there is none, and the keys that the driver
 *     collected must do
 */
public record Owner(PartyKeys keys, Policy policy, Journal journal, Roster roster) {

  /** Returns the same owner with {@code collected} in place of a roster it doesn't have. */
  public Owner withRosterOr(Roster collected) {
    return roster == null ? new Owner(keys, policy, journal, collected) : this;
  }
}
