package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.commons.math3.distribution.HypergeometricDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphTest {

  /** More than two thirds, and more where a driver that lies could open too small a sum. */
  @ParameterizedTest
  @CsvSource({
    "2, 2, 1, 2",
    "3, 2, 2, 3",
    "4, 2, 3, 3",
    "4, 3, 3, 4",
    "5, 3, 4, 4",
    "6, 3, 5, 5",
    "7, 3, 6, 5",
    "10, 3, 9, 7",
    "20, 3, 19, 14",
    "10, 8, 9, 9",
    "10, 10, 9, 10",
    "48, 3, 47, 33"
  })
  void of_smallCohort_isTheFullGraph(int n, int smallest, int degree, int threshold) {
    assertEquals(new Graph(degree, threshold), Graph.of(n, smallest, MaskingAssumptions.DEFAULT));
  }

  /** The chances it promises, by the distribution of another library; less would not do. */
  @ParameterizedTest
  @CsvSource({
    "49, 0.1, 0.1",
    "100, 0.1, 0.1",
    "200, 0.05, 0.05",
    "500, 0.33, 0.05",
    "1000, 0.1, 0.1"
  })
  void of_largeCohort_keepsTheChancesWithTheFewestNeighbours(
      int n, double corrupted, double dropouts) {
    MaskingAssumptions assumed = new MaskingAssumptions(corrupted, dropouts, 48);
    Graph graph = Graph.of(n, 2, assumed);
    assertTrue(graph.degree() < n - 1);
    assertTrue(keeps(n, graph.degree(), graph.threshold(), corrupted, dropouts));
    assertTrue(Graph.isPrivate(n, graph.degree(), graph.threshold(), corrupted));
    assertFalse(Graph.isPrivate(n, graph.degree(), graph.threshold() - 1, corrupted));
    for (int threshold = 1; threshold < graph.degree(); threshold++) {
      assertFalse(keeps(n, graph.degree() - 2, threshold, corrupted, dropouts));
    }
  }

  private static boolean keeps(
      int n, int degree, int threshold, double corrupted, double dropouts) {
    int mayBeCorrupted = 2 * threshold - degree - 3;
    int mayBeMissing = degree + 1 - threshold;
    HypergeometricDistribution ofCorrupted =
        new HypergeometricDistribution(n - 1, (int) (corrupted * n), degree);
    HypergeometricDistribution ofMissing =
        new HypergeometricDistribution(n - 1, (int) (dropouts * n), degree);
    return mayBeCorrupted >= 0
        && n * ofCorrupted.upperCumulativeProbability(mayBeCorrupted + 1) <= 0x1p-40
        && n * ofMissing.upperCumulativeProbability(mayBeMissing + 1) <= 0x1p-20;
  }

  @Test
  void of_anySize_givesALiarNoSumOfFewerThanIsAsked() {
    for (int n = 2; n < 300; n++) {
      for (int smallest = 2; smallest <= Math.min(n, 20); smallest++) {
        Graph graph = Graph.of(n, smallest, MaskingAssumptions.DEFAULT);
        assertTrue(
            Graph.smallestOpened(graph.degree(), graph.threshold()) >= smallest,
            n + " workers, " + smallest);
        assertTrue(Graph.isPrivate(n, graph.degree(), graph.threshold(), 0.1));
      }
    }
  }

  /** A third of corrupted workers, and the full graph: two honest ones are in every sum. */
  @Test
  void of_manyCorrupted_leavesTwoHonestWorkersInEverySum() {
    MaskingAssumptions assumed = new MaskingAssumptions(0.33, 0.0, 100);
    for (int n = 3; n <= 100; n++) {
      Graph graph = Graph.of(n, 2, assumed);
      int corrupted = (int) (0.33 * n);
      if (graph.threshold() < n) {
        assertTrue(Graph.smallestOpened(graph.degree(), graph.threshold()) - corrupted >= 2);
      }
      assertTrue(Graph.isPrivate(n, graph.degree(), graph.threshold(), 0.33), "n = " + n);
    }
    assertFalse(Graph.isPrivate(10, 9, 7, 0.33));
    assertTrue(Graph.isPrivate(10, 9, 8, 0.33));
  }

  @Test
  void isPrivate_valuesOutOfRange_isNot() {
    for (int[] graph :
        new int[][] {{5, 3}, {4, 6}, {4, 0}, {0, 1}, {-2, 1}, {6, 5}, {4, 3}, {100, 60}}) {
      assertFalse(Graph.isPrivate(6, graph[0], graph[1], 0.1));
    }
    assertTrue(Graph.isPrivate(6, 5, 5, 0.1));
    // Odd, and not everybody.
    assertFalse(Graph.isPrivate(100, 33, 22, 0.1));
  }

  @Test
  void of_moreThanAMillion_isRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> Graph.of(1_000_001, 2, MaskingAssumptions.DEFAULT));
  }

  @Test
  void assumptions_outOfRange_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> new MaskingAssumptions(0.4, 0.1, 48));
    assertThrows(IllegalArgumentException.class, () -> new MaskingAssumptions(0.1, -0.1, 48));
    assertThrows(IllegalArgumentException.class, () -> new MaskingAssumptions(Double.NaN, 0, 48));
    assertThrows(IllegalArgumentException.class, () -> new MaskingAssumptions(0.1, 0.1, 2));
  }
}
