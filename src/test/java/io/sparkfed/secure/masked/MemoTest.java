package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.sparkfed.secure.crypto.Agreement;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What executors remember between phases saves work and changes nothing. */
class MemoTest {

  @Test
  void reveal_rememberedSecretsOrNot_isTheSame() {
    Rehearsal session = Rehearsal.of(5, 3, 31L);
    session.pin(session.commit(session.all()));
    byte[] remembered = session.revealTask("w01", session.all());
    SecretMemo.clear();

    assertArrayEquals(remembered, session.revealTask("w01", session.all()));
  }

  /** Where both workers of a pair sit in one process, the second finds what the first agreed on. */
  @Test
  void agreed_fromEitherSide_isAgreedOnOnceUntilForgotten() {
    SecretMemo.clear();
    byte[] secret = Rehearsal.hash(1);
    byte[] own = Agreement.publicKey(secret);
    byte[] peerSecret = Rehearsal.hash(2);
    byte[] peer = Agreement.publicKey(peerSecret);
    byte[] expected = Agreement.sharedSecret(secret, peer);
    // No private key of the pair: only what is remembered can give the pair's secret.
    byte[] none = Rehearsal.hash(3);

    assertArrayEquals(expected, SecretMemo.agreed(secret, own, peer));
    assertArrayEquals(expected, SecretMemo.agreed(none, own, peer));
    assertArrayEquals(expected, SecretMemo.agreed(none, peer, own));
    SecretMemo.clear();
    assertFalse(Arrays.equals(expected, SecretMemo.agreed(none, peer, own)));
    SecretMemo.clear();
    assertArrayEquals(expected, SecretMemo.agreed(peerSecret, peer, own));
  }

  /** Sessions that fail leave vectors behind; they must not keep later ones out. */
  @Test
  void updates_moreThanFit_forgetTheOldest() {
    UpdateMemo.clear();
    AtomicInteger computed = new AtomicInteger();
    for (int session = 0; session < 9; session++) {
      vector(session, computed);
    }
    assertEquals(9, computed.get());
    vector(8, computed);
    assertEquals(9, computed.get());
    vector(0, computed);
    assertEquals(10, computed.get());
    UpdateMemo.clear();
  }

  private static void vector(int session, AtomicInteger computed) {
    UpdateMemo.computeIfAbsent(
        Rehearsal.hash(session),
        "w",
        () -> {
          computed.incrementAndGet();
          return new long[1 << 20];
        });
  }
}
