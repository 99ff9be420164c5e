package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Agreement;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.wire.WireWriter;
import java.util.Arrays;

/**
 * Keeps what pairs of workers agreed on in the executor's memory: each secret is needed in several
 * phases, and by both workers of a pair, which find it under their two public keys. None is needed:
 * a secret that isn't here is agreed on again.
 */
final class SecretMemo {
  /** 64 MiB: in a session, the pairs of some 10,000 workers in one process. */
  private static final int MOST_PAIRS = 1 << 20;

  private static final PairTable MEMO = new PairTable(MOST_PAIRS);

  private SecretMemo() {}

  /**
   * Returns the shared secret of a private and a public key.
   *
   * @param ownKey the public key of {@code secret}
   */
  static byte[] agreed(byte[] secret, byte[] ownKey, byte[] peerKey) {
    byte[] pair = pair(ownKey, peerKey);
    synchronized (MEMO) {
      byte[] known = MEMO.find(pair);
      if (known != null) {
        return known;
      }
    }
    byte[] agreed = Agreement.sharedSecret(secret, peerKey);
    synchronized (MEMO) {
      MEMO.put(pair, agreed);
    }
    return agreed;
  }

  /** The same for both: which key is whose doesn't matter to the secret. */
  private static byte[] pair(byte[] one, byte[] other) {
    boolean ordered = Arrays.compare(one, other) < 0;
    return Kdf.sha256(
        new WireWriter().bytes(ordered ? one : other).bytes(ordered ? other : one).toByteArray());
  }

  /** Forgets everything, as a lost executor does. */
  static void clear() {
    synchronized (MEMO) {
      MEMO.clear();
    }
  }
}
