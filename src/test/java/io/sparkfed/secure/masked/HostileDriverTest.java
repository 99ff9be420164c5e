package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.aggregate.Ring;
import io.sparkfed.secure.keys.Policy;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A worker refuses what breaks a rule, whoever put it into its frame. */
class HostileDriverTest {
  private final Rehearsal own = Rehearsal.of(5, 2, 1L);
  private final Session honest = own.session;

  private static Policy policy(int minWorkers, int minThreshold, long words) {
    return new Policy(minWorkers, minThreshold, words, Clip.NONE, 0.1, Optional.empty());
  }

  private static void refused(String rule, Runnable broken) {
    assertEquals(rule, assertThrows(ProtocolException.class, broken::run).getMessage());
  }

  private Session with(int minWorkers, int degree, int threshold, List<Card> cards) {
    return own.with(honest.id(), minWorkers, degree, threshold, cards);
  }

  @Test
  void worker_thresholdOrDegreeBelowTheProtocols_isRefused() {
    for (int[] graph : new int[][] {{4, 3}, {4, 2}, {4, 6}, {2, 2}, {3, 3}, {5, 5}, {0, 1}}) {
      Session lowered = with(2, graph[0], graph[1], own.cards());
      refused(
          graph[1] < 2
              ? "the session's threshold is below the owner's policy"
              : "the threshold and the degree must be at least the protocol's",
          () -> own.side("w00", lowered));
    }
  }

  @Test
  void worker_minWorkersBelowThePolicyOrBeyondTheCohort_isRefused() {
    refused(
        "the session's min-workers is below the owner's policy",
        () -> own.side("w00", policy(3, 2, 100)));
    refused(
        "the cohort must have at least min-workers workers",
        () -> own.side("w00", with(6, 4, 5, own.cards())));
  }

  @Test
  void worker_thresholdDimensionOrSmallestSumBelowThePolicy_isRefused() {
    refused(
        "the session's threshold is below the owner's policy",
        () -> own.side("w00", policy(2, 5, 100)));
    WorkerSide narrow = own.side("w00", policy(2, 2, 3));
    narrow.mask(new long[3], Ring.OF_WORDS, Rehearsal.hash(0));
    own.keys.forgetAll();
    refused(
        "the vector is longer than the owner's policy allows",
        () -> narrow.mask(new long[4], Ring.OF_WORDS, Rehearsal.hash(0)));
    Rehearsal four = new Rehearsal(new TreeMap<>(own.held.headMap("w04")), 3, 2L);
    refused(
        "a driver that lies must not be able to open a sum of fewer workers than the owner's"
            + " policy allows",
        () -> four.side("w00", policy(3, 2, 100)));
  }

  @Test
  void worker_cardsUnsortedTwiceOrForged_areRefused() {
    List<Card> swapped = new ArrayList<>(own.cards());
    swapped.set(0, own.cards().get(1));
    swapped.set(1, own.cards().get(0));
    List<Card> twice = new ArrayList<>(own.cards());
    twice.set(1, own.cards().get(0));
    for (List<Card> cards : List.of(swapped, twice)) {
      refused(
          "cards must be sorted and one for each worker",
          () -> own.side("w00", with(2, 4, 4, cards)));
    }
    Card genuine = own.cards().get(3);
    Card otherRun = Card.make(own.owner("w03").keysOf(own.runId), "w03", Rehearsal.hash(9));
    Card anothers = Card.make(own.owner("w04").keysOf(own.runId), "w03", own.runId);
    Card unsigned = new Card("w03", genuine.identity(), genuine.key(), new byte[64]);
    Card changed =
        new Card("w03", genuine.identity(), own.cards().get(2).key(), genuine.signature());
    for (Card forged : List.of(otherRun, anothers, unsigned, changed)) {
      List<Card> cards = new ArrayList<>(own.cards());
      cards.set(3, forged);
      assertThrows(ProtocolException.class, () -> own.side("w00", with(2, 4, 4, cards)));
    }
  }

  /** Names that don't exist must not count: neither for min-workers nor for a threshold. */
  @Test
  void worker_cardsOfWorkersWithoutAPlaceOnTheRoster_areRefused() {
    Rehearsal strangers = Rehearsal.of(8, 2, 99L);
    List<Card> padded = new ArrayList<>(own.cards());
    padded.addAll(strangers.cards().subList(5, 8));
    refused("a card must be of the roster's key", () -> own.side("w00", with(2, 7, 6, padded)));
  }

  @Test
  void worker_ownCardMissingOrOfOtherKeys_isRefused() {
    assertThrows(
        ProtocolException.class, () -> own.side("w00", with(2, 3, 3, own.cards().subList(1, 5))));
    List<Card> cards = new ArrayList<>(own.cards());
    cards.set(0, Card.make(own.owner("w00").keysOf(Rehearsal.hash(8)), "w00", own.runId));
    refused(
        "the card must be of the keys that are here", () -> own.side("w00", with(2, 4, 4, cards)));
  }

  /** Signed by a worker that means harm: the zero point. */
  @Test
  void mask_cardOfASmallOrderKey_isRefused() {
    byte[] zero = new byte[32];
    byte[] signed =
        new WireWriter().text("card").text("w03").bytes(own.runId).bytes(zero).toByteArray();
    List<Card> cards = new ArrayList<>(own.cards());
    cards.set(
        3, new Card("w03", cards.get(3).identity(), zero, own.owner("w03").keys().sign(signed)));
    WorkerSide side = own.side("w00", with(2, 4, 4, cards));

    refused(
        "an X25519 public key must not have a small order",
        () -> side.mask(new long[2], Ring.OF_WORDS, Rehearsal.hash(0)));
  }

  @Test
  void reveal_survivorsWithoutSelfForeignOrTooFew_areRefused() {
    own.receive(own.mask(own.all()));
    WorkerSide side = own.side("w00");
    for (SortedSet<String> survivors :
        List.of(own.allBut("w00"), new TreeSet<>(List.of("w00", "w01", "w02", "w03", "zz")))) {
      refused(
          "the survivors must be of the cohort, this worker among them",
          () -> side.reveal(survivors, own.inbox("w00")));
    }
    refused(
        "too few workers are left to open a sum",
        () -> side.reveal(own.allBut("w03", "w04"), own.inbox("w00")));
  }

  @Test
  void reveal_withoutHavingSentAVector_isRefused() {
    own.receive(own.mask(own.allBut("w00")));
    refused(
        "a worker must have sent a vector in the session",
        () -> own.side("w00").reveal(own.all(), new TreeMap<>()));
    own.maskTask("w00");
    Session other = own.with(honest.id(), 2, 4, 5, own.cards());
    refused(
        "a worker must have sent a vector in the session",
        () -> own.side("w00", other).reveal(own.all(), new TreeMap<>()));
  }

  /**
   * In the sparse graph enough workers are left, but too few of the worker's own neighbors: told
   * so, it would give away all that masks its vector, while others take off its self mask.
   */
  @Test
  void reveal_allNeighboursSaidToBeMissing_isRefused() {
    Rehearsal sparse = Rehearsal.of(100, 1, 5L);
    Topology topology =
        Cards.parse(sparse.session.cards()).topology(sparse.session.degree(), sparse.keys.roster());
    sparse.maskTask("w00");
    SortedSet<String> survivors = sparse.all();
    survivors.removeAll(topology.neighbours("w00"));
    assertTrue(survivors.size() >= sparse.session.least());

    refused(
        "too few workers are left to open a sum",
        () -> sparse.side("w00").reveal(survivors, new TreeMap<>()));
  }

  @Test
  void reveal_ciphertextMissingChangedOrMisdelivered_leavesOutThatShareAlone() {
    own.receive(own.mask(own.all()));
    SortedMap<String, Inbox.Sealed> inbox = own.inbox("w00");
    Inbox.Sealed genuine = inbox.get("w02");
    byte[] changed = genuine.share().clone();
    changed[5] ^= 1;
    for (Inbox.Sealed wrong :
        List.of(
            new Inbox.Sealed(genuine.commitment(), changed),
            new Inbox.Sealed(genuine.commitment(), new byte[0]),
            new Inbox.Sealed(Rehearsal.hash(1), genuine.share()),
            own.inbox("w01").get("w02"),
            inbox.get("w03"))) {
      SortedMap<String, Inbox.Sealed> tampered = new TreeMap<>(inbox);
      tampered.put("w02", wrong);
      own.forgetAnswers();
      Reveal reveal = own.side("w00").reveal(own.all(), tampered);
      assertFalse(reveal.shares().containsKey("w02"));
      assertEquals(4, reveal.shares().size());
    }
    own.forgetAnswers();
    assertEquals(5, own.side("w00").reveal(own.all(), inbox).shares().size());
  }

  /** Should a latch ever fail, shares of two vectors' self masks must not both come to light. */
  @Test
  void reveal_sharesOfAnotherVector_areNotOpenedAfterTheFirst() {
    own.receive(own.mask(own.all()));
    SortedMap<String, Inbox.Sealed> inbox = own.inbox("w00");
    own.side("w00").reveal(own.all(), inbox);
    SortedMap<String, Inbox.Sealed> another = new TreeMap<>(inbox);
    another.put("w02", new Inbox.Sealed(Rehearsal.hash(1), inbox.get("w02").share()));

    refused(
        "a sum is opened once, and the journal holds another opening",
        () -> own.side("w00").reveal(own.all(), another));
  }

  /** At the worker's door a broken rule is a dropout; a policy's own rule is named, and no more. */
  @Test
  void task_brokenRule_sendsNothingButWhichOfThePolicyItIs() {
    Session lowered = with(2, 4, 1, own.cards());
    MaskedFrame mask = new MaskedFrame.Mask(lowered, Rehearsal.SEND.toBytes());

    assertArrayEquals(
        new byte[] {(byte) OwnersRule.MIN_THRESHOLD.code()},
        MaskedTask.of(own.keys, mask, Rehearsal.SEND).run("w00", own.held.get("w00")));
    own.mask(own.all());
    MaskedFrame unmask =
        new MaskedFrame.Unmask(honest, own.askedHash(), List.of("w00"), new TreeMap<>());
    assertArrayEquals(
        new byte[0], MaskedTask.<long[]>of(own.keys, unmask).run("w00", own.held.get("w00")));
  }
}
