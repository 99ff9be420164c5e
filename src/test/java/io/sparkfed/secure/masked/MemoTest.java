package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.sparkfed.secure.crypto.Agreement;
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

  @Test
  void agreed_again_isRememberedUntilForgotten() {
    SecretMemo.clear();
    byte[] secret = Rehearsal.hash(1);
    byte[] peer = Agreement.publicKey(Rehearsal.hash(2));
    byte[] first = SecretMemo.agreed(secret, peer);

    assertSame(first, SecretMemo.agreed(secret, peer));
    assertArrayEquals(first, Agreement.sharedSecret(secret, peer));
    SecretMemo.clear();
    assertNotSame(first, SecretMemo.agreed(secret, peer));
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
