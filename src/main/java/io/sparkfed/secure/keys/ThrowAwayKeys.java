package io.sparkfed.secure.keys;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.Signing;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/**
 * Keys of all parties from one secret that travels with the tasks: for local and simulated runs.
 *
 * <p><b>Security guarantees: none.</b> Whoever has the secret, the driver first of all, can derive
 * every key. It exercises the protocol; it protects nobody.
 */
public final class ThrowAwayKeys implements KeyRing {
  private static final long serialVersionUID = 1L;

  private final byte[] secret;

  /** Creates keys from a secret of 32 bytes. */
  public ThrowAwayKeys(byte[] secret) {
    this.secret = secret.clone();
  }

  /** Creates keys from a fresh random secret. */
  public static ThrowAwayKeys random() {
    byte[] secret = new byte[Kdf.LENGTH];
    new SecureRandom().nextBytes(secret);
    return new ThrowAwayKeys(secret);
  }

  @Override
  public PartyKeys own(String party) {
    byte[] name = party.getBytes(StandardCharsets.UTF_8);
    return new PartyKeys(
        Kdf.derive(secret, "throw-away identity", name),
        Kdf.derive(secret, "throw-away master", name));
  }

  @Override
  public byte[] publicKey(String party) {
    return Signing.publicKey(own(party).identity());
  }

  @Override
  public byte[] rosterHash() {
    return Kdf.derive(secret, "throw-away roster");
  }

  @Override
  public Policy policy(String party) {
    return Policy.PERMISSIVE;
  }
}
