package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Agreement;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps what workers agreed on with their neighbors in the executor's memory: the secrets that
 * shares are encrypted with stay the same for a run, and are two thirds of what would be agreed on
 * in each sum. Those not used for longest go first where there are too many, and none is needed: a
 * secret that isn't here is agreed on again.
 */
final class SecretMemo {
  /** About 200 bytes each. */
  private static final int MOST = 1 << 16;

  private static final Map<ByteBuffer, byte[]> MEMO = new LinkedHashMap<>(16, 0.75f, true);

  private SecretMemo() {}

  /** Returns the shared secret of a private and a public key. */
  static byte[] agreed(byte[] secret, byte[] peerKey) {
    ByteBuffer key =
        ByteBuffer.wrap(Kdf.sha256(new WireWriter().bytes(secret).bytes(peerKey).toByteArray()));
    synchronized (MEMO) {
      byte[] known = MEMO.get(key);
      if (known != null) {
        return known;
      }
    }
    byte[] agreed = Agreement.sharedSecret(secret, peerKey);
    synchronized (MEMO) {
      MEMO.put(key, agreed);
      if (MEMO.size() > MOST) {
        MEMO.remove(MEMO.keySet().iterator().next());
      }
    }
    return agreed;
  }

  /** Forgets everything, as a lost executor does. */
  static void clear() {
    synchronized (MEMO) {
      MEMO.clear();
    }
  }
}
