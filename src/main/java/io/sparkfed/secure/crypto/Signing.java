package io.sparkfed.secure.crypto;

import io.sparkfed.wire.ProtocolException;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** Ed25519 signatures (RFC 8032, section 5.1). Deterministic: a message has one signature. */
public final class Signing {
  /** Length of a private key (the seed) and of a public key, in bytes. */
  public static final int KEY_LENGTH = Ed25519.PUBLIC_KEY_SIZE;

  /** Length of a signature, in bytes. */
  public static final int SIGNATURE_LENGTH = Ed25519.SIGNATURE_SIZE;

  private Signing() {}

  /** Returns the public key of a 32-byte private key. */
  public static byte[] publicKey(byte[] privateKey) {
    byte[] out = new byte[KEY_LENGTH];
    Ed25519.generatePublicKey(privateKey, 0, out, 0);
    return out;
  }

  /** Returns the signature of {@code message}. */
  public static byte[] sign(byte[] privateKey, byte[] message) {
    byte[] out = new byte[SIGNATURE_LENGTH];
    Ed25519.sign(privateKey, 0, message, 0, message.length, out, 0);
    return out;
  }

  /** Signs several messages with one key, whose public half each signature needs. */
  public static final class Signer {
    private final byte[] privateKey;
    private final byte[] publicKey;

    /** Takes over a 32-byte private key. */
    public Signer(byte[] privateKey) {
      this.privateKey = privateKey;
      this.publicKey = publicKey(privateKey);
    }

    /** Returns the signature of {@code message}: the same as {@link Signing#sign}. */
    public byte[] sign(byte[] message) {
      byte[] out = new byte[SIGNATURE_LENGTH];
      Ed25519.sign(privateKey, 0, publicKey, 0, message, 0, message.length, out, 0);
      return out;
    }
  }

  /**
   * Checks a signature.
   *
   * @throws ProtocolException if it isn't the key's signature of the message
   */
  public static void verify(byte[] publicKey, byte[] message, byte[] signature) {
    boolean valid =
        publicKey.length == KEY_LENGTH
            && signature.length == SIGNATURE_LENGTH
            && Ed25519.verify(signature, 0, publicKey, 0, message, 0, message.length);
    if (!valid) {
      throw new ProtocolException("a signature must be its sender's");
    }
  }
}
