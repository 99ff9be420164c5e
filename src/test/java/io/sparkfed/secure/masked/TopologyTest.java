package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import org.junit.jupiter.params.provider.ValueSource;

class TopologyTest {

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 47, 48, 49, 200, 201, 500, 501, 1001})
  void neighbours_anySize_areSymmetricConnectedAndOfTheDegree(int n) {
    List<String> workers = workers(n);
    Topology topology = topology(workers, 1);
    for (String worker : workers) {
      SortedSet<String> neighbours = new TreeSet<>(topology.neighbours(worker));
      assertEquals(degree(n), neighbours.size());
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
    Topology one = topology(workers, 1);
    Topology other = topology(shuffled, 1);

    workers.forEach(worker -> assertEquals(one.neighbours(worker), other.neighbours(worker)));
  }

  @Test
  void neighbours_anotherSeed_areOthers() {
    List<String> workers = workers(300);

    assertNotEquals(topology(workers, 1).neighbours("w5"), topology(workers, 2).neighbours("w5"));
  }

  private static Topology topology(List<String> workers, int seed) {
    return new Topology(workers, Rehearsal.hash(seed), degree(workers.size()));
  }

  private static int degree(int n) {
    return Graph.of(n, 2, MaskingAssumptions.DEFAULT).degree();
  }

  private static List<String> workers(int n) {
    return IntStream.range(0, n).mapToObj(i -> "w" + i).toList();
  }
}
