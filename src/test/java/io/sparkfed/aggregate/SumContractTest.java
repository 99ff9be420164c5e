package io.sparkfed.aggregate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.testing.RecordingFederation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every sum over a cohort must do, whoever may see what. */
public abstract class SumContractTest {

  /** A number no rule or count of these tests has. */
  private static final double TELLTALE = 7654321.125;

  /** Held by a worker whose work fails. */
  protected static final double[] FAILS = {};

  /** A worker sends the vector it holds. */
  private static final WorkerTask<double[], String, double[]> SEND =
      (worker, held, nothing) -> {
        if (held.length == 0) {
          throw new IllegalStateException("a row with " + TELLTALE);
        }
        return held;
      };

  /** Returns the sum under test. */
  protected abstract Aggregation<double[], double[]> sum(int minWorkers);

  @Test
  public void aggregate_threeWorkers_isTheExactSumWithItsCounts() {
    Opened<double[]> opened =
        aggregate(1, Map.of("a", vector(1, 10), "b", vector(2, 20), "c", vector(0.5, -50)));

    assertArrayEquals(new double[] {3.5, -20.0}, opened.value());
    assertEquals(3, opened.workers());
    assertEquals(0, opened.dropouts());
    assertEquals(3 * 2 * 8, opened.messageBytes());
  }

  @Test
  public void aggregate_oneWorker_isItsVector() {
    assertArrayEquals(vector(1, 2), aggregate(1, Map.of("a", vector(1, 2))).value());
  }

  @Test
  public void aggregate_anyOrderOfArrival_givesTheSameBits() {
    Random random = new Random(1L);
    List<String> names = IntStream.range(0, 20).mapToObj(i -> "w" + i).toList();
    Map<String, double[]> held = new LinkedHashMap<>();
    // Magnitudes over 30 decades, so that the order of addition shows in the bits.
    names.forEach(
        name ->
            held.put(
                name,
                random
                    .doubles(5)
                    .map(d -> (d - 0.5) * Math.pow(10.0, random.nextInt(30)))
                    .toArray()));
    double[] expected = aggregate(1, held).value();
    for (int i = 0; i < 20; i++) {
      long seed = i;
      Federation<double[]> shuffled = new ShuffledArrival(new InProcessFederation<>(held), seed);
      assertArrayEquals(
          expected, sum(1).aggregate(shuffled, visitOf(held), SEND).value(), "order " + i);
    }
  }

  @Test
  public void aggregate_valuesOfTheWorkers_areNotChanged() {
    double[] a = vector(1, 2);
    aggregate(1, Map.of("a", a, "b", vector(3, 4)));

    assertArrayEquals(vector(1, 2), a);
  }

  @Test
  public void aggregate_fewerWorkersThanTheMinimum_isRefusedWithBothCounts() {
    CohortException refused =
        assertThrows(
            CohortException.class, () -> aggregate(3, Map.of("a", vector(1), "b", vector(2))));

    assertEquals(
        "too few workers: an average may be opened over at least 3 (aggregation.min-workers)."
            + " Provided: 2",
        refused.getMessage());
  }

  @Test
  public void aggregate_noWorker_isRefused() {
    assertThrows(CohortException.class, () -> aggregate(1, Map.of()));
  }

  @Test
  public void aggregate_throwingWorker_isADropout() {
    Opened<double[]> opened = aggregate(2, held("a", vector(1), "b", FAILS, "c", vector(3)));

    assertArrayEquals(new double[] {4.0}, opened.value());
    assertEquals(2, opened.workers());
    assertEquals(1, opened.dropouts());
  }

  @Test
  public void aggregate_dropoutBelowTheMinimum_isRefused() {
    CohortException refused =
        assertThrows(
            CohortException.class,
            () -> aggregate(3, held("a", vector(1), "b", FAILS, "c", vector(3))));

    assertTrue(refused.getMessage().endsWith("Provided: 2"), refused.getMessage());
  }

  @Test
  public void aggregate_notFiniteValue_isRefusedWithTheCount() {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1.0 / 0.0}) {
      NonFiniteUpdateException refused =
          assertThrows(
              NonFiniteUpdateException.class,
              () -> aggregate(1, held("a", vector(1), "b", vector(bad), "c", vector(bad))));
      assertEquals("the updates of 2 worker(s) are not finite", refused.getMessage());
    }
  }

  @Test
  public void aggregate_differentLengths_areRefused() {
    AggregationException refused =
        assertThrows(
            AggregationException.class,
            () -> aggregate(1, held("a", vector(1), "b", vector(1, 2), "c", vector(3))));

    assertEquals(AggregationException.class, refused.getClass());
  }

  @Test
  public void constructorOrVisit_minimumBelowOne_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> aggregate(0, Map.of("a", vector(1))));
  }

  /** A failure may tell a rule and a count, never what a worker holds or which one it was. */
  @Test
  public void aggregate_anyFailure_tellsNoWorkersNumberAndNoName() {
    List<Map<String, double[]>> failures =
        List.of(
            held("nora", vector(TELLTALE), "olga", FAILS, "paul", FAILS),
            held("nora", vector(TELLTALE), "olga", vector(TELLTALE, Double.NaN), "paul", FAILS),
            held("nora", vector(TELLTALE), "olga", vector(TELLTALE, 1), "paul", vector(TELLTALE)),
            held("nora", vector(TELLTALE)));
    for (Map<String, double[]> held : failures) {
      Throwable failure = assertThrows(AggregationException.class, () -> aggregate(2, held));
      for (Throwable e = failure; e != null; e = e.getCause()) {
        String text = e.toString();
        assertFalse(text.contains("7654321") || text.contains("7.654321"), text);
        assertFalse(text.contains("nora") || text.contains("olga") || text.contains("paul"), text);
        assertEquals(0, e.getSuppressed().length);
      }
    }
  }

  /** Aggregates over vectors by worker, through serialization. */
  protected Opened<double[]> aggregate(int minWorkers, Map<String, double[]> held) {
    return aggregate(minWorkers, held, new RecordingFederation<>(new InProcessFederation<>(held)));
  }

  /** Aggregates over vectors by worker in a given federation of them. */
  protected Opened<double[]> aggregate(
      int minWorkers, Map<String, double[]> held, Federation<double[]> federation) {
    return sum(minWorkers).aggregate(federation, visitOf(held), SEND);
  }

  /** Returns a vector. */
  protected static double[] vector(double... values) {
    return values;
  }

  private static Visit<String> visitOf(Map<String, double[]> held) {
    return new Visit<>("test", 1, held.keySet().stream().sorted().toList(), "");
  }

  private static Map<String, double[]> held(Object... namesAndVectors) {
    Map<String, double[]> held = new HashMap<>();
    for (int i = 0; i < namesAndVectors.length; i += 2) {
      held.put((String) namesAndVectors[i], (double[]) namesAndVectors[i + 1]);
    }
    return held;
  }

  /** Hands messages over in a random order. */
  private record ShuffledArrival(Federation<double[]> workersInOrder, long seed)
      implements Federation<double[]> {
    @Override
    public List<String> workers() {
      return workersInOrder.workers();
    }

    @Override
    public <B, M> List<M> visit(Visit<B> visit, WorkerTask<double[], B, M> task) {
      List<M> messages = new ArrayList<>(workersInOrder.visit(visit, task));
      Collections.shuffle(messages, new Random(seed));
      return messages;
    }

    @Override
    public <B, M, R> R visitAndCombine(
        Visit<B> visit, WorkerTask<double[], B, M> task, Combiner<M, R> combiner) {
      return combiner.combine(visit(visit, task));
    }
  }
}
