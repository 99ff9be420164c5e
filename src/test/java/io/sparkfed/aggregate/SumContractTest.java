package io.sparkfed.aggregate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.testing.Asked;
import io.sparkfed.testing.RecordingFederation;
import java.util.ArrayList;
import java.util.Arrays;
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
  private static final long TELLTALE = 7654321125L;

  /** Held by a worker whose work fails. */
  protected static final long[] FAILS = {};

  /** Held by a worker whose vector would have two words but isn't finite. */
  protected static final long[] NOT_FINITE = {Long.MIN_VALUE, 2};

  /** A worker sends the vector it holds. */
  private static final Words<long[]> SEND =
      Asked.words(
          (worker, held) -> {
            if (held.length == 0) {
              throw new IllegalStateException("a row with " + TELLTALE);
            }
            if (Arrays.equals(held, NOT_FINITE)) {
              throw new NonFiniteValueException((int) held[1]);
            }
            return held;
          });

  /** Returns the sum under test. */
  protected abstract RingSum sum(int minWorkers);

  /** Returns the smallest minimum, and so the smallest cohort, that the sum allows. */
  protected int smallestMinimum() {
    return 1;
  }

  /** Returns the payload bytes of a first sum over {@code workers} vectors of {@code words}. */
  protected long messageBytes(int workers, int words) {
    return (long) Long.BYTES * workers * words;
  }

  @Test
  public void aggregate_threeWorkers_isTheExactSumWithItsCounts() {
    Opened<long[]> opened =
        aggregate(
            smallestMinimum(),
            Map.of("a", vector(1, 10), "b", vector(2, 20), "c", vector(-7, -50)));

    assertArrayEquals(new long[] {-4, -20}, opened.value());
    assertEquals(3, opened.workers());
    assertEquals(0, opened.dropouts());
    assertEquals(messageBytes(3, 2), opened.messageBytes());
    assertEquals(0, opened.saturated());
  }

  @Test
  public void aggregate_smallestCohort_isItsSum() {
    int least = smallestMinimum();
    Map<String, long[]> held = new HashMap<>();
    for (int i = 0; i < least; i++) {
      held.put("w" + i, vector(1, 2));
    }

    assertArrayEquals(vector(least, 2L * least), aggregate(least, held).value());
  }

  @Test
  public void aggregate_beyondTheLargestLong_wrapsAround() {
    assertArrayEquals(
        vector(Long.MIN_VALUE, Long.MAX_VALUE),
        aggregate(
                smallestMinimum(),
                Map.of("a", vector(Long.MAX_VALUE, Long.MIN_VALUE), "b", vector(1, -1)))
            .value());
  }

  @Test
  public void aggregate_anyOrderOfArrival_givesTheSameBits() {
    Random random = new Random(1L);
    List<String> names = IntStream.range(0, 20).mapToObj(i -> "w" + i).toList();
    Map<String, long[]> held = new LinkedHashMap<>();
    long[] expected = new long[5];
    for (String name : names) {
      long[] vector = random.longs(5).toArray();
      held.put(name, vector);
      Arrays.setAll(expected, j -> expected[j] + vector[j]);
    }
    RingSum sum = sum(smallestMinimum());
    for (int i = 0; i < 20; i++) {
      long seed = i;
      Federation<long[]> shuffled = new ShuffledArrival(new InProcessFederation<>(held), seed);
      assertArrayEquals(expected, sum.sum(shuffled, visitOf(held), SEND).value(), "order " + i);
    }
  }

  @Test
  public void aggregate_valuesOfTheWorkers_areNotChanged() {
    long[] a = vector(1, 2);
    aggregate(smallestMinimum(), Map.of("a", a, "b", vector(3, 4)));

    assertArrayEquals(vector(1, 2), a);
  }

  @Test
  public void aggregate_fewerWorkersThanTheMinimum_isRefusedWithBothCounts() {
    CohortException refused =
        assertThrows(
            CohortException.class, () -> aggregate(3, Map.of("a", vector(1), "b", vector(2))));

    assertEquals("too few workers: 2 took part, but the minimum is 3", refused.getMessage());
    assertEquals(
        "too few workers: 2 took part, but minWorkers is 3",
        refused.in(hint -> "minWorkers").getMessage());
  }

  @Test
  public void aggregate_noWorker_isRefused() {
    assertThrows(CohortException.class, () -> aggregate(smallestMinimum(), Map.of()));
  }

  @Test
  public void aggregate_throwingWorker_isADropout() {
    Opened<long[]> opened =
        aggregate(2, held("a", vector(1), "b", FAILS, "c", vector(3), "d", vector(5)));

    assertArrayEquals(new long[] {9}, opened.value());
    assertEquals(3, opened.workers());
    assertEquals(1, opened.dropouts());
  }

  @Test
  public void aggregate_dropoutBelowTheMinimum_isRefused() {
    CohortException refused =
        assertThrows(
            CohortException.class,
            () -> aggregate(3, held("a", vector(1), "b", FAILS, "c", vector(3))));

    assertTrue(
        refused.getMessage().startsWith("too few workers: 2 took part"), refused.getMessage());
  }

  @Test
  public void aggregate_notFiniteValue_isRefusedWithTheCount() {
    NonFiniteUpdateException refused =
        assertThrows(
            NonFiniteUpdateException.class,
            () ->
                aggregate(
                    smallestMinimum(), held("a", vector(1, 2), "b", NOT_FINITE, "c", NOT_FINITE)));

    assertEquals("the updates of 2 worker(s) are not finite", refused.getMessage());
  }

  @Test
  public void aggregate_differentLengths_areRefused() {
    AggregationException refused =
        assertThrows(
            AggregationException.class,
            () ->
                aggregate(
                    smallestMinimum(), held("a", vector(1), "b", vector(1, 2), "c", vector(3))));

    assertEquals(AggregationException.class, refused.getClass());
  }

  /** Three of four would do for the sum, and not for who asks: nothing is opened. */
  @Test
  public void aggregate_visitOfAllWithADropout_opensNothing() {
    Map<String, long[]> all = held("a", vector(1), "b", FAILS, "c", vector(3), "d", vector(4));
    RingSum sum = sum(smallestMinimum());
    Visit visit = new Visit("test", 1, List.of("a", "b", "c", "d")).ofAll();

    assertThrows(CohortException.class, () -> sum.sum(new InProcessFederation<>(all), visit, SEND));
    assertArrayEquals(
        vector(10),
        sum(smallestMinimum())
            .sum(
                new InProcessFederation<>(
                    held("a", vector(1), "b", vector(2), "c", vector(3), "d", vector(4))),
                visit,
                SEND)
            .value());
  }

  @Test
  public void constructorOrVisit_minimumBelowTheSmallest_isRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> aggregate(smallestMinimum() - 1, Map.of("a", vector(1), "b", vector(2))));
  }

  /** A failure may tell a rule and a count, never what a worker holds or which one it was. */
  @Test
  public void aggregate_anyFailure_tellsNoWorkersNumberAndNoName() {
    List<Map<String, long[]>> failures =
        List.of(
            held("nora", vector(TELLTALE), "olga", FAILS, "paul", FAILS),
            held("nora", vector(TELLTALE), "olga", NOT_FINITE, "paul", FAILS),
            held("nora", vector(TELLTALE), "olga", vector(TELLTALE, 1), "paul", vector(TELLTALE)),
            held("nora", vector(TELLTALE)));
    for (Map<String, long[]> held : failures) {
      // Where two have one length, a third of another may be left out.
      int least = held.size() == 3 ? leastForAFailure(held) : 2;
      Throwable failure = assertThrows(AggregationException.class, () -> aggregate(least, held));
      for (Throwable e = failure; e != null; e = e.getCause()) {
        String text = e.toString();
        assertFalse(text.contains("7654321") || text.contains("7.654321"), text);
        assertFalse(text.contains("nora") || text.contains("olga") || text.contains("paul"), text);
        assertEquals(0, e.getSuppressed().length);
      }
    }
  }

  private static int leastForAFailure(Map<String, long[]> held) {
    return Arrays.equals(held.get("nora"), held.get("paul")) ? 3 : 2;
  }

  /** Aggregates over vectors by worker, through serialization. */
  protected Opened<long[]> aggregate(int minWorkers, Map<String, long[]> held) {
    return aggregate(minWorkers, held, new RecordingFederation<>(new InProcessFederation<>(held)));
  }

  /** Aggregates over vectors by worker in a given federation of them. */
  protected Opened<long[]> aggregate(
      int minWorkers, Map<String, long[]> held, Federation<long[]> federation) {
    return sum(minWorkers).sum(federation, visitOf(held), SEND);
  }

  /** Returns a vector. */
  protected static long[] vector(long... values) {
    return values;
  }

  private static Visit visitOf(Map<String, long[]> held) {
    return new Visit("test", 1, held.keySet().stream().sorted().toList());
  }

  private static Map<String, long[]> held(Object... namesAndVectors) {
    Map<String, long[]> held = new HashMap<>();
    for (int i = 0; i < namesAndVectors.length; i += 2) {
      held.put((String) namesAndVectors[i], (long[]) namesAndVectors[i + 1]);
    }
    return held;
  }

  /** Hands messages over in a random order. */
  private record ShuffledArrival(Federation<long[]> workersInOrder, long seed)
      implements Federation<long[]> {
    @Override
    public List<String> workers() {
      return workersInOrder.workers();
    }

    @Override
    public <M> List<M> visit(Visit visit, WorkerTask<long[], M> task) {
      List<M> messages = new ArrayList<>(workersInOrder.visit(visit, task));
      Collections.shuffle(messages, new Random(seed));
      return messages;
    }

    @Override
    public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
      List<M> messages = new ArrayList<>(workersInOrder.visitAggregators(visit, task));
      Collections.shuffle(messages, new Random(seed));
      return messages;
    }
  }
}
