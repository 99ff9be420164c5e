package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What executors remember between sums saves work and changes nothing. */
class MemoTest {

  @Test
  void reveal_rememberedSecretsOrNot_isTheSame() {
    Rehearsal session = Rehearsal.of(5, 3, 31L);
    List<byte[]> masked = session.mask(session.all());
    session.receive(masked);
    byte[] remembered = session.revealTask("w01", session.all());
    PairSecrets.clear();
    Cards.forgetAll();

    assertArrayEquals(remembered, session.revealTask("w01", session.all()));
    assertArrayEquals(masked.get(1), session.maskTask("w01"));
  }

  /** Where both workers of a pair sit in one process, the second finds what the first agreed on. */
  @Test
  void pairSecret_fromEitherSide_isAgreedOnOnceUntilForgotten() {
    PairSecrets.clear();
    Rehearsal session = Rehearsal.of(3, 3, 32L);
    Card one = session.card("w00");
    Card other = session.card("w01");
    byte[] secret = Card.secret(session.owner("w00").keysOf(session.runId), session.runId);
    byte[] otherSecret = Card.secret(session.owner("w01").keysOf(session.runId), session.runId);
    // No private key of the pair: only what is remembered can give the pair's secret.
    byte[] none = Rehearsal.hash(3);

    byte[] expected = PairSecrets.of(secret, one, other, session.runId);
    assertArrayEquals(expected, PairSecrets.of(none, one, other, session.runId));
    assertArrayEquals(expected, PairSecrets.of(none, other, one, session.runId));
    PairSecrets.clear();
    assertFalse(Arrays.equals(expected, PairSecrets.of(none, other, one, session.runId)));
    PairSecrets.clear();
    assertArrayEquals(expected, PairSecrets.of(otherSecret, other, one, session.runId));
    PairSecrets.clear();
  }
}
