package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.NonFiniteValueException;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Ring;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;
import io.sparkfed.secure.crypto.Shamir;
import io.sparkfed.secure.keys.EphemeralKeys;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.secure.masked.PhaseFederation.Call;
import io.sparkfed.secure.masked.PhaseFederation.Line;
import io.sparkfed.secure.masked.PhaseFederation.Phase;
import io.sparkfed.secure.protocol.EndOfRun;
import io.sparkfed.testing.Asked;
import io.sparkfed.wire.ProtocolException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Spark may run a task again, elsewhere, with another outcome: what leaves a worker must not tell.
 */
class LatchTest {
  private static final SortedMap<String, long[]> HELD = Rehearsal.vectors(4, 3, 1L);
  private static final Words<long[]> SEND = Rehearsal.SEND;

  /** Runs each task several times, and forgets what is only kept to save work. */
  private static final class Rerunning implements Line {
    private final Map<String, Set<String>> distinct = new HashMap<>();
    private final boolean forgetting;

    Rerunning(boolean forgetting) {
      this.forgetting = forgetting;
    }

    @Override
    public Object call(Phase phase, String worker, Call call, MaskedFrame frame) {
      byte[] message = null;
      for (int attempt = 0; attempt < 3; attempt++) {
        if (forgetting) {
          Cards.forgetAll();
          PairSecrets.clear();
        }
        byte[] again = (byte[]) call.run(frame);
        if (again.length > 0) {
          message = again;
          distinct
              .computeIfAbsent(phase + " " + worker, key -> new HashSet<>())
              .add(HexFormat.of().formatHex(message));
        }
      }
      return message;
    }
  }

  /** So at most one masked vector of a worker exists in a session. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aggregate_everyTaskRunAgain_sendsTheSameBytes(boolean forgetting) {
    Rerunning line = new Rerunning(forgetting);

    Opened<long[]> opened = aggregate(new MaskedSum(ThrowAwayKeys.random(), 2), line, HELD, SEND);

    assertArrayEquals(sumOf(HELD.keySet()), opened.value());
    assertEquals(3 * 4, line.distinct.size());
    line.distinct.forEach((task, messages) -> assertEquals(1, messages.size(), task));
  }

  /**
   * Each run of this work gives worker w01 another vector: the first one is all that ever leaves.
   */
  @Test
  void aggregate_vectorDiffersInEachRun_sendsTheFirstAlone() {
    long[] attempts = {0};
    Words<long[]> work =
        Asked.words(
            (worker, vector) -> {
              long[] mine = vector.clone();
              if (worker.equals("w01")) {
                mine[2] += attempts[0]++;
              }
              return mine;
            });
    Rerunning line = new Rerunning(true);

    Opened<long[]> opened = aggregate(new MaskedSum(ThrowAwayKeys.random(), 2), line, HELD, work);

    assertEquals(3, attempts[0]);
    assertEquals(1, line.distinct.get("MASK w01").size());
    assertArrayEquals(sumOf(HELD.keySet()), opened.value());
  }

  @Test
  void mask_anotherVectorOrOtherParties_isRefused() {
    Rehearsal session = Rehearsal.of(4, 2, 2L);
    long[] own = Rehearsal.flagged(session.held.get("w00"));
    byte[] subject = Rehearsal.hash(0);
    WorkerSide side = session.side("w00");
    side.mask(own, Ring.OF_WORDS, subject);
    side.mask(own, Ring.OF_WORDS, subject);

    String rule = "a session is masked once, and the journal holds another vector or other parties";
    for (int j = 0; j < own.length; j++) {
      for (int bit : new int[] {0, 31, 63}) {
        long[] other = own.clone();
        other[j] ^= 1L << bit;
        refused(rule, () -> side.mask(other, Ring.OF_WORDS, subject));
      }
    }
    refused(rule, () -> side.mask(Arrays.copyOf(own, 3), Ring.OF_WORDS, subject));
    refused(rule, () -> side.mask(own, Ring.OF_WORDS, Rehearsal.hash(1)));
    List<Card> three = session.cards().subList(0, 3);
    WorkerSide elsewhere = session.side("w00", session.with(session.session.id(), 2, 2, 3, three));
    refused(rule, () -> elsewhere.mask(own, Ring.OF_WORDS, subject));
  }

  private static void refused(String rule, Runnable broken) {
    assertEquals(rule, assertThrows(ProtocolException.class, broken::run).getMessage());
  }

  /** Should a latch ever fail: other plaintexts have other self masks and other share keys. */
  @Test
  void mask_anotherVectorWithoutALatch_sharesNoBytes() {
    Rehearsal session = new Rehearsal(HELD, 2, 3L);
    MaskedVector one =
        MaskedVector.parse(
            session.side("w00").mask(new long[] {1, 2, 0}, Ring.OF_WORDS, Rehearsal.hash(0)));
    session.keys.forgetAll();
    MaskedVector other =
        MaskedVector.parse(
            session.side("w00").mask(new long[] {1, 2, 1}, Ring.OF_WORDS, Rehearsal.hash(0)));

    assertFalse(Arrays.equals(one.commitment(), other.commitment()));
    long[] words = new long[3];
    one.addTo(words, Ring.OF_WORDS);
    long[] others = new long[3];
    other.addTo(others, Ring.OF_WORDS);
    for (int j = 0; j < 3; j++) {
      assertNotEquals(others[j], words[j]);
    }
    one.pledges()
        .forEach(
            (holder, pledge) ->
                assertFalse(
                    Arrays.equals(
                        pledge.sealedShare(), other.pledges().get(holder).sealedShare())));
  }

  /** The same vector in two sessions: nothing is the same on the wire. */
  @Test
  void mask_sameVectorInTwoSessions_sharesNoBytes() {
    Rehearsal session = Rehearsal.of(4, 3, 4L);
    Session other = session.with(Rehearsal.hash(5), 2, 3, 3, session.cards());
    long[] vector = Rehearsal.flagged(session.held.get("w00"));
    MaskedVector one =
        MaskedVector.parse(session.side("w00").mask(vector, Ring.OF_WORDS, Rehearsal.hash(0)));
    MaskedVector two =
        MaskedVector.parse(
            session.side("w00", other).mask(vector, Ring.OF_WORDS, Rehearsal.hash(0)));

    assertFalse(Arrays.equals(one.commitment(), two.commitment()));
    long[] sum = new long[5];
    one.addTo(sum, Ring.OF_WORDS);
    long[] others = new long[5];
    two.addTo(others, Ring.OF_WORDS);
    for (int j = 0; j < 5; j++) {
      assertNotEquals(sum[j], others[j]);
    }
    one.pledges()
        .forEach(
            (holder, pledge) -> {
              MaskedVector.Pledge again = two.pledges().get(holder);
              assertFalse(Arrays.equals(pledge.sealedShare(), again.sealedShare()));
              assertFalse(Arrays.equals(pledge.seedHash(), again.seedHash()));
            });
  }

  /** A worker that is asked another question derives other keys in everything. */
  @Test
  void aggregate_oneWorkerIsAskedAnotherQuestion_isNotInTheSum() {
    Line line =
        new Line() {
          @Override
          public Object call(Phase phase, String worker, Call call, MaskedFrame frame) {
            return phase == Phase.MASK && worker.equals("w02")
                ? call.run(new MaskedFrame.Mask(((MaskedFrame.Mask) frame).session(), new byte[1]))
                : call.run(frame);
          }
        };

    Opened<long[]> opened = aggregate(new MaskedSum(ThrowAwayKeys.random(), 2), line, HELD, SEND);
    assertArrayEquals(sumOf(Set.of("w00", "w01", "w03")), opened.value());

    // Without a roster nobody signs. Its shares don't open where they arrive, so nothing is opened
    // with it, and then the sum of the others is.
    assertArrayEquals(
        sumOf(Set.of("w00", "w01", "w03")),
        aggregate(new MaskedSum(new EphemeralKeys(), 2), line, HELD, SEND).value());
  }

  /** Of each worker either the self mask or the masks with it come to light, never both. */
  @Test
  void reveal_anySurvivors_revealsOneKindOfEachWorker() {
    Rehearsal session = Rehearsal.of(6, 2, 6L);
    SortedSet<String> survivors = session.allBut("w05");
    session.receive(session.mask(survivors));
    Map<String, List<byte[]>> shares = new TreeMap<>();
    for (byte[] message : session.reveal(survivors, survivors)) {
      Reveal reveal = Reveal.parse(message);
      assertEquals(survivors, reveal.shares().keySet());
      assertEquals(Set.of("w05"), reveal.seeds().keySet());
      reveal
          .shares()
          .forEach(
              (owner, share) ->
                  shares.computeIfAbsent(owner, worker -> new ArrayList<>()).add(share));
    }
    int[] indices = {1, 2, 3, 4, 5};
    for (String worker : survivors) {
      byte[] commitment = MaskedVector.parse(session.maskTask(worker)).commitment();
      byte[] expected =
          session.owner(worker).keysOf(session.runId).derive("self", session.context(), commitment);
      assertArrayEquals(
          expected, Shamir.combine(indices, shares.get(worker).toArray(new byte[0][])));
    }
  }

  /** The flag opens; the words beside it are not those of the workers whose vectors were finite. */
  @Test
  void reveal_vectorNotFinite_opensTheFlagAndBlindsThePayload() {
    Rehearsal session = Rehearsal.of(4, 3, 7L);
    Words<long[]> work =
        Asked.words(
            (worker, vector) -> {
              if (worker.equals("w03")) {
                throw new NonFiniteValueException(3);
              }
              return vector;
            });
    MaskedFrame mask = new MaskedFrame.Mask(session.session, SEND.toBytes());
    session.receive(
        session.all().stream()
            .map(w -> MaskedTask.of(session.keys, mask, work).run(w, session.held.get(w)))
            .toList());

    long[] sum = session.open(session.reveal(session.all(), session.all()));

    long[] others = session.sumOf(session.allBut("w03"));
    assertEquals(1, sum[0]);
    assertEquals(4, sum[1]);
    for (int j = 2; j < 5; j++) {
      assertNotEquals(others[j], sum[j]);
    }
  }

  @Test
  void blinding_anotherSessionOrWorker_isAnother() {
    Rehearsal one = Rehearsal.of(3, 2, 8L);
    Session other = one.with(Rehearsal.hash(9), 2, 2, 3, one.cards());

    byte[] key = one.side("w00").blindingKey();
    assertArrayEquals(key, one.side("w00").blindingKey());
    assertFalse(Arrays.equals(key, one.side("w01").blindingKey()));
    assertFalse(Arrays.equals(key, one.side("w00", other).blindingKey()));
  }

  /** A run's cards and masks are gone with its secret, whoever holds the owner's keys. */
  @Test
  void card_afterTheRunHasEnded_isAnother() {
    KeyRing keys = new EphemeralKeys();
    byte[] run = Rehearsal.hash(11);
    MaskedTask<long[]> wanted = MaskedTask.of(keys, new MaskedFrame.CardsWanted(run));
    Card before = Card.parse(wanted.run("latch", new long[0]));
    assertArrayEquals(before.toBytes(), wanted.run("latch", new long[0]));

    EndOfRun.tell(new InProcessFederation<>(Map.of("latch", new long[0])), keys, run, Set.of());

    Card after = Card.parse(wanted.run("latch", new long[0]));
    assertArrayEquals(before.identity(), after.identity());
    assertFalse(Arrays.equals(before.key(), after.key()));
    assertTrue(after.toBytes().length > 0);
  }

  private static Opened<long[]> aggregate(
      MaskedSum sum, Line line, SortedMap<String, long[]> held, Words<long[]> work) {
    return sum.sum(
        new PhaseFederation(held, line), new Visit("sum", 1, List.copyOf(held.keySet())), work);
  }

  private static long[] sumOf(Set<String> workers) {
    long[] sum = new long[3];
    for (String worker : workers) {
      Arrays.setAll(sum, j -> sum[j] + HELD.get(worker)[j]);
    }
    return sum;
  }
}
