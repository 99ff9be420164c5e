package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.secure.masked.PhaseFederation.Call;
import io.sparkfed.secure.masked.PhaseFederation.Line;
import io.sparkfed.secure.masked.PhaseFederation.Phase;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * 200 workers on the sparse graph, each with 56 neighbors of whom 40 holders (itself among them)
 * must give their shares. Who drops out is drawn at random, or chosen to hurt: a worker's whole
 * neighborhood, or a run of workers beside each other in the graph's order.
 */
class SparseGraphDropoutTest {
  private static final int WORKERS = 200;
  private static final Graph GRAPH = Graph.of(WORKERS, 2, MaskingAssumptions.DEFAULT);

  private static Rehearsal session;
  private static Topology topology;

  /** What every worker sends in the first phase; who fails in it is left out. */
  private static final Map<String, byte[]> MASKED = new TreeMap<>();

  @BeforeAll
  static void mask() {
    assertEquals(new Graph(56, 40), GRAPH);
    session = Rehearsal.of(WORKERS, 3, 7L);
    topology =
        Cards.parse(session.session.cards())
            .topology(session.session.degree(), session.keys.roster());
    session.all().forEach(worker -> MASKED.put(worker, session.maskTask(worker)));
  }

  /** Runs the session without those who fail in a phase, and checks what comes of it. */
  private static boolean opens(Collection<String> atMask, Collection<String> atReveal) {
    session.forgetAnswers();
    SortedSet<String> survivors = session.all();
    survivors.removeAll(atMask);
    session.receive(survivors.stream().map(MASKED::get).toList());
    SortedSet<String> revealing = new TreeSet<>();
    List<byte[]> reveals = new ArrayList<>();
    for (String worker : survivors) {
      if (!atReveal.contains(worker)) {
        byte[] message = session.revealTask(worker, survivors);
        // Who could be singled out answers nothing.
        assertEquals(holdersIn(worker, survivors) >= GRAPH.threshold(), message.length > 0, worker);
        if (message.length > 0) {
          revealing.add(worker);
          reveals.add(message);
        }
      }
    }
    boolean selfMasks =
        survivors.stream().allMatch(w -> holdersIn(w, revealing) >= GRAPH.threshold());
    boolean pairMasks =
        atMask.stream()
            .allMatch(
                missing ->
                    topology.neighbours(missing).stream()
                        .filter(worker -> survivors.contains(worker))
                        .allMatch(worker -> revealing.contains(worker)));
    if (selfMasks && pairMasks) {
      assertArrayEquals(session.sumOf(survivors), session.open(reveals));
    } else {
      assertThrows(UnopenedException.class, () -> session.open(reveals));
    }
    return selfMasks && pairMasks;
  }

  private static long holdersIn(String worker, Set<String> workers) {
    return topology.holders(worker).stream().filter(holder -> workers.contains(holder)).count();
  }

  /** What the parameters are made for: a tenth drops out, in either phase. */
  @ParameterizedTest
  @CsvSource({"1, 20, 0", "2, 0, 20", "3, 0, 19", "4, 20, 0"})
  void aTenthAtRandom_opensTheExactSum(long seed, int atMask, int atReveal) {
    assertTrue(random(seed, atMask, atReveal));
  }

  /** Who is lost after others were missing takes seeds along, if it is a neighbor of one. */
  @Test
  void someInBothPhases_isATypedFailure() {
    assertFalse(random(5L, 10, 10));
  }

  /** Beyond it some worker soon has too few holders left. */
  @Test
  void halfAtRandom_isATypedFailure() {
    assertFalse(random(6L, 0, 100));
    assertFalse(random(7L, 100, 0));
  }

  private static boolean random(long seed, int atMask, int atReveal) {
    List<String> shuffled = new ArrayList<>(session.all());
    Collections.shuffle(shuffled, new Random(seed));
    return opens(shuffled.subList(0, atMask), shuffled.subList(atMask, atMask + atReveal));
  }

  /** Nobody is left to give back what masks the worker in the middle, whether it stays or goes. */
  @Test
  void wholeNeighbourhood_isATypedFailure() {
    String victim = session.all().first();
    for (Collection<String> lost : List.of(topology.neighbours(victim), topology.holders(victim))) {
      assertFalse(opens(lost, Set.of()));
      assertFalse(opens(Set.of(), lost));
    }
  }

  /**
   * Beside a run of 17 a worker keeps 39 neighbors, with itself 40 holders; one more is too much.
   */
  @ParameterizedTest
  @CsvSource({"17, true", "18, false"})
  void runOfNeighbours_opensWhileThresholdHoldersAreLeft(int length, boolean open) {
    assertEquals(open, opens(runFrom(session.all().first(), length), Set.of()));
  }

  /** Returns workers beside each other: those next to each other share the most neighbors. */
  private static List<String> runFrom(String first, int length) {
    List<String> run = new ArrayList<>(List.of(first));
    while (run.size() < length) {
      String last = run.get(run.size() - 1);
      run.add(
          topology.neighbours(last).stream()
              .filter(worker -> !run.contains(worker))
              .max(Comparator.comparingLong(worker -> shared(worker, last)))
              .orElseThrow());
    }
    return run;
  }

  private static long shared(String one, String other) {
    List<String> others = topology.neighbours(other);
    return topology.neighbours(one).stream().filter(others::contains).count();
  }

  /** The same seen by who asked for the sum: an error that says why, and nothing opened. */
  @Test
  void aggregate_wholeNeighbourhoodIsLost_isATypedFailure() {
    SortedMap<String, long[]> held = Rehearsal.vectors(WORKERS, 1, 9L);
    String victim = held.firstKey();
    Line line =
        new Line() {
          @Override
          public Object call(Phase now, String worker, Call call, MaskedFrame frame) {
            boolean fails = now == Phase.REVEAL && worker.compareTo(victim) > 0;
            return fails ? null : call.run(frame);
          }
        };
    MaskedSum sum = new MaskedSum(ThrowAwayKeys.random(), 2);
    Visit visit = new Visit("sum", 1, List.copyOf(held.keySet()));

    CohortException refused =
        assertThrows(
            CohortException.class,
            () -> sum.sum(new PhaseFederation(held, line), visit, Rehearsal.SEND));

    assertEquals("too few workers: 1 took part, but the minimum is 2", refused.getMessage());
  }
}
