package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.sparkfed.aggregate.Ring;
import io.sparkfed.secure.crypto.Agreement;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.KeyStream;
import io.sparkfed.secure.crypto.Shamir;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.secure.keys.PartyKeys;
import io.sparkfed.wire.WireWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A driver and one worker that work together against worker w00, on the real messages. */
class ColluderTest {
  private static final String VICTIM = "w00";

  /**
   * The worker signs the victim's public key as its own and is said to be missing: what neighbors
   * reveal for it, all by the rules, must be of no use against the victim.
   */
  @Test
  void reveal_aMissingWorkerCopiedTheVictimsKey_saysNothingOfTheVictim() {
    PairSecrets.clear();
    Rehearsal honest = Rehearsal.of(5, 3, 1L);
    Session session =
        sessionWith(honest, card -> card.worker().equals("w04") ? copied(honest) : card);
    SortedSet<String> survivors = honest.allBut("w04");
    SortedMap<String, MaskedVector> masked = masked(honest, session, survivors);
    SortedMap<String, Reveal> reveals = new TreeMap<>();
    survivors.forEach(
        worker -> reveals.put(worker, reveal(honest, session, worker, masked, survivors)));

    SortedMap<String, byte[]> seeds = new TreeMap<>();
    survivors.forEach(
        worker ->
            seeds.put(
                worker.equals(VICTIM) ? "w04" : worker, reveals.get(worker).seeds().get("w04")));
    long[] left = left(honest, session, masked, shares(session, reveals), seeds);

    assertFalse(Arrays.equals(honest.held.get(VICTIM), left));
  }

  /**
   * The victim is told that one neighbor is missing, another that the victim is: with one corrupted
   * worker among four that is enough. So of {@link Graph#smallestOpened} each corrupted one takes
   * off one, and not less.
   */
  @Test
  void reveal_oneOfFourWorksWithTheDriver_theSmallestSumIsOfOneFewer() {
    Rehearsal honest = Rehearsal.of(4, 3, 2L);
    Session session = sessionWith(honest, card -> card);
    assertEquals(2, Graph.smallestOpened(session.degree(), session.threshold()));
    SortedMap<String, MaskedVector> masked = masked(honest, session, honest.all());
    Map<String, SortedSet<String>> told =
        Map.of(
            "w00", honest.allBut("w01"),
            "w01", honest.allBut("w02"),
            "w02", honest.allBut("w00"),
            "w03", honest.allBut("w02"));
    SortedMap<String, Reveal> reveals = new TreeMap<>();
    told.forEach(
        (worker, survivors) ->
            reveals.put(worker, reveal(honest, session, worker, masked, survivors)));

    byte[] ofColluder =
        Kdf.prf(
            PairSecrets.of(
                Card.secret(honest.owner("w03").keysOf(honest.runId), honest.runId),
                honest.card("w03"),
                honest.card(VICTIM),
                honest.runId),
            "pair",
            context(honest, session));
    SortedMap<String, byte[]> seeds = new TreeMap<>();
    seeds.put("w01", reveals.get(VICTIM).seeds().get("w01"));
    seeds.put("w02", reveals.get("w02").seeds().get(VICTIM));
    seeds.put("w03", ofColluder);

    assertArrayEquals(
        honest.held.get(VICTIM), left(honest, session, masked, shares(session, reveals), seeds));
  }

  private interface Change {
    Card of(Card card);
  }

  private static Session sessionWith(Rehearsal honest, Change change) {
    List<Card> cards = honest.cards().stream().map(change::of).toList();
    Session session = honest.session;
    return honest.with(
        session.id(), session.minWorkers(), session.degree(), session.threshold(), cards);
  }

  /** Returns a card whose signature is good and whose key is the victim's. */
  private static Card copied(Rehearsal honest) {
    PartyKeys own = honest.owner("w04").keysOf(honest.runId);
    PartyKeys others = honest.owner(VICTIM).keysOf(honest.runId);
    byte[] key = Agreement.publicKey(Card.secret(others, honest.runId));
    byte[] signed =
        new WireWriter().text("card").text("w04").bytes(honest.runId).bytes(key).toByteArray();
    return new Card("w04", Signing.publicKey(own.identity()), key, own.sign(signed));
  }

  private static SortedMap<String, MaskedVector> masked(
      Rehearsal honest, Session session, SortedSet<String> workers) {
    SortedMap<String, MaskedVector> masked = new TreeMap<>();
    workers.forEach(
        worker ->
            masked.put(
                worker,
                MaskedVector.parse(
                    honest
                        .side(worker, session)
                        .mask(honest.held.get(worker), Ring.OF_WORDS, Rehearsal.hash(1)))));
    return masked;
  }

  private static Reveal reveal(
      Rehearsal honest,
      Session session,
      String worker,
      SortedMap<String, MaskedVector> masked,
      SortedSet<String> survivors) {
    SortedMap<String, Inbox.Sealed> inbox = new TreeMap<>();
    masked.forEach(
        (sender, vector) -> {
          if (!sender.equals(worker)) {
            inbox.put(
                sender,
                new Inbox.Sealed(vector.commitment(), vector.pledges().get(worker).sealedShare()));
          }
        });
    return honest.side(worker, session).reveal(new TreeSet<>(survivors), inbox);
  }

  /** Returns the shares of the victim's self mask, by holder. */
  private static SortedMap<String, byte[]> shares(
      Session session, SortedMap<String, Reveal> reveals) {
    SortedMap<String, byte[]> shares = new TreeMap<>();
    reveals.forEach(
        (holder, reveal) -> {
          if (reveal.shares().containsKey(VICTIM) && shares.size() < session.threshold()) {
            shares.put(holder, reveal.shares().get(VICTIM));
          }
        });
    return shares;
  }

  /** Returns what is left of the victim's masked vector without its self mask and these seeds'. */
  private static long[] left(
      Rehearsal honest,
      Session session,
      SortedMap<String, MaskedVector> masked,
      SortedMap<String, byte[]> shares,
      SortedMap<String, byte[]> seeds) {
    List<String> holders =
        Cards.parse(session.cards()).topology(session.degree(), null).holders(VICTIM);
    byte[] secret =
        Shamir.combine(
            shares.keySet().stream().mapToInt(holder -> holders.indexOf(holder) + 1).toArray(),
            shares.values().toArray(new byte[0][]));
    long[] left = new long[masked.get(VICTIM).length()];
    masked.get(VICTIM).addTo(left, Ring.OF_WORDS);
    new KeyStream(WorkerSide.selfMaskKey(secret, context(honest, session)))
        .subtractFrom(left, Ring.OF_WORDS);
    // The victim's name is the first, so it added them all.
    seeds.values().forEach(seed -> new KeyStream(seed).subtractFrom(left, Ring.OF_WORDS));
    return left;
  }

  private static byte[] context(Rehearsal honest, Session session) {
    return session.context(
        Cards.parse(session.cards()).hash(), honest.keys.roster(), honest.askedHash());
  }
}
