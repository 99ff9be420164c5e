package io.sparkfed.secure.crypto;

import io.sparkfed.wire.ProtocolException;
import java.util.Arrays;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContext;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;

/**
 * Hybrid public key encryption (RFC 9180), base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
 * AES-256-GCM. For short plaintexts: keys, not vectors.
 */
public final class Hpke {
  /** Length of an encapsulated key, in bytes. */
  public static final int ENCAPSULATED_LENGTH = 32;

  private Hpke() {}

  /** The suite's object keeps state while it works: tasks of one process must not share it. */
  private static HPKE suite() {
    return new HPKE(
        HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
  }

  /**
   * Seals {@code plaintext} to a public key. The same arguments give the same bytes, so that a
   * re-executed task sends what it sent before.
   *
   * @param publicKey the receiver's X25519 public key
   * @param ephemeral 32 secret bytes that serve this plaintext alone
   * @return encapsulated key, then ciphertext
   */
  public static byte[] seal(
      byte[] publicKey, byte[] ephemeral, byte[] info, byte[] associated, byte[] plaintext) {
    HPKE suite = suite();
    try {
      AsymmetricCipherKeyPair pair =
          suite.deserializePrivateKey(ephemeral, Agreement.publicKey(ephemeral));
      HPKEContextWithEncapsulation context =
          suite.setupBaseS(suite.deserializePublicKey(publicKey), info, pair);
      byte[] sealed = context.seal(associated, plaintext);
      byte[] out = new byte[ENCAPSULATED_LENGTH + sealed.length];
      System.arraycopy(context.getEncapsulation(), 0, out, 0, ENCAPSULATED_LENGTH);
      System.arraycopy(sealed, 0, out, ENCAPSULATED_LENGTH, sealed.length);
      return out;
    } catch (InvalidCipherTextException | RuntimeException e) {
      throw new ProtocolException("the receiver's public key must be a valid X25519 key");
    }
  }

  /**
   * Opens what {@link #seal} made.
   *
   * @throws ProtocolException if key, context or ciphertext is not the sealer's
   */
  public static byte[] open(byte[] privateKey, byte[] info, byte[] associated, byte[] message) {
    if (message.length < ENCAPSULATED_LENGTH) {
      throw new ProtocolException("a sealed message must be complete");
    }
    byte[] encapsulated = Arrays.copyOf(message, ENCAPSULATED_LENGTH);
    byte[] sealed = Arrays.copyOfRange(message, ENCAPSULATED_LENGTH, message.length);
    HPKE suite = suite();
    try {
      AsymmetricCipherKeyPair pair =
          suite.deserializePrivateKey(privateKey, Agreement.publicKey(privateKey));
      HPKEContext context = suite.setupBaseR(encapsulated, pair, info);
      return context.open(associated, sealed);
    } catch (InvalidCipherTextException | RuntimeException e) {
      throw new ProtocolException("a sealed message must open under its key");
    }
  }
}
