package io.sparkfed.secure.crypto;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A pseudo-random stream from a 32-byte key: AES-256 in counter mode from counter 0 (NIST SP
 * 800-38A, section 6.5). A key serves one stream only.
 */
public final class KeyStream {
  /** Large enough to amortise the call, small enough to stay in cache and off slow JIT paths. */
  private static final int CHUNK_BYTES = 32 * 1024;

  private static final byte[] ZEROS = new byte[CHUNK_BYTES];

  private final Cipher cipher;

  /** Starts the stream of {@code key}. */
  public KeyStream(byte[] key) {
    try {
      cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES-256 in counter mode", e);
    }
  }

  /** Fills {@code out} with the next bytes of the stream. */
  public void next(byte[] out) {
    update(out, out.length);
  }

  /** Adds the next words of the stream to {@code vector}, modulo 2^64. */
  public void addTo(long[] vector) {
    combine(vector, 1L);
  }

  /** Subtracts the next words of the stream from {@code vector}, modulo 2^64. */
  public void subtractFrom(long[] vector) {
    combine(vector, -1L);
  }

  private void combine(long[] vector, long sign) {
    byte[] chunk = new byte[Math.min(vector.length, CHUNK_BYTES / Long.BYTES) * Long.BYTES];
    ByteBuffer words = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < vector.length; from += CHUNK_BYTES / Long.BYTES) {
      int count = Math.min(vector.length - from, CHUNK_BYTES / Long.BYTES);
      update(chunk, count * Long.BYTES);
      for (int k = 0; k < count; k++) {
        vector[from + k] += sign * words.getLong(k * Long.BYTES);
      }
    }
  }

  private void update(byte[] out, int length) {
    try {
      int done = 0;
      while (done < length) {
        int now = Math.min(length - done, CHUNK_BYTES);
        int written = cipher.update(ZEROS, 0, now, out, done);
        if (written != now) {
          throw new IllegalStateException("counter mode must give a byte for a byte");
        }
        done += now;
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("counter mode can't fail on a buffer of the right size", e);
    }
  }
}
