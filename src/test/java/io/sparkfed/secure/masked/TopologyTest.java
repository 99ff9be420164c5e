package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopologyTest {

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 127, 128, 129, 200, 201, 500, 501, 1001})
  void neighbours_anySize_areSymmetricConnectedAndOfTheDegree(int n) {
    List<String> workers = workers(n);
    Topology topology = new Topology(workers, Rehearsal.hash(1));
    for (String worker : workers) {
      SortedSet<String> neighbours = topology.neighbours(worker);
      assertEquals(Topology.degree(n), neighbours.size());
      assertFalse(neighbours.contains(worker));
      for (String neighbour : neighbours) {
        assertTrue(topology.neighbours(neighbour).contains(worker));
      }
      assertEquals(neighbours.size() + 1, topology.holders(worker).size());
      assertTrue(topology.holders(worker).contains(worker));
    }
    assertEquals(n, reached(topology, workers).size());
  }

  private static Set<String> reached(Topology topology, List<String> workers) {
    Set<String> reached = new TreeSet<>(workers.subList(0, 1));
    Deque<String> next = new ArrayDeque<>(reached);
    while (!next.isEmpty()) {
      for (String neighbour : topology.neighbours(next.remove())) {
        if (reached.add(neighbour)) {
          next.add(neighbour);
        }
      }
    }
    return reached;
  }

  @Test
  void neighbours_anyOrderOfTheWorkers_areTheSame() {
    List<String> workers = workers(300);
    List<String> shuffled = new ArrayList<>(workers);
    Collections.shuffle(shuffled, new Random(1L));
    Topology one = new Topology(workers, Rehearsal.hash(1));
    Topology other = new Topology(shuffled, Rehearsal.hash(1));

    workers.forEach(worker -> assertEquals(one.neighbours(worker), other.neighbours(worker)));
  }

  @Test
  void neighbours_anotherSeed_areOthers() {
    List<String> workers = workers(300);

    assertNotEquals(
        new Topology(workers, Rehearsal.hash(1)).neighbours("w5"),
        new Topology(workers, Rehearsal.hash(2)).neighbours("w5"));
  }

  /** More than two thirds in the full graph; the table's values above. */
  @ParameterizedTest
  @CsvSource({
    "2, 1, 2",
    "3, 2, 3",
    "4, 3, 3",
    "5, 4, 4",
    "6, 5, 5",
    "7, 6, 5",
    "128, 127, 86",
    "129, 34, 19",
    "200, 34, 19",
    "201, 42, 24",
    "1000, 48, 27",
    "10000, 54, 31",
    "1000000, 64, 37"
  })
  void degreeAndThreshold_anySize_areTheTables(int n, int degree, int threshold) {
    assertEquals(degree, Topology.degree(n));
    assertEquals(threshold, Topology.threshold(n));
  }

  @Test
  void threshold_anySize_isMoreThanHalfOfTheHolders() {
    IntStream.rangeClosed(1, 2000)
        .forEach(n -> assertTrue(2 * Topology.threshold(n) > Topology.degree(n) + 1, "n = " + n));
    assertThrows(IllegalArgumentException.class, () -> Topology.degree(1_000_001));
  }

  private static List<String> workers(int n) {
    return IntStream.range(0, n).mapToObj(i -> "w" + i).toList();
  }
}
