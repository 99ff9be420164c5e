package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Agreement;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.wire.WireWriter;
import java.nio.charset.StandardCharsets;

/**
 * Keeps the secret of each pair of workers in the executor's memory for the whole run, and for both
 * of a pair, which find it under their names and public keys. None is needed: a secret that isn't
 * here is agreed on again.
 */
final class PairSecrets {
  /** 64 MiB: the pairs of some 20,000 workers in one process, as many of them as have to be. */
  private static final int MOST_PAIRS = 1 << 20;

  private static final PairTable MEMO = new PairTable(MOST_PAIRS);

  private PairSecrets() {}

  /**
   * Returns the secret of a pair: the same for both, and another in each run and for other keys.
   *
   * @param secret private key of {@code own}
   */
  static byte[] of(byte[] secret, Card own, Card peer, byte[] runId) {
    boolean ordered = own.worker().compareTo(peer.worker()) < 0;
    Card low = ordered ? own : peer;
    Card high = ordered ? peer : own;
    byte[] name = name(low, high, runId);
    synchronized (MEMO) {
      byte[] known = MEMO.find(name);
      if (known != null) {
        return known;
      }
    }
    byte[] pair =
        Kdf.derive(
            Agreement.sharedSecret(secret, peer.key()),
            "pair secret",
            runId,
            utf8(low.worker()),
            utf8(high.worker()));
    synchronized (MEMO) {
      MEMO.put(name, pair);
    }
    return pair;
  }

  /**
   * All that the secret depends on, and the same for both. Keys alone don't do: a worker may sign
   * another's public key as its own, and must not come by the other's secrets.
   */
  private static byte[] name(Card low, Card high, byte[] runId) {
    return Kdf.sha256(
        new WireWriter()
            .bytes(runId)
            .text(low.worker())
            .bytes(low.key())
            .text(high.worker())
            .bytes(high.key())
            .toByteArray());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Forgets everything, as a lost executor does. */
  static void clear() {
    synchronized (MEMO) {
      MEMO.clear();
    }
  }
}
