package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.secure.keys.Policy;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A worker refuses what breaks a rule, whoever put it into its frame. */
class HostileDriverTest {
  private final Rehearsal own = Rehearsal.of(5, 2, 1L);
  private final Session honest = own.session;

  @Test
  void worker_thresholdLowered_isRefused() {
    for (int threshold : new int[] {3, 1, 0, -1}) {
      refused("the threshold must be at least the protocol's", withThreshold(threshold));
    }
  }

  @Test
  void worker_minWorkersBelowThePolicyOrBeyondTheCohort_isRefused() {
    Policy strict = new Policy(3, 2, 100, 10, Double.POSITIVE_INFINITY, Optional.empty());
    assertEquals(
        "the session's min-workers is below the owner's policy",
        assertThrows(ProtocolException.class, () -> own.side("w00", strict)).getMessage());
    refused(
        "the cohort must have at least min-workers workers",
        new Session(honest.runId(), honest.id(), 1, 1, 0, 6, 5, honest.adverts()));
  }

  @Test
  void worker_thresholdRoundOrDimensionBeyondThePolicy_isRefused() {
    assertEquals(
        "the session's threshold is below the owner's policy",
        assertThrows(
                ProtocolException.class,
                () ->
                    own.side(
                        "w00",
                        new Policy(2, 5, 100, 10, Double.POSITIVE_INFINITY, Optional.empty())))
            .getMessage());
    assertEquals(
        "the round is beyond the owner's policy",
        assertThrows(
                ProtocolException.class,
                () ->
                    own.side(
                        "w00",
                        new Policy(2, 2, 100, 0, Double.POSITIVE_INFINITY, Optional.empty())))
            .getMessage());
    WorkerSide narrow =
        own.side("w00", new Policy(2, 2, 3, 10, Double.POSITIVE_INFINITY, Optional.empty()));
    narrow.commit(new long[3]);
    assertEquals(
        "the vector is longer than the owner's policy allows",
        assertThrows(ProtocolException.class, () -> narrow.commit(new long[4])).getMessage());
  }

  @Test
  void worker_advertsUnsortedTwiceOrOfAnotherSlot_isRefused() {
    List<Advert> swapped = new ArrayList<>(honest.adverts());
    swapped.set(0, honest.adverts().get(1));
    swapped.set(1, honest.adverts().get(0));
    refused("adverts must be sorted and one for each worker", withAdverts(swapped));
    List<Advert> twice = new ArrayList<>(honest.adverts());
    twice.set(1, honest.adverts().get(0));
    refused("adverts must be sorted and one for each worker", withAdverts(twice));
    List<Advert> mixed = new ArrayList<>(honest.adverts());
    mixed.set(3, own.adverts(1).get(3));
    refused("an advert must be of the session's slot", withAdverts(mixed));
  }

  @Test
  void commit_advertSignedByAnotherKeyOrChanged_isRefused() {
    Advert genuine = honest.adverts().get(3);
    Advert otherRun = Advert.make(own.owner("w03").keys(), "w03", Rehearsal.hash(9), honest.slot());
    List<Advert> forged =
        List.of(
            Advert.make(own.owner("w04").keys(), "w03", own.runId, 0),
            otherRun,
            new Advert("w03", 0, genuine.shareKey(), genuine.maskKey(), genuine.signature()),
            new Advert("w03", 0, genuine.maskKey(), genuine.shareKey(), new byte[64]));
    for (Advert advert : forged) {
      List<Advert> adverts = new ArrayList<>(honest.adverts());
      adverts.set(3, advert);
      WorkerSide side = own.side("w00", withAdverts(adverts));
      assertEquals(
          "a signature must be its sender's",
          assertThrows(ProtocolException.class, () -> side.commit(new long[2])).getMessage());
    }
  }

  /** Signed by a worker that means harm: the zero point. */
  @Test
  void commit_advertOfASmallOrderKey_isRefused() {
    byte[] zero = new byte[32];
    byte[] signed =
        new WireWriter()
            .text("advert")
            .text("w03")
            .bytes(own.runId)
            .integer(0)
            .bytes(zero)
            .bytes(zero)
            .toByteArray();
    List<Advert> adverts = new ArrayList<>(honest.adverts());
    adverts.set(3, new Advert("w03", 0, zero, zero, own.owner("w03").keys().sign(signed)));
    WorkerSide side = own.side("w00", withAdverts(adverts));

    assertEquals(
        "an X25519 public key must not have a small order",
        assertThrows(ProtocolException.class, () -> side.commit(new long[2])).getMessage());
  }

  @Test
  void mask_tooFewCommittedOrOwnCommitmentMissing_isRefused() {
    own.pin(own.commit(own.allBut("w03", "w04")));
    assertEquals(
        "too few workers are left to open a sum",
        assertThrows(ProtocolException.class, () -> own.side("w00").mask(vector("w00"), own.pins()))
            .getMessage());
    own.pin(own.commit(own.allBut("w00")));
    assertThrows(ProtocolException.class, () -> own.side("w00").mask(vector("w00"), own.pins()));
  }

  @Test
  void mask_commitmentsOfAnotherSession_areRefused() {
    Rehearsal other = new Rehearsal(own.held, 2, 2L);
    other.pin(other.commit(other.all()));

    assertThrows(ProtocolException.class, () -> own.side("w00").mask(vector("w00"), other.pins()));
  }

  /** A driver that pins other messages for one worker gets masks that don't cancel. */
  @Test
  void mask_anotherHashOfPhaseB_changesEveryMask() {
    own.pin(own.commit(own.all()));
    Pins other = new Pins(own.pins().commitments(), Rehearsal.hash(1));
    long[] one = new long[4];
    long[] two = new long[4];
    own.side("w00").mask(vector("w00"), own.pins()).addTo(one);
    own.side("w00").mask(vector("w00"), other).addTo(two);

    for (int j = 0; j < 4; j++) {
      assertNotEquals(one[j], two[j]);
    }
  }

  @Test
  void reveal_survivorsWithoutSelfNotCommittedOrTooFew_areRefused() {
    own.pin(own.commit(own.allBut("w04")));
    for (TreeSet<String> survivors :
        List.of(
            new TreeSet<>(own.allBut("w00", "w04")),
            new TreeSet<>(own.all()),
            new TreeSet<>(List.of("w00", "w01", "w02", "w03", "zz")))) {
      assertEquals(
          "the survivors must have committed, this worker among them",
          assertThrows(
                  ProtocolException.class,
                  () -> own.side("w00").reveal(own.pins(), survivors, own.inbox("w00")))
              .getMessage());
    }
    assertEquals(
        "too few workers are left to open a sum",
        assertThrows(
                ProtocolException.class,
                () ->
                    own.side("w00").reveal(own.pins(), own.allBut("w03", "w04"), own.inbox("w00")))
            .getMessage());
  }

  @Test
  void reveal_ciphertextMissingChangedOrMisdelivered_isRefused() {
    own.pin(own.commit(own.all()));
    SortedMap<String, byte[]> missing = new TreeMap<>(own.inbox("w00"));
    missing.remove("w02");
    SortedMap<String, byte[]> changed = new TreeMap<>(own.inbox("w00"));
    changed.put("w02", changed.get("w02").clone());
    changed.get("w02")[5] ^= 1;
    SortedMap<String, byte[]> anothers = new TreeMap<>(own.inbox("w00"));
    anothers.put("w02", own.inbox("w01").get("w02"));
    SortedMap<String, byte[]> exchanged = new TreeMap<>(own.inbox("w00"));
    exchanged.put("w02", own.inbox("w00").get("w03"));
    SortedMap<String, byte[]> empty = new TreeMap<>(own.inbox("w00"));
    empty.put("w02", new byte[0]);
    for (SortedMap<String, byte[]> inbox : List.of(missing, changed, anothers, exchanged, empty)) {
      assertThrows(
          ProtocolException.class, () -> own.side("w00").reveal(own.pins(), own.all(), inbox));
    }
    own.side("w00").reveal(own.pins(), own.all(), own.inbox("w00"));
  }

  /** At the worker's door a broken rule is a dropout without text. */
  @Test
  void task_brokenRule_sendsTheEmptyMessage() {
    MaskedFrame commit =
        new MaskedFrame.Commit(withThreshold(1), new TreeMap<>(), Rehearsal.SEND.toBytes());
    MaskedFrame mask =
        new MaskedFrame.Mask(
            withThreshold(1), new TreeMap<>(), Rehearsal.SEND.toBytes(), own.pins());

    for (MaskedFrame frame : List.of(commit, mask)) {
      assertArrayEquals(
          new byte[0],
          MaskedTask.of(own.keys, frame, Rehearsal.SEND).run("w00", own.held.get("w00")));
    }
  }

  private long[] vector(String worker) {
    return Rehearsal.flagged(own.held.get(worker));
  }

  private void refused(String rule, Session session) {
    assertEquals(
        rule, assertThrows(ProtocolException.class, () -> own.side("w00", session)).getMessage());
  }

  private Session withThreshold(int threshold) {
    return new Session(honest.runId(), honest.id(), 1, 1, 0, 2, threshold, honest.adverts());
  }

  private Session withAdverts(List<Advert> adverts) {
    return new Session(honest.runId(), honest.id(), 1, 1, 0, 2, honest.threshold(), adverts);
  }
}
