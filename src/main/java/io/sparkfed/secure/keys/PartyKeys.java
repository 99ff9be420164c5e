package io.sparkfed.secure.keys;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.Signing;
import java.nio.charset.StandardCharsets;

/**
 * The private keys of one party. Not serializable: they stay where they were read.
 *
 * @param identity Ed25519 private key, 32 bytes
 * @param master secret that every session secret is derived from, 32 bytes
 */
public record PartyKeys(byte[] identity, byte[] master) {

  /**
   * @throws IllegalArgumentException if a key doesn't have 32 bytes
   */
  public PartyKeys {
    if (identity.length != Signing.KEY_LENGTH || master.length != Kdf.LENGTH) {
      throw new IllegalArgumentException("identity and master keys must have 32 bytes");
    }
  }

  /** Signs {@code message} with the identity key. */
  public byte[] sign(byte[] message) {
    return Signing.sign(identity, message);
  }

  /** Returns keys whose secrets are derived from another one as well. */
  PartyKeys with(byte[] secret) {
    return new PartyKeys(identity, Kdf.derive(master, "run", secret));
  }

  /**
   * Returns the keys of what is made of one reading of a worker's rows: of another one, all that
   * follows from them is another, whether or not the rows are the same.
   *
   * @param reading a text that no other reading has; empty where there is one alone
   */
  public PartyKeys ofReading(String reading) {
    return reading.isEmpty()
        ? this
        : new PartyKeys(
            identity, Kdf.derive(master, "reading", reading.getBytes(StandardCharsets.UTF_8)));
  }

  /** Derives a session secret for one purpose from the master secret. */
  public byte[] derive(String label, byte[]... context) {
    return Kdf.derive(master, label, context);
  }
}
