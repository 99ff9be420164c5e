package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.NonFiniteValueException;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;
import io.sparkfed.secure.crypto.Shamir;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.secure.masked.PhaseFederation.Call;
import io.sparkfed.secure.masked.PhaseFederation.Line;
import io.sparkfed.secure.masked.PhaseFederation.Phase;
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
class CommitThenMaskTest {
  private static final SortedMap<String, long[]> HELD = Rehearsal.vectors(4, 3, 1L);

  /** Forgets the vectors of phase B, and runs each task several times. */
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
          UpdateMemo.clear();
          SecretMemo.clear();
        }
        message = (byte[]) call.run(frame);
        distinct
            .computeIfAbsent(phase + " " + worker, key -> new HashSet<>())
            .add(HexFormat.of().formatHex(message));
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
    assertEquals(4 * 4, line.distinct.size());
    line.distinct.forEach((task, messages) -> assertEquals(1, messages.size(), task));
    assertTrue(line.distinct.values().stream().noneMatch(messages -> messages.contains("")));
  }

  private static final Words<long[]> SEND = Rehearsal.SEND;

  /** Each run of this work gives worker w01 a vector of its own: the last bit counts attempts. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aggregate_vectorDiffersInPhaseC_becomesADropoutAndIsNotInTheSum(boolean differs) {
    int[] attempts = {0};
    Words<long[]> work =
        Asked.words(
            (worker, vector) -> {
              long[] mine = vector.clone();
              if (differs && worker.equals("w01")) {
                mine[2] ^= attempts[0]++ & 1;
              }
              return mine;
            });
    List<byte[]> masked = new ArrayList<>();
    Line line =
        new Line() {
          @Override
          public Object call(Phase phase, String worker, Call call, MaskedFrame frame) {
            UpdateMemo.clear();
            SecretMemo.clear();
            Object message = call.run(frame);
            if (phase == Phase.MASK && worker.equals("w01")) {
              masked.add((byte[]) message);
            }
            return message;
          }
        };

    Opened<long[]> opened = aggregate(new MaskedSum(ThrowAwayKeys.random(), 2), line, HELD, work);

    assertEquals(1, masked.size());
    if (differs) {
      assertEquals(2, attempts[0]);
      assertArrayEquals(new byte[0], masked.get(0));
      assertArrayEquals(sumOf(Set.of("w00", "w02", "w03")), opened.value());
      assertEquals(1, opened.dropouts());
    } else {
      assertArrayEquals(sumOf(HELD.keySet()), opened.value());
    }
  }

  @Test
  void aggregate_everyVectorDiffersInPhaseC_opensNothing() {
    long[] attempts = {0};
    Line forgetting = new Rerunning(true);

    assertThrows(
        CohortException.class,
        () ->
            aggregate(
                new MaskedSum(ThrowAwayKeys.random(), 2),
                forgetting,
                HELD,
                Asked.words((worker, vector) -> new long[] {attempts[0]++})));
  }

  @Test
  void mask_vectorThatWasNotCommittedTo_isRefused() {
    Rehearsal session = Rehearsal.of(3, 2, 2L);
    session.pin(session.commit(session.all()));
    long[] own = Rehearsal.flagged(session.held.get("w00"));

    session.side("w00").mask(own, session.pins());
    for (int j = 0; j < own.length; j++) {
      for (int bit : new int[] {0, 31, 63}) {
        long[] other = own.clone();
        other[j] ^= 1L << bit;
        ProtocolException refused =
            assertThrows(
                ProtocolException.class, () -> session.side("w00").mask(other, session.pins()));
        assertEquals("the vector must be the one committed to", refused.getMessage());
      }
    }
    assertThrows(
        ProtocolException.class,
        () -> session.side("w00").mask(Arrays.copyOf(own, 5), session.pins()));
  }

  /** Different plaintexts have different self masks and different share keys. */
  @Test
  void commit_anotherVector_changesCommitmentAndEveryCiphertext() {
    Rehearsal session = Rehearsal.of(4, 2, 3L);
    Commitment one = session.side("w00").commit(new long[] {1, 2});
    Commitment other = session.side("w00").commit(new long[] {1, 3});

    assertFalse(Arrays.equals(one.commitment(), other.commitment()));
    one.sealedShares()
        .forEach(
            (holder, ciphertext) ->
                assertFalse(Arrays.equals(ciphertext, other.sealedShares().get(holder))));
  }

  /** The same vector in two sessions: nothing is the same on the wire. */
  @Test
  void commitAndMask_sameVectorInTwoSessions_shareNoBytes() {
    Rehearsal one = new Rehearsal(HELD, 2, 4L);
    Rehearsal other = new Rehearsal(HELD, 2, 5L);
    one.pin(one.commit(one.all()));
    other.pin(other.commit(other.all()));

    assertFalse(
        Arrays.equals(one.pins().commitments().get("w00"), other.pins().commitments().get("w00")));
    assertFalse(Arrays.equals(one.maskTask("w00"), other.maskTask("w00")));
  }

  /** A worker that is shown another model derives other keys in everything. */
  @ParameterizedTest
  @ValueSource(strings = {"COMMIT", "MASK", "BOTH"})
  void aggregate_oneWorkerReceivesAnotherModel_opensNothingWithIt(String where) {
    Line line =
        new Line() {
          @Override
          public Object call(Phase phase, String worker, Call call, MaskedFrame frame) {
            if (!worker.equals("w02")
                || (phase != Phase.COMMIT && phase != Phase.MASK)
                || !(where.equals("BOTH") || where.equals(phase.name()))) {
              return call.run(frame);
            }
            byte[] other = {1};
            return call.run(
                frame instanceof MaskedFrame.Mask mask
                    ? new MaskedFrame.Mask(mask.session(), mask.identities(), other, mask.pins())
                    : new MaskedFrame.Commit(
                        ((MaskedFrame.Commit) frame).session(), new TreeMap<>(), other));
          }
        };
    MaskedSum sum = new MaskedSum(ThrowAwayKeys.random(), 2);

    if (where.equals("MASK")) {
      // It can't repeat its commitment in another context: it drops out.
      Opened<long[]> opened = aggregate(sum, line, HELD, SEND);
      assertArrayEquals(sumOf(Set.of("w00", "w01", "w03")), opened.value());
    } else {
      assertThrows(AggregationException.class, () -> aggregate(sum, line, HELD, SEND));
    }
  }

  /** Of each worker either the self mask or the mask key comes to light, by t holders' shares. */
  @Test
  void reveal_anySurvivors_revealsOneSecretOfEachWorker() {
    Rehearsal session = Rehearsal.of(6, 2, 6L);
    session.pin(session.commit(session.all()));
    SortedSet<String> survivors = session.allBut("w05");
    Map<String, List<byte[]>> shares = new TreeMap<>();
    for (byte[] message : session.reveal(survivors, survivors)) {
      Reveal reveal = Reveal.parse(message);
      reveal
          .shares()
          .forEach(
              (owner, share) ->
                  shares.computeIfAbsent(owner, worker -> new ArrayList<>()).add(share));
    }

    assertEquals(session.all(), shares.keySet());
    shares.forEach((owner, all) -> assertEquals(5, all.size()));
    int[] indices = {1, 2, 3, 4, 5};
    for (String worker : session.all()) {
      byte[] maskSecret = Advert.maskSecret(session.owner(worker).keys(), session.runId, 0);
      byte[] opened = Shamir.combine(indices, shares.get(worker).toArray(new byte[0][]));
      assertEquals(worker.equals("w05"), Arrays.equals(maskSecret, opened), worker);
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
    byte[] asked = Rehearsal.SEND.toBytes();
    MaskedFrame commit = new MaskedFrame.Commit(session.session, new TreeMap<>(), asked);
    List<byte[]> committed =
        session.all().stream()
            .map(w -> MaskedTask.of(session.keys, commit, work).run(w, session.held.get(w)))
            .toList();
    Pins pins = session.pin(committed);
    MaskedFrame mask = new MaskedFrame.Mask(session.session, new TreeMap<>(), asked, pins);
    List<byte[]> masked =
        session.all().stream()
            .map(w -> MaskedTask.of(session.keys, mask, work).run(w, session.held.get(w)))
            .toList();

    long[] sum = session.open(masked, session.reveal(session.all(), session.all()));

    long[] others = session.sumOf(session.allBut("w03"));
    assertEquals(1, sum[3]);
    assertEquals(4, sum[4]);
    for (int j = 0; j < 3; j++) {
      assertNotEquals(others[j], sum[j]);
    }
  }

  @Test
  void blinding_anotherSessionOrWorker_isAnother() {
    Rehearsal one = Rehearsal.of(3, 2, 8L);
    Rehearsal other = new Rehearsal(one.held, 2, 9L);

    byte[] key = one.side("w00").blindingKey();
    assertArrayEquals(key, one.side("w00").blindingKey());
    assertFalse(Arrays.equals(key, one.side("w01").blindingKey()));
    assertFalse(Arrays.equals(key, other.side("w00").blindingKey()));
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
