package io.sparkfed.secure.crypto;

import io.sparkfed.wire.ProtocolException;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM (NIST SP 800-38D) with keys that serve a single plaintext.
 *
 * <p>The nonce is fixed at 0, which is safe because and only because every key is derived for
 * exactly one plaintext: callers bind keys to a commitment of what they seal.
 */
public final class Sealing {
  private static final int TAG_BITS = 128;

  private static final ThreadsOwn<Cipher> CIPHER =
      new ThreadsOwn<>(() -> Cipher.getInstance("AES/GCM/NoPadding"));

  private Sealing() {}

  /** Seals {@code plaintext} under a key that is used for nothing else. */
  public static byte[] seal(byte[] singleUseKey, byte[] plaintext, byte[] associated) {
    try {
      return cipher(Cipher.ENCRYPT_MODE, singleUseKey, associated).doFinal(plaintext);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES-256-GCM", e);
    }
  }

  /**
   * Opens what {@link #seal} made.
   *
   * @throws ProtocolException if the key, the ciphertext or the associated data is not the sealer's
   */
  public static byte[] open(byte[] singleUseKey, byte[] ciphertext, byte[] associated) {
    if (ciphertext.length < TAG_BITS / Byte.SIZE) {
      throw new ProtocolException("a sealed message must be complete");
    }
    try {
      return cipher(Cipher.DECRYPT_MODE, singleUseKey, associated).doFinal(ciphertext);
    } catch (AEADBadTagException e) {
      throw new ProtocolException("a sealed message must open under its key");
    } catch (GeneralSecurityException e) {
      throw new ProtocolException("a sealed message must be complete");
    }
  }

  private static Cipher cipher(int mode, byte[] key, byte[] associated)
      throws GeneralSecurityException {
    SecretKeySpec secret = new SecretKeySpec(key, "AES");
    GCMParameterSpec zero = new GCMParameterSpec(TAG_BITS, new byte[12]);
    Cipher cipher = CIPHER.get();
    try {
      cipher.init(mode, secret, zero);
    } catch (InvalidAlgorithmParameterException e) {
      // A task that runs again may seal the same under the same key, which a cipher in use refuses.
      cipher = CIPHER.anew();
      cipher.init(mode, secret, zero);
    }
    cipher.updateAAD(associated);
    return cipher;
  }
}
