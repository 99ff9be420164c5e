package io.sparkfed.secure.keys;

/**
 * What a data owner holds at its worker. Not serializable: it stays there.
 *
 * @param keys its private keys
 * @param policy what it allows
 * @param roster its own copy of the roster
 */
public record Owner(PartyKeys keys, Policy policy, Roster roster) {}
