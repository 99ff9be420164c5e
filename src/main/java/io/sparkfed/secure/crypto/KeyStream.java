package io.sparkfed.secure.crypto;

import io.sparkfed.aggregate.Ring;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.security.GeneralSecurityException;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;
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

  private static final ThreadsOwn<Cipher> SHARED = new ThreadsOwn<>(KeyStream::found);

  private final Cipher cipher;

  /** Starts the stream of {@code key}. */
  public KeyStream(byte[] key) {
    this(key, found());
  }

  private KeyStream(byte[] key, Cipher cipher) {
    this.cipher = cipher;
    try {
      cipher.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES-256 in counter mode", e);
    }
  }

  private static Cipher found() {
    try {
      return Cipher.getInstance("AES/CTR/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES-256 in counter mode", e);
    }
  }

  /** Adds the stream of a key, which serves nothing else, to {@code vector}. */
  public static void add(byte[] key, long[] vector, Ring ring) {
    new KeyStream(key, SHARED.get()).addTo(vector, ring);
  }

  /** Takes the stream of a key, which serves nothing else, from {@code vector}. */
  public static void subtract(byte[] key, long[] vector, Ring ring) {
    new KeyStream(key, SHARED.get()).subtractFrom(vector, ring);
  }

  /**
   * Returns what is made of the stream of a key, which serves nothing else. For a short stream this
   * costs a fraction of one of its own: to find a cipher takes longer.
   *
   * @param use keeps nothing of the stream
   */
  public static <T> T within(byte[] key, Function<KeyStream, T> use) {
    return SHARED.lend(cipher -> use.apply(new KeyStream(key, cipher)));
  }

  /** Fills {@code out} with the next bytes of the stream. */
  public void next(byte[] out) {
    update(out, out.length);
  }

  /** Adds the next words of the stream to {@code vector}. */
  public void addTo(long[] vector, Ring ring) {
    Ring.Running sum = new Ring.Running(ring, vector);
    inChunks(vector.length, sum::add);
  }

  /** Subtracts the next words of the stream from {@code vector}. */
  public void subtractFrom(long[] vector, Ring ring) {
    Ring.Running sum = new Ring.Running(ring, vector);
    inChunks(vector.length, sum::subtract);
  }

  private void inChunks(int words, ObjIntConsumer<long[]> use) {
    int most = Math.min(words, CHUNK_BYTES / Long.BYTES);
    byte[] bytes = new byte[most * Long.BYTES];
    LongBuffer stream = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    long[] chunk = new long[most];
    for (int from = 0; from < words; from += most) {
      int count = Math.min(words - from, most);
      update(bytes, count * Long.BYTES);
      stream.get(0, chunk, 0, count);
      use.accept(chunk, count);
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
