package io.sparkfed.secure.masked;

import io.sparkfed.wire.WireWriter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Keeps the vectors of phase B in the executor's memory until phase C, to save training twice. The
 * oldest go first where there are too many, and none is needed: a vector that isn't here is
 * computed again and must be the same.
 */
final class UpdateMemo {
  /** 32 MiB of words. */
  private static final long MAX_WORDS = 1L << 22;

  private static final Map<String, long[]> MEMO = new LinkedHashMap<>();
  private static long words;

  private UpdateMemo() {}

  static long[] computeIfAbsent(byte[] sessionId, String worker, Supplier<long[]> vector) {
    String key =
        Base64.getEncoder()
            .encodeToString(new WireWriter().bytes(sessionId).text(worker).toByteArray());
    synchronized (MEMO) {
      long[] known = MEMO.remove(key);
      if (known != null) {
        words -= known.length;
        return known;
      }
    }
    long[] computed = vector.get();
    synchronized (MEMO) {
      if (MEMO.putIfAbsent(key, computed) == null) {
        words += computed.length;
      }
      while (words > MAX_WORDS) {
        words -= MEMO.remove(MEMO.keySet().iterator().next()).length;
      }
    }
    return computed;
  }

  /** Forgets everything, as a lost executor does. */
  static void clear() {
    synchronized (MEMO) {
      MEMO.clear();
      words = 0;
    }
  }
}
