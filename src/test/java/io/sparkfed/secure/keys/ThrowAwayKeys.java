package io.sparkfed.secure.keys;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.Signing;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/**
 * Keys of all parties from one secret that travels with the tasks: for tests that need the same
 * keys again.
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

  /** Makes all parties forget everything. */
  public void forgetAll() {
    ThrowAwayJournal.forgetAll(secret);
  }

  /** Makes all parties forget what they opened. */
  public void forgetAnswers() {
    ThrowAwayJournal.forgetAnswers(secret);
  }

  @Override
  public Owner open(String worker) {
    return new Owner(
        keys(worker), Policy.PERMISSIVE, ThrowAwayJournal.of(secret, worker), roster());
  }

  @Override
  public Roster roster() {
    return new Roster() {
      @Override
      public byte[] publicKey(String worker) {
        return Signing.publicKey(keys(worker).identity());
      }

      @Override
      public byte[] hash() {
        return Kdf.derive(secret, "throw-away roster");
      }
    };
  }

  private PartyKeys keys(String worker) {
    byte[] name = worker.getBytes(StandardCharsets.UTF_8);
    return new PartyKeys(
        Kdf.derive(secret, "throw-away identity", name),
        Kdf.derive(secret, "throw-away master", name));
  }
}
