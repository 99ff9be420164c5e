package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.secure.masked.PhaseFederation.Call;
import io.sparkfed.secure.masked.PhaseFederation.Line;
import io.sparkfed.secure.masked.PhaseFederation.Phase;
import io.sparkfed.wire.ProtocolException;
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
import org.junit.jupiter.params.provider.EnumSource;

/**
 * 200 workers on the sparse graph, each with 34 neighbors of whom 19 holders (itself among them)
 * must give their shares. Who drops out is drawn at random, or chosen to hurt: a worker's whole
 * neighborhood, or a run of workers beside each other in the graph's order.
 */
class SparseGraphDropoutTest {
  private static final int WORKERS = 200;
  private static final int THRESHOLD = 19;
  private static final String TOO_FEW = "too few holders revealed their shares";

  private static Rehearsal session;
  private static Topology topology;

  /** Phase B of every worker; who fails in it is left out. */
  private static final Map<String, byte[]> COMMITMENTS = new TreeMap<>();

  @BeforeAll
  static void commit() {
    session = Rehearsal.of(WORKERS, 3, 7L);
    topology = session.session.topology();
    session.all().forEach(worker -> COMMITMENTS.put(worker, session.commitTask(worker)));
  }

  /** Runs the session without those who fail in a phase, and checks what comes of it. */
  private static boolean opens(Map<Phase, Collection<String>> failing) {
    SortedSet<String> committed = session.all();
    committed.removeAll(failing.getOrDefault(Phase.COMMIT, Set.of()));
    session.pin(committed.stream().map(COMMITMENTS::get).toList());

    SortedSet<String> survivors = new TreeSet<>();
    List<byte[]> masked = new ArrayList<>();
    for (String worker : committed) {
      if (!failing.getOrDefault(Phase.MASK, Set.of()).contains(worker)) {
        byte[] message = session.maskTask(worker);
        // Whose self mask could not be taken off sends nothing.
        assertEquals(holdersIn(worker, committed) >= THRESHOLD, message.length > 0, worker);
        if (message.length > 0) {
          survivors.add(worker);
          masked.add(message);
        }
      }
    }
    SortedSet<String> revealing = new TreeSet<>(survivors);
    revealing.removeAll(failing.getOrDefault(Phase.REVEAL, Set.of()));
    List<byte[]> reveals = session.reveal(revealing, survivors);

    boolean open = committed.stream().allMatch(w -> holdersIn(w, revealing) >= THRESHOLD);
    if (open) {
      assertArrayEquals(session.sumOf(survivors), session.open(masked, reveals));
    } else {
      ProtocolException refused =
          assertThrows(ProtocolException.class, () -> session.open(masked, reveals));
      assertEquals(TOO_FEW, refused.getMessage());
    }
    return open;
  }

  private static long holdersIn(String worker, Set<String> workers) {
    return topology.holders(worker).stream().filter(workers::contains).count();
  }

  /** What the parameters are made for: a tenth drops out, some in every phase. */
  @ParameterizedTest
  @CsvSource({"1, 20, 0, 0", "2, 0, 20, 0", "3, 0, 0, 20", "4, 7, 7, 6"})
  void aTenthAtRandom_opensTheExactSum(long seed, int atCommit, int atMask, int atReveal) {
    assertTrue(opens(random(seed, atCommit, atMask, atReveal)));
  }

  /** Beyond it some worker soon has too few holders left. */
  @Test
  void halfAtRandom_isATypedFailure() {
    assertFalse(opens(random(5L, 30, 40, 30)));
  }

  private static Map<Phase, Collection<String>> random(
      long seed, int atCommit, int atMask, int atReveal) {
    List<String> shuffled = new ArrayList<>(session.all());
    Collections.shuffle(shuffled, new Random(seed));
    return Map.of(
        Phase.COMMIT, shuffled.subList(0, atCommit),
        Phase.MASK, shuffled.subList(atCommit, atCommit + atMask),
        Phase.REVEAL, shuffled.subList(atCommit + atMask, atCommit + atMask + atReveal));
  }

  /** Nobody is left to give back what masks the worker in the middle, whether it stays or goes. */
  @ParameterizedTest
  @EnumSource(names = {"COMMIT", "MASK", "REVEAL"})
  void wholeNeighbourhood_isATypedFailure(Phase phase) {
    String victim = session.all().first();
    SortedSet<String> neighbours = topology.neighbours(victim);
    assertEquals(34, neighbours.size());
    assertFalse(opens(Map.of(phase, neighbours)));
    assertFalse(opens(Map.of(phase, topology.holders(victim))));
  }

  /**
   * Beside a run of 16 a worker keeps 18 neighbors, with itself 19 holders; one more is too much.
   */
  @ParameterizedTest
  @CsvSource({"16, true", "17, false"})
  void runOfNeighbours_opensWhileThresholdHoldersAreLeft(int length, boolean open) {
    assertEquals(open, opens(Map.of(Phase.MASK, runFrom(session.all().first(), length))));
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
    Set<String> others = topology.neighbours(other);
    return topology.neighbours(one).stream().filter(others::contains).count();
  }

  /** The same seen by who asked for the sum: an error that says why, and nothing opened. */
  @ParameterizedTest
  @EnumSource(names = {"COMMIT", "MASK"})
  void aggregate_wholeNeighbourhoodDropsOut_isATypedFailure(Phase phase) {
    SortedMap<String, long[]> held = Rehearsal.vectors(WORKERS, 1, 9L);
    String victim = held.firstKey();
    Line line =
        new Line() {
          @Override
          public Object call(Phase now, String worker, Call call, MaskedFrame frame) {
            boolean fails =
                now == phase
                    && ((MaskedFrame.OfSession) frame)
                        .session()
                        .topology()
                        .neighbours(victim)
                        .contains(worker);
            return fails ? null : call.run(frame);
          }
        };
    MaskedSum sum = new MaskedSum(ThrowAwayKeys.random(), 2);
    Visit visit = new Visit("sum", 1, List.copyOf(held.keySet()));

    AggregationException refused =
        assertThrows(
            AggregationException.class,
            () -> sum.sum(new PhaseFederation(held, line), visit, Rehearsal.SEND));

    assertEquals(
        "secure aggregation refused a message and opened nothing: " + TOO_FEW,
        refused.getMessage());
  }
}
