package io.sparkfed.secure.keys;

import java.io.Serializable;

/** Finds keys: a party's own where the party is, anybody's public ones anywhere. */
public interface KeyRing extends Serializable {

  /**
   * Returns the private keys of {@code party}. Called at that party's place only.
   *
   * @throws io.sparkfed.secure.crypto.ProtocolException if they are not to be had here
   */
  PartyKeys own(String party);

  /**
   * Returns the Ed25519 public key of {@code party}.
   *
   * @throws io.sparkfed.secure.crypto.ProtocolException if the party is not on the roster
   */
  byte[] publicKey(String party);

  /** Returns the hash of the roster that all parties must share. */
  byte[] rosterHash();

  /** Returns what the owner of {@code party} allows. Called at that party's place only. */
  Policy policy(String party);
}
