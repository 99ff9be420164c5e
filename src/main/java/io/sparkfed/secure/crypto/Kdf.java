package io.sparkfed.secure.crypto;

import io.sparkfed.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/**
 * SHA-256, HMAC-SHA256 and HKDF-SHA256 (RFC 5869). Contexts are built by {@link WireWriter}, so
 * that every part is length-prefixed and no two contexts collide.
 */
public final class Kdf {
  /** Length of every key and hash here, in bytes. */
  public static final int LENGTH = 32;

  private static final ThreadsOwn<MessageDigest> DIGEST =
      new ThreadsOwn<>(() -> MessageDigest.getInstance("SHA-256"));

  private static final ThreadsOwn<Mac> MAC = new ThreadsOwn<>(() -> Mac.getInstance("HmacSHA256"));

  private Kdf() {}

  /** Returns {@value #LENGTH} fresh random bytes of a secure source. */
  public static byte[] fresh() {
    byte[] bytes = new byte[LENGTH];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  /** Returns SHA-256 of {@code data}. */
  public static byte[] sha256(byte[] data) {
    return DIGEST.get().digest(data);
  }

  /** Returns HMAC-SHA256. */
  public static byte[] hmac(byte[] key, byte[] data) {
    try {
      Mac mac = MAC.get();
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(data);
    } catch (InvalidKeyException e) {
      throw new IllegalStateException("every key is one of HmacSHA256", e);
    }
  }

  /**
   * Returns HKDF-SHA256 output (RFC 5869 sections 2.2 and 2.3).
   *
   * @param secret input keying material
   * @param salt salt; empty for none
   * @param info context
   * @param length bytes wanted, at most 255 * 32
   */
  public static byte[] hkdf(byte[] secret, byte[] salt, byte[] info, int length) {
    HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
    generator.init(new HKDFParameters(secret, salt, info));
    byte[] out = new byte[length];
    generator.generateBytes(out, 0, length);
    return out;
  }

  /**
   * Returns a pseudo-random function's value: HMAC-SHA256, for many keys from one that is uniformly
   * random itself.
   *
   * @param key 32 uniformly random bytes
   * @param label the purpose; no two purposes share a label
   * @param context what the value is bound to
   */
  public static byte[] prf(byte[] key, String label, byte[]... context) {
    WireWriter data = new WireWriter().text(label);
    for (byte[] part : context) {
      data.bytes(part);
    }
    return hmac(key, data.toByteArray());
  }

  /**
   * Derives a 32-byte key from a secret for one purpose.
   *
   * @param secret a uniformly random secret
   * @param label the purpose; no two purposes share a label
   * @param context what the key is bound to
   */
  public static byte[] derive(byte[] secret, String label, byte[]... context) {
    WireWriter info = new WireWriter();
    info.bytes(label.getBytes(StandardCharsets.UTF_8));
    for (byte[] part : context) {
      info.bytes(part);
    }
    return hkdf(secret, new byte[0], info.toByteArray(), LENGTH);
  }
}
