package io.sparkfed.secure.keys;

/** The public keys of all parties. Every party holds a copy; sessions are bound to its hash. */
public interface Roster {

  /**
   * Returns the Ed25519 public key of a worker.
   *
   * @throws io.sparkfed.wire.ProtocolException if it is not on the roster
   */
  byte[] publicKey(String worker);

  /** Returns the hash of the roster, 32 bytes. */
  byte[] hash();
}
