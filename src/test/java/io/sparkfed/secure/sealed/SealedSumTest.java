package io.sparkfed.secure.sealed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.SumContractTest;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.secure.keys.EphemeralKeys;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.testing.Asked;
import io.sparkfed.testing.InKeys;
import io.sparkfed.testing.RecordingFederation;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Sealed sums with one aggregator and with several, with and without a roster. */
class SealedSumTest {
  /** Sums are refused here on purpose; a field, as loggers are held weakly. */
  private static final Logger OF_REFUSALS = Logger.getLogger(OpeningTask.class.getName());

  static {
    OF_REFUSALS.setLevel(Level.OFF);
  }

  private static final Words<long[]> SEND = Asked.words((worker, held) -> held);
  private static final Set<String> THREE = Set.of("agg-1", "agg-2", "agg-3");

  /**
   * Bytes of a first sum; workers' names have one letter, aggregators' five, as in {@link #THREE}.
   */
  private static long messageBytes(int workers, int words, int aggregators) {
    long signature = 4 + 64;
    long key = 4 + 32;
    long name = 4 + 5;
    long advert = name + key + key + signature;
    long sealedKey = 4 + 32 + 32 + 16;
    long body = 4 + (4 + 8L * (words + 2) + 16);
    long update =
        4 + (4 + 1 + key + key + key + 4 + 4 + aggregators * sealedKey + body) + signature;
    long answer = name + 4 + 4 + 4 + key + 4 + 4 + 8L * (words + 2) + signature;
    return aggregators * (advert + answer) + workers * update;
  }

  /** Most decide which length is right: the others are left out. */
  private abstract static class Contract extends SumContractTest {
    @Override
    @Test
    public void aggregate_differentLengths_areRefused() {
      Map<String, long[]> held = Map.of("a", vector(1), "b", vector(1, 2), "c", vector(3));
      RingSum sum = sum(2);

      Opened<long[]> opened = sum.sum(new InProcessFederation<>(held), visit(held, "sum"), SEND);

      assertArrayEquals(vector(4), opened.value());
      assertEquals(1, opened.dropouts());
      assertEquals(Map.of("worker b: sealed vectors must have one length", 1), sum.leftOut());
    }
  }

  @Nested
  class OneAggregator extends Contract {
    @Override
    protected RingSum sum(int minWorkers) {
      return new SealedSum(ThrowAwayKeys.random(), Set.of("agg-1"), minWorkers);
    }

    @Override
    protected int smallestMinimum() {
      return 2;
    }

    @Override
    protected long messageBytes(int workers, int words) {
      return SealedSumTest.messageBytes(workers, words, 1);
    }
  }

  @Nested
  class ThreeAggregators extends Contract {
    @Override
    protected RingSum sum(int minWorkers) {
      return new SealedSum(ThrowAwayKeys.random(), THREE, minWorkers);
    }

    @Override
    protected int smallestMinimum() {
      return 2;
    }

    @Override
    protected long messageBytes(int workers, int words) {
      return SealedSumTest.messageBytes(workers, words, 3);
    }
  }

  @Nested
  class WithoutRoster extends Contract {
    @Override
    protected RingSum sum(int minWorkers) {
      return new SealedSum(new EphemeralKeys(), THREE, minWorkers);
    }

    @Override
    protected int smallestMinimum() {
      return 2;
    }

    @Override
    protected long messageBytes(int workers, int words) {
      return SealedSumTest.messageBytes(workers, words, 3);
    }
  }

  @Test
  void aggregate_randomVectors_givesTheSameBitsAsThePlainSum() {
    Random random = new Random(5L);
    for (int trial = 0; trial < 25; trial++) {
      int workers = 2 + random.nextInt(9);
      int words = random.nextInt(20);
      Map<String, long[]> held = new TreeMap<>();
      while (held.size() < workers) {
        held.put(Integer.toString(random.nextInt(1000), 36), random.longs(words).toArray());
      }

      long[] plain = aggregated(new InsecurePlainSum(2), held);

      for (Set<String> aggregators : List.of(Set.of("agg-1"), THREE)) {
        assertArrayEquals(
            plain, aggregated(new SealedSum(ThrowAwayKeys.random(), aggregators, 2), held));
      }
    }
  }

  @Test
  void aggregate_manySums_makesTwoVisitsEachAndAdvertisesOnce() {
    Map<String, long[]> held = held();
    RecordingFederation<long[]> federation =
        new RecordingFederation<>(new InProcessFederation<>(held));
    SealedSum sum = new SealedSum(ThrowAwayKeys.random(), Set.of("agg-1", "agg-2"), 3);
    List<String> expected = new ArrayList<>();
    expected.add("advertising aggregators' keys");
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(vector(6), sum.sum(federation, visit(held, "sum " + i), SEND).value());
      expected.addAll(List.of("sum " + i, "sum " + i + ": opening at agg-1, agg-2"));
    }

    assertEquals(expected, federation.visits().stream().map(Visit::description).toList());
    assertEquals(3, federation.workerVisits());
  }

  /**
   * The driver sees bytes alone, and no vector in them; with several aggregators no share either.
   */
  @Test
  void aggregate_anyCohort_showsTheDriverBytesWithoutTheVectors() {
    long telltale = 0x0123456789ABCDEFL;
    Map<String, long[]> held =
        Map.of("a", vector(telltale), "b", vector(telltale), "c", vector(telltale));
    for (Set<String> aggregators : List.of(Set.of("agg-1"), THREE)) {
      RecordingFederation<long[]> federation =
          new RecordingFederation<>(new InProcessFederation<>(held));

      new SealedSum(ThrowAwayKeys.random(), aggregators, 3)
          .sum(federation, visit(held, "sum"), SEND);

      assertEquals(3 + 2 * aggregators.size(), federation.seenByDriver().size());
      for (Object message : federation.seenByDriver()) {
        String hex = HexFormat.of().formatHex(assertInstanceOf(byte[].class, message));
        assertEquals(-1, hex.indexOf("0123456789abcdef"));
        assertEquals(-1, hex.indexOf("efcdab8967452301"));
      }
    }
  }

  /** With one worker left the sum would be that worker's vector: it must not travel. */
  @Test
  void aggregate_refusedSum_neverReachesAnAggregator() {
    Map<String, long[]> held = Map.of("a", vector(1), "b", vector(2));
    RecordingFederation<long[]> federation =
        new RecordingFederation<>(new InProcessFederation<>(held));
    SealedSum sum = new SealedSum(ThrowAwayKeys.random(), Set.of("agg-1"), 3);

    assertThrows(AggregationException.class, () -> sum.sum(federation, visit(held, "sum"), SEND));

    assertEquals(
        List.of("advertising aggregators' keys", "sum"),
        federation.visits().stream().map(Visit::description).toList());
  }

  /**
   * An aggregator whose process is gone has other keys: they are advertised, and the sum opened.
   */
  @Test
  void aggregate_aggregatorThatLostItsKey_isAskedForAnother() {
    Map<String, long[]> held = held();
    KeyRing workers = ThrowAwayKeys.random();
    Moved keys = new Moved(workers, new EphemeralKeys());
    RecordingFederation<long[]> federation =
        new RecordingFederation<>(new InProcessFederation<>(held));
    SealedSum sum = new SealedSum(keys, Set.of("agg-1"), 3);
    Moved.moved = false;
    sum.sum(federation, visit(held, "first"), SEND);
    Moved.moved = true;

    assertArrayEquals(vector(6), sum.sum(federation, visit(held, "second"), SEND).value());
    assertEquals(
        List.of(
            "advertising aggregators' keys",
            "first",
            "first: opening at agg-1",
            "second",
            "second: opening at agg-1",
            "advertising aggregators' keys",
            "second",
            "second: opening at agg-1"),
        federation.visits().stream().map(Visit::description).toList());
  }

  /** Keys that are others once the process they lived in is gone. */
  private record Moved(KeyRing before, KeyRing after) implements KeyRing {
    private static boolean moved;

    @Override
    public Owner open(String party) {
      Owner owner = (moved && party.startsWith("agg") ? after : before).open(party);
      return new Owner(owner.keys(), owner.policy(), owner.journal(), null);
    }

    @Override
    public Roster roster() {
      return null;
    }
  }

  @Test
  void aggregate_aggregatorThatNeverAnswers_opensNothing() {
    Map<String, long[]> held = held();
    Federation<long[]> silent =
        new Tampered(new InProcessFederation<>(held), (visit, messages) -> List.of());

    assertEquals(
        "aggregator agg-1 has no keys where it runs (aggregation.keys.dir)",
        refusal(silent, held, Set.of("agg-1")));
    Federation<long[]> oneSilent =
        new Tampered(
            new InProcessFederation<>(held),
            (visit, messages) -> visit.startsWith("sum") ? messages.subList(0, 1) : messages);
    assertEquals(
        "no sum was opened: not all aggregators answered with the keys they had advertised",
        refusal(oneSilent, held, Set.of("agg-1", "agg-2")));
  }

  @Test
  void aggregate_aggregatorIsAWorker_isRefused() {
    assertEquals(
        "an aggregator must not be a worker (aggregation.aggregators). Provided: b",
        refusal(new InProcessFederation<>(held()), held(), Set.of("b")));
  }

  @Test
  void constructor_minimumBelowTwoOrNoAggregator_isRefused() {
    KeyRing keys = ThrowAwayKeys.random();
    assertEquals(
        "min-workers must be >= 2. Provided value: 1",
        assertThrows(IllegalArgumentException.class, () -> new SealedSum(keys, Set.of("agg-1"), 1))
            .getMessage());
    assertEquals(
        "a sealed sum must have an aggregator",
        assertThrows(IllegalArgumentException.class, () -> new SealedSum(keys, Set.of(), 3))
            .getMessage());
  }

  private static String refusal(
      Federation<long[]> federation, Map<String, long[]> held, Set<String> aggregators) {
    SealedSum sum = new SealedSum(ThrowAwayKeys.random(), aggregators, 3);
    return InKeys.said(
        assertThrows(
            AggregationException.class, () -> sum.sum(federation, visit(held, "sum"), SEND)));
  }

  private interface Change {
    List<?> of(String visit, List<?> messages);
  }

  /** Changes what aggregators send on its way to the driver. */
  private record Tampered(Federation<long[]> workersAndAggregators, Change change)
      implements Federation<long[]> {
    @Override
    public List<String> workers() {
      return workersAndAggregators.workers();
    }

    @Override
    public <M> List<M> visit(Visit visit, WorkerTask<long[], M> task) {
      return workersAndAggregators.visit(visit, task);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
      return (List<M>)
          change.of(visit.description(), workersAndAggregators.visitAggregators(visit, task));
    }
  }

  private static Map<String, long[]> held() {
    return Map.of("a", vector(1), "b", vector(2), "c", vector(3));
  }

  private static long[] vector(long... words) {
    return words;
  }

  private static Visit visit(Map<String, long[]> held, String description) {
    return new Visit(description, 1, held.keySet().stream().sorted().toList());
  }

  private static long[] aggregated(RingSum sum, Map<String, long[]> held) {
    return sum.sum(new InProcessFederation<>(held), visit(held, "test"), SEND).value();
  }
}
