package io.sparkfed.secure.crypto;

import io.sparkfed.wire.ProtocolException;
import org.bouncycastle.math.ec.rfc7748.X25519;

/** X25519 key agreement (RFC 7748). */
public final class Agreement {
  /** Length of private and public keys, in bytes. */
  public static final int KEY_LENGTH = X25519.POINT_SIZE;

  private Agreement() {}

  /** Returns the public key of a 32-byte private key. */
  public static byte[] publicKey(byte[] privateKey) {
    byte[] out = new byte[KEY_LENGTH];
    X25519.generatePublicKey(privateKey, 0, out, 0);
    return out;
  }

  /**
   * Returns the shared secret of a private key and a peer's public key.
   *
   * @throws ProtocolException if the public key has a small order, so that the secret would be zero
   */
  public static byte[] sharedSecret(byte[] privateKey, byte[] peerPublicKey) {
    if (peerPublicKey.length != KEY_LENGTH) {
      throw new ProtocolException("an X25519 public key must have 32 bytes");
    }
    byte[] out = new byte[KEY_LENGTH];
    if (!X25519.calculateAgreement(privateKey, 0, peerPublicKey, 0, out, 0)) {
      throw new ProtocolException("an X25519 public key must not have a small order");
    }
    return out;
  }
}
