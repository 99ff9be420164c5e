package io.sparkfed.secure.sealed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.Ring;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.KeyStream;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.secure.keys.Answer;
import io.sparkfed.secure.keys.Journal;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.Limits;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.PartyKeys;
import io.sparkfed.secure.keys.Policy;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.secure.keys.ThrowAwayJournal;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.secure.sealed.ShareSum.Outcome;
import io.sparkfed.testing.Asked;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Malformed and hostile messages, and tasks that run again: nothing but the pinned set is opened.
 */
class HostilePartiesTest {
  private static final List<String> WORKERS = List.of("ann", "bob", "cyd");
  private static final List<String> TWO = List.of("agg-1", "agg-2");

  private final ThrowAwayKeys keys = new ThrowAwayKeys(Kdf.sha256(new byte[] {1}));
  private final byte[] runId = Kdf.sha256(new byte[] {2});
  private final byte[] model = Kdf.sha256(new byte[] {3});
  private final Map<String, String> openings = new HashMap<>();

  /** A journal that has been lost, but for what the run's keys are derived from. */
  private class Journals extends ThrowAwayJournal {
    private final String party;

    Journals(String party) {
      super(new byte[32], Limits.NONE);
      this.party = party;
    }

    @Override
    public byte[] secretOf(byte[] run) {
      return keys.open(party).journal().secretOf(run);
    }

    @Override
    public synchronized void answer(byte[] session, Answer answer) {
      super.answer(session, answer);
      openings.put(HexFormat.of().formatHex(session), HexFormat.of().formatHex(answer.opening()));
    }
  }

  private final Map<String, Journal> ofAggregators = new HashMap<>();

  private AggregatorAdvert advert(String aggregator) {
    return AggregatorAdvert.make(keys.open(aggregator).keysOf(runId), aggregator, runId);
  }

  private SealedSession session(int number, List<String> aggregators) {
    return new SealedSession(
        runId,
        Kdf.sha256(new byte[] {4, (byte) number}),
        1,
        3,
        Ring.OF_WORDS,
        aggregators.stream().map(this::advert).toList());
  }

  private SealedUpdate update(String worker, SealedSession session, long... vector) {
    return worker(worker, session, Policy.PERMISSIVE).seal(vector, Ring.OF_WORDS, model);
  }

  private List<byte[]> messages(SealedSession session) {
    return WORKERS.stream()
        .map(worker -> update(worker, session, worker.length(), 7L).toBytes())
        .toList();
  }

  private OpeningSide aggregator(String name, SealedSession session) {
    return new OpeningSide(aggregatorOwner(name), name, session);
  }

  private Owner aggregatorOwner(String name) {
    Owner owner = keys.open(name);
    Journal journal = ofAggregators.computeIfAbsent(name, Journals::new);
    return new Owner(owner.keys(), owner.policy(), journal, owner.roster());
  }

  private void refused(String rule, SealedSession session, List<byte[]> messages) {
    assertEquals(
        rule,
        assertThrows(
                ProtocolException.class,
                () -> aggregator(session.names().get(0), session).open(messages))
            .getMessage());
    assertTrue(openings.isEmpty());
  }

  // Re-run tasks.

  @Test
  void seal_again_isTheSameMessageAndAnotherVectorSharesNoBytesWithIt() {
    SealedSession session = session(0, TWO);
    SealedUpdate first = update("ann", session, 1, 2, 3);

    assertArrayEquals(first.toBytes(), update("ann", session, 1, 2, 3).toBytes());
    SealedUpdate other = update("ann", session, 1, 2, 4);
    // Under one key the ciphertexts of the common words would be equal.
    assertFalse(Arrays.equals(Arrays.copyOf(first.body(), 20), Arrays.copyOf(other.body(), 20)));
    for (int l = 0; l < 2; l++) {
      assertFalse(Arrays.equals(first.keys().get(l), other.keys().get(l)));
      assertFalse(
          Arrays.equals(
              Arrays.copyOf(first.keys().get(l), 32), Arrays.copyOf(other.keys().get(l), 32)));
    }
  }

  @Test
  void open_again_isTheSameAndAnotherSetIsRefused() {
    SealedSession session = session(0, TWO);
    List<byte[]> all = messages(session);
    byte[] answer = aggregator("agg-1", session).open(all).toBytes();

    assertArrayEquals(answer, aggregator("agg-1", session).open(all).toBytes());
    List<byte[]> changed = new ArrayList<>(all);
    changed.set(0, update("ann", session, 9, 9).toBytes());
    assertEquals(
        "a sum is opened once, and the journal holds another opening",
        assertThrows(ProtocolException.class, () -> aggregator("agg-1", session).open(changed))
            .getMessage());
    // The same question and the same workers: the same sum.
    SealedSession retried = session(1, TWO);
    aggregator("agg-1", retried).open(messages(retried));
  }

  /** One aggregator's share alone is the vector under a stream it doesn't have. */
  @Test
  void open_oneOfTwoAggregators_seesNothingOfTheVector() {
    SealedSession session = session(0, TWO);
    List<byte[]> all = messages(session);
    long[] first = aggregator("agg-1", session).open(all).words();
    long[] second = aggregator("agg-2", session).open(all).words();

    assertArrayEquals(new long[] {9, 21}, new long[] {first[0] + second[0], first[1] + second[1]});
    for (long[] share : List.of(first, second)) {
      assertTrue(Long.numberOfLeadingZeros(Math.abs(share[0])) < 20);
      assertTrue(Long.numberOfLeadingZeros(Math.abs(share[1])) < 20);
    }
  }

  // A driver that breaks rules.

  @Test
  void worker_againstItsPolicy_refuses() {
    SealedSession session = session(0, TWO);
    worker("ann", session, policy(3, 100, "agg-1", "agg-2"));
    rule(
        "the aggregators must be those of the owner's policy",
        () -> worker("ann", session, policy(3, 100, "agg-1")));
    rule(
        "the aggregators must be those of the owner's policy",
        () -> worker("ann", session(0, List.of("agg-1")), policy(3, 100, "agg-1", "agg-2")));
    rule(
        "the aggregators must be those of the owner's policy",
        () -> worker("ann", session, policy(3, 100)));
    rule(
        "the session's min-workers is below the owner's policy",
        () -> worker("ann", session, policy(4, 100, "agg-1", "agg-2")));
    SealingSide narrow = worker("ann", session, policy(3, 2, "agg-1", "agg-2"));
    rule(
        "the vector is longer than the owner's policy allows",
        () -> narrow.seal(new long[3], Ring.OF_WORDS, model));
  }

  @Test
  void worker_driversOwnKeyForAnAggregator_refuses() {
    PartyKeys drivers = keys.open("driver").keys();
    AggregatorAdvert own = AggregatorAdvert.make(drivers, "agg-1", runId);
    AggregatorAdvert otherRun =
        AggregatorAdvert.make(keys.open("agg-1").keys(), "agg-1", Kdf.sha256(new byte[] {9}));
    AggregatorAdvert good = advert("agg-1");
    byte[] otherKey = advert("agg-2").sealKey();
    for (AggregatorAdvert forged :
        List.of(
            own,
            otherRun,
            new AggregatorAdvert("agg-1", good.identity(), otherKey, good.signature()),
            new AggregatorAdvert("agg-2", good.identity(), good.sealKey(), good.signature()))) {
      SealedSession session = new SealedSession(runId, model, 1, 3, Ring.OF_WORDS, List.of(forged));
      assertThrows(
          ProtocolException.class, () -> new SealingSide(keys.open("ann"), "ann", session, model));
    }
  }

  @Test
  void party_aggregatorsMissingUnsortedOrTwice_isRefused() {
    for (List<String> names :
        List.of(List.<String>of(), List.of("agg-2", "agg-1"), List.of("agg-1", "agg-1"))) {
      SealedSession session = session(0, names);
      assertThrows(
          ProtocolException.class, () -> new SealingSide(keys.open("ann"), "ann", session, model));
      assertThrows(ProtocolException.class, () -> aggregator("agg-1", session));
    }
    rule(
        "an aggregator must have advertised its key",
        () -> aggregator("agg-2", session(0, List.of("agg-1"))));
  }

  @Test
  void open_fewerThanMinWorkersTwiceOrUnsorted_isRefused() {
    SealedSession session = session(0, TWO);
    List<byte[]> all = messages(session);
    refused("the set must have at least min-workers messages", session, all.subList(0, 2));
    refused("the set must have at least min-workers messages", session, List.of());
    refused(
        "messages must be sorted and one from each worker",
        session,
        List.of(all.get(0), all.get(0), all.get(1)));
    refused(
        "messages must be sorted and one from each worker",
        session,
        List.of(all.get(1), all.get(0), all.get(2)));
  }

  @Test
  void open_messageOfAnotherSessionModelLengthOrSender_isRefused() {
    SealedSession session = session(0, TWO);
    List<byte[]> all = messages(session);
    SealedSession other = session(1, TWO);
    refused(
        "a signature must be its sender's",
        session,
        replaced(all, update("ann", other, 1, 2).toBytes()));
    byte[] anotherModel =
        new SealingSide(fresh("bob"), "bob", session, Kdf.sha256(new byte[] {8}))
            .seal(new long[] {1, 2}, Ring.OF_WORDS, model)
            .toBytes();
    refused(
        "all workers must have received the same model",
        session,
        List.of(all.get(0), anotherModel, all.get(2)));
    refused(
        "sealed vectors must have one length",
        session,
        List.of(all.get(0), all.get(1), update("cyd", session, 1, 2, 3).toBytes()));
    byte[] swapped =
        new SealingSide(fresh("bob"), "ann", session, model)
            .seal(new long[] {1, 2}, Ring.OF_WORDS, model)
            .toBytes();
    refused("a signature must be its sender's", session, replaced(all, swapped));
  }

  /** A ciphertext moved to another sender, or a key sealed to another aggregator, doesn't open. */
  @Test
  void open_foreignCiphertext_isRefused() {
    SealedSession session = session(0, TWO);
    List<byte[]> all = messages(session);
    SealedUpdate ann = update("ann", session, 3, 7);
    SealedUpdate bob = update("bob", session, 3, 7);
    PartyKeys own = keys.open("ann").keys();
    Stream.of(
            SealedUpdate.make(own, "ann", session.id(), model, model, 2, bob.keys(), bob.body()),
            SealedUpdate.make(own, "ann", session.id(), model, model, 2, ann.keys(), bob.body()),
            SealedUpdate.make(
                own,
                "ann",
                session.id(),
                model,
                model,
                2,
                List.of(ann.keys().get(1), ann.keys().get(0)),
                ann.body()))
        .forEach(
            forged ->
                refused(
                    "a sealed message must open under its key",
                    session,
                    replaced(all, forged.toBytes())));
    refused(
        "a message must have a key for each aggregator",
        session,
        replaced(
            all,
            SealedUpdate.make(
                    own, "ann", session.id(), model, model, 2, ann.keys().subList(0, 1), ann.body())
                .toBytes()));
  }

  @Test
  void open_everyByteOfAMessageFlippedOrCut_isRefusedWithATypedError() {
    SealedSession session = session(0, List.of("agg-1"));
    List<byte[]> all = messages(session);
    OpeningSide aggregator = aggregator("agg-1", session);
    for (int i = 0; i < all.get(0).length; i++) {
      byte[] flipped = all.get(0).clone();
      flipped[i] ^= 1;
      assertThrows(ProtocolException.class, () -> aggregator.open(replaced(all, flipped)));
      byte[] cut = Arrays.copyOf(all.get(0), i);
      assertThrows(ProtocolException.class, () -> aggregator.open(replaced(all, cut)));
    }
    byte[] longer = Arrays.copyOf(all.get(0), all.get(0).length + 1);
    assertThrows(ProtocolException.class, () -> aggregator.open(replaced(all, longer)));
    assertTrue(openings.isEmpty());
    aggregator.open(all);
  }

  // An aggregator that breaks rules.

  @Test
  void driver_answerOfAnotherSetSumOrSender_isRefused() {
    SealedSession session = session(0, List.of("agg-1"));
    List<byte[]> all = messages(session);
    byte[] setHash = SealedSession.setHash(all);
    byte[] opening = session.openingOf(setHash);
    ShareSum good = ShareSum.parse(aggregator("agg-1", session).open(all).toBytes());
    good.verify(advert("agg-1"), opening, setHash);

    ShareSum changed =
        new ShareSum(
            "agg-1",
            Outcome.OPENED,
            Optional.empty(),
            List.of(),
            setHash,
            new long[] {9, 22},
            good.signature());
    rule(
        "a signature must be its sender's",
        () -> changed.verify(advert("agg-1"), opening, setHash));
    rule("a signature must be its sender's", () -> good.verify(advert("agg-2"), opening, setHash));
    rule(
        "aggregators must open the set that was pinned",
        () -> good.verify(advert("agg-1"), opening, Kdf.sha256(setHash)));
  }

  @Test
  void parse_answerWithAnUnknownOutcomeOrCut_isRefused() {
    byte[] good = ShareSum.refused("agg-1", Optional.empty()).toBytes();
    assertEquals(Outcome.REFUSED, ShareSum.parse(good).outcome());
    byte[] unknown =
        new WireWriter()
            .text("agg-1")
            .integer(3)
            .integer(-1)
            .integer(0)
            .bytes(new byte[0])
            .integer(0)
            .longs(new long[0])
            .bytes(new byte[0])
            .toByteArray();
    rule("an aggregator must say whether there is a sum", () -> ShareSum.parse(unknown));
    for (int i = 0; i < good.length; i++) {
      byte[] cut = Arrays.copyOf(good, i);
      assertThrows(ProtocolException.class, () -> ShareSum.parse(cut));
    }
  }

  // The tasks.

  @Test
  void tasks_whateverGoesWrong_areATagWithoutText() {
    SealedSession session = session(0, List.of("agg-1"));
    byte[] dropout =
        SealingTask.of(
                keys,
                session,
                Asked.<Integer>words(
                    (worker, held) -> {
                      throw new IllegalStateException("a row");
                    }))
            .run("ann", 1);
    assertEquals(0, dropout.length);
    byte[] refusal =
        new OpeningTask(keys, new SealedFrame.Open(session, List.of(new byte[1]))).run("agg-1");
    assertEquals(Outcome.REFUSED, ShareSum.parse(refusal).outcome());
    assertEquals(0, ShareSum.parse(refusal).words().length);
    byte[] elsewhere =
        new OpeningTask(
                new ThrowAwayKeys(Kdf.sha256(new byte[] {77})),
                new SealedFrame.Open(session, messages(session)))
            .run("agg-1");
    assertNotEquals(Outcome.OPENED, ShareSum.parse(elsewhere).outcome());
  }

  /** An owner's disk, store or journal may fail in any way, with any text. */
  @Test
  void tasks_whateverAnOwnersFilesThrow_isATagWithoutText() {
    SealedSession session = session(0, List.of("agg-1"));
    KeyRing broken =
        new KeyRing() {
          private static final long serialVersionUID = 1L;

          @Override
          public Owner open(String party) {
            throw new IllegalStateException("a row");
          }

          @Override
          public Roster roster() {
            return keys.roster();
          }
        };

    byte[] refusal =
        new OpeningTask(broken, new SealedFrame.Open(session, messages(session))).run("agg-1");

    assertEquals(Outcome.REFUSED, ShareSum.parse(refusal).outcome());
    assertEquals(0, ShareSum.parse(refusal).words().length);
    assertEquals(0, new OpeningTask(broken, new SealedFrame.Advert(runId)).run("agg-1").length);
  }

  /** What an update reveals to who opens it is the vector, and nothing that others could use. */
  @Test
  void seal_bodyIsTheVectorMinusTheExpandedSeeds() {
    SealedSession session = session(0, TWO);
    byte[] bytes = update("ann", session, 5, 6).toBytes();
    List<byte[]> all = List.of(bytes, messages(session).get(1), messages(session).get(2));
    long[] withOthers = aggregator("agg-2", session).open(all).words();
    long[] expected = new long[2];
    byte[] context = session.context(keys.roster(), model);
    for (String worker : WORKERS) {
      long[] vector = worker.equals("ann") ? new long[] {5, 6} : new long[] {3, 7};
      PartyKeys own = keys.open(worker).keysOf(runId);
      byte[] digest = Kdf.sha256(new WireWriter().longs(vector).toByteArray());
      byte[] commitment =
          Kdf.hmac(
              own.derive("commit", context),
              new WireWriter().bytes(context).bytes(digest).toByteArray());
      byte[] seed =
          own.derive("share", context, commitment, new WireWriter().integer(1).toByteArray());
      new KeyStream(Kdf.derive(seed, "share-words", context)).addTo(expected, Ring.OF_WORDS);
    }
    assertArrayEquals(expected, withOthers);
    assertEquals(
        Signing.KEY_LENGTH, new WireReader(new WireReader(bytes).bytes()).bytes().length + 29);
  }

  private SealingSide worker(String worker, SealedSession session, Policy policy) {
    Owner owner = fresh(worker);
    return new SealingSide(
        new Owner(owner.keys(), policy, owner.journal(), owner.roster()), worker, session, model);
  }

  /** Returns an owner that remembers nothing. */
  private Owner fresh(String worker) {
    Owner owner = keys.open(worker);
    return new Owner(owner.keys(), owner.policy(), new Journals(worker), owner.roster());
  }

  private static Policy policy(int minWorkers, long words, String... aggregators) {
    return new Policy(
        minWorkers, 2, words, Clip.NONE, Policy.CORRUPTED, Optional.of(Set.of(aggregators)));
  }

  private static void rule(String rule, Runnable broken) {
    assertEquals(rule, assertThrows(ProtocolException.class, broken::run).getMessage());
  }

  private static List<byte[]> replaced(List<byte[]> messages, byte[] first) {
    List<byte[]> replaced = new ArrayList<>(messages);
    replaced.set(0, first);
    return replaced;
  }
}
