package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.Ring;
import io.sparkfed.secure.keys.Limits;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.Policy;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.secure.keys.ThrowAwayJournal;
import io.sparkfed.wire.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A driver asks one question twice and wants sums that differ by one worker. Owners allow no such
 * thing, so it tells each worker of cohorts that differ by more than the sums do.
 */
class DifferencingTest {
  private static final byte[] SUBJECT = Rehearsal.hash(1);

  private final SortedMap<String, Owner> owners = new TreeMap<>();
  private Rehearsal parties;
  private Graph graph;
  private int minWorkers;

  private void owners(int workers, int least) {
    minWorkers = least;
    parties = Rehearsal.of(workers, 4, 3L);
    graph = Graph.of(workers, least, MaskingAssumptions.DEFAULT);
    Policy policy = new Policy(least, 2, 100, Clip.NONE, Policy.CORRUPTED, Optional.empty());
    Limits limits = new Limits(Long.MAX_VALUE, Integer.MAX_VALUE, Limits.Cohorts.ONE);
    int number = 0;
    for (String worker : parties.all()) {
      Owner own = parties.owner(worker);
      owners.put(
          worker,
          new Owner(
              own.keys(),
              policy,
              new ThrowAwayJournal(Rehearsal.hash(++number), limits),
              own.roster()));
    }
  }

  /** A roster of the same keys under another hash, as of an edited file. */
  private record Edited(Roster keys, byte[] hash) implements Roster {
    @Override
    public byte[] publicKey(String worker) {
      return keys.publicKey(worker);
    }
  }

  private void accept(Roster roster) {
    owners.replaceAll((worker, own) -> new Owner(own.keys(), own.policy(), own.journal(), roster));
  }

  private long[] opened(int session, SortedSet<String> sum, Map<String, Set<String>> leftOut) {
    List<Card> cards = new ArrayList<>();
    owners.forEach(
        (worker, own) -> cards.add(Card.make(own.keysOf(parties.runId), worker, parties.runId)));
    Session asked =
        new Session(
            parties.runId,
            Rehearsal.hash(10 + session),
            1,
            minWorkers,
            graph.degree(),
            graph.threshold(),
            Cards.toBytes(cards));
    Roster roster = owners.get(owners.firstKey()).roster();
    DriverSide driver = new DriverSide(roster, asked, parties.askedHash());
    List<byte[]> messages = new ArrayList<>();
    for (String worker : sum) {
      WorkerSide side = new WorkerSide(owners.get(worker), worker, asked, parties.askedHash());
      messages.add(side.mask(parties.held.get(worker), Ring.OF_WORDS, SUBJECT));
    }
    SortedMap<String, MaskedVector> vectors = driver.maskedVectors(messages);
    SortedMap<String, byte[]> inboxes = driver.inboxes(vectors);
    SortedMap<String, Reveal> reveals = new TreeMap<>();
    for (String worker : sum) {
      SortedSet<String> told = parties.all();
      told.removeAll(leftOut.get(worker));
      reveals.put(
          worker,
          new WorkerSide(owners.get(worker), worker, asked, parties.askedHash())
              .reveal(told, Inbox.parse(inboxes.get(worker))));
    }
    return driver.unmask(vectors, reveals, Ring.OF_WORDS);
  }

  /**
   * First everybody's sum, each of w01, w02, ... being told that the second after it is missing;
   * then the sum without w00, each being told that w00 and the next are missing.
   */
  @ParameterizedTest
  @CsvSource({"7, 3", "10, 3", "13, 3"})
  void reveal_cohortsThatDifferOnlyAsTold_areRefused(int workers, int least) {
    owners(workers, least);
    SortedSet<String> rest = parties.allBut("w00");
    List<String> ring = List.copyOf(rest);
    Map<String, Set<String>> first = new TreeMap<>(Map.of("w00", Set.of()));
    Map<String, Set<String>> second = new TreeMap<>();
    for (int i = 0; i < ring.size(); i++) {
      first.put(ring.get(i), Set.of(ring.get((i + 2) % ring.size())));
      second.put(ring.get(i), new TreeSet<>(List.of("w00", ring.get((i + 1) % ring.size()))));
    }
    long[] all = opened(1, parties.all(), first);
    assertArrayEquals(sumOf(parties.all()), all);

    assertDifferenceRefused(all, () -> opened(2, rest, second));
  }

  /**
   * With another roster a sparse graph has another order. Its neighbors of w00 are told that w00 is
   * missing, the first time, too: of those that the first order has they are few enough. So each
   * worker is told the same twice, and the sums are different.
   */
  @Test
  void reveal_sameWordsUnderAnotherRoster_areRefused() {
    owners(200, 3);
    Roster genuine = parties.keys.roster();
    Roster first = new Edited(genuine, Rehearsal.hash(1));
    Roster second = new Edited(genuine, Rehearsal.hash(2));
    SortedSet<String> neighbors = new TreeSet<>(neighbors(second));
    SortedSet<String> common = new TreeSet<>(neighbors(first));
    common.retainAll(neighbors);
    assertTrue(common.size() <= graph.degree() + 1 - graph.threshold());
    Map<String, Set<String>> leftOut = new TreeMap<>();
    for (String worker : parties.all()) {
      leftOut.put(worker, neighbors.contains(worker) ? Set.of("w00") : Set.of());
    }
    accept(first);
    long[] all = opened(1, parties.all(), leftOut);
    assertArrayEquals(sumOf(parties.all()), all);

    accept(second);
    assertDifferenceRefused(all, () -> opened(2, parties.allBut("w00"), leftOut));
  }

  private List<String> neighbors(Roster roster) {
    return new Topology(List.copyOf(parties.all()), roster.hash(), graph.degree())
        .neighbours("w00");
  }

  private void assertDifferenceRefused(long[] all, Supplier<long[]> others) {
    String refusal =
        assertThrows(
                ProtocolException.class,
                () -> {
                  long[] difference = all.clone();
                  new Ring.Running(Ring.OF_WORDS, difference).subtract(others.get(), all.length);
                  assertArrayEquals(parties.held.get("w00"), difference);
                })
            .getMessage();
    assertEquals(
        "the question was answered for another cohort, and the owner's policy allows one", refusal);
  }

  private long[] sumOf(SortedSet<String> workers) {
    long[] sum = new long[4];
    workers.forEach(worker -> Ring.OF_WORDS.add(sum, parties.held.get(worker)));
    return sum;
  }
}
