package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.SumContractTest;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.testing.Asked;
import io.sparkfed.testing.RecordingFederation;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MaskedSumTest extends SumContractTest {
  private static final Words<long[]> SEND = Asked.words((worker, held) -> held);

  @Override
  protected RingSum sum(int minWorkers) {
    return new MaskedSum(ThrowAwayKeys.random(), minWorkers);
  }

  @Override
  protected int smallestMinimum() {
    return 2;
  }

  /** Names have one letter here; every field is preceded by a length of four bytes. */
  @Override
  protected long messageBytes(int workers, int words) {
    long peers = workers - 1L;
    long signature = 4 + 64;
    long name = 4 + 1;
    long advert = name + 4 + 2 * (4 + 32) + signature;
    long shares = 2 * (4 + 40) + 16;
    long commitment = name + (4 + 32) + 4 + peers * (name + 4 + shares) + signature;
    long masked = name + signature + 4 + 4 + 8L * (words + 2);
    long reveal = name + 4 + workers * (name + 4 + 40) + signature;
    long adverts = name + (4 + 32) + 4 + 32 * advert;
    return workers * (adverts + commitment + masked + reveal);
  }

  @Test
  void aggregate_manySums_makesThreeVisitsEachAndAdvertisesEvery32() {
    Map<String, long[]> held = Map.of("a", vector(1), "b", vector(2), "c", vector(3));
    RecordingFederation<long[]> federation =
        new RecordingFederation<>(new InProcessFederation<>(held));
    MaskedSum sum = new MaskedSum(ThrowAwayKeys.random(), 3);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 65; i++) {
      assertArrayEquals(vector(6), sum.sum(federation, visit(i), SEND).value());
      if (i % 32 == 0) {
        expected.add("advertising keys (3 workers)");
      }
      expected.addAll(
          List.of("sum " + i, "sum " + i + ": masked vectors", "sum " + i + ": unmasking"));
    }

    assertEquals(expected, federation.visits().stream().map(Visit::description).toList());
    assertEquals(expected.size(), federation.workerVisits());
  }

  /** The driver sees bytes alone, and the payload under masks. */
  @Test
  void aggregate_anyCohort_showsTheDriverBytesWithoutTheVectors() {
    long telltale = 0x0123456789ABCDEFL;
    Map<String, long[]> held =
        Map.of("a", vector(telltale), "b", vector(telltale), "c", vector(telltale));
    RecordingFederation<long[]> federation =
        new RecordingFederation<>(new InProcessFederation<>(held));

    new MaskedSum(ThrowAwayKeys.random(), 3).sum(federation, visit(0), SEND);

    assertEquals(4 * 3, federation.seenByDriver().size());
    for (Object message : federation.seenByDriver()) {
      String hex = HexFormat.of().formatHex(assertInstanceOf(byte[].class, message));
      assertEquals(-1, hex.indexOf("0123456789abcdef"));
      assertEquals(-1, hex.indexOf("efcdab8967452301"));
    }
  }

  @Test
  void aggregate_randomVectors_givesTheSameBitsAsTheOtherSums() {
    Random random = new Random(5L);
    for (int trial = 0; trial < 25; trial++) {
      int workers = 2 + random.nextInt(9);
      int words = random.nextInt(20);
      Map<String, long[]> held = new TreeMap<>();
      while (held.size() < workers) {
        held.put(Integer.toString(random.nextInt(1000), 36), random.longs(words).toArray());
      }

      long[] plain = aggregated(new InsecurePlainSum(2), held);

      assertArrayEquals(plain, aggregated(new MaskedSum(ThrowAwayKeys.random(), 2), held));
    }
  }

  @Test
  void aggregate_moreWordsThanAChunkOfTheKeyStream_isExact() {
    Map<String, long[]> held = new TreeMap<>();
    for (String worker : List.of("a", "b", "c")) {
      held.put(worker, new Random(worker.hashCode()).longs(10_001).toArray());
    }

    assertArrayEquals(
        aggregated(new InsecurePlainSum(2), held),
        aggregated(new MaskedSum(ThrowAwayKeys.random(), 2), held));
  }

  /** Its neighbors would refuse the whole round; without it they have one. */
  @Test
  void aggregate_forgedAdvert_leavesItsSenderOut() {
    SortedMap<String, long[]> held = new TreeMap<>();
    List.of("a", "b", "c", "d").forEach(worker -> held.put(worker, vector(worker.charAt(0))));
    PhaseFederation federation =
        new PhaseFederation(
            held,
            new PhaseFederation.Line() {
              @Override
              public Object call(
                  PhaseFederation.Phase phase,
                  String worker,
                  PhaseFederation.Call call,
                  MaskedFrame frame) {
                byte[] message = (byte[]) call.run(frame);
                if (phase == PhaseFederation.Phase.ADVERTISE && worker.equals("b")) {
                  // Within the first slot's mask key: name, identity, count, name, slot, length.
                  message[5 + 36 + 4 + 5 + 4 + 4 + 7] ^= 1;
                }
                return message;
              }
            });

    Opened<long[]> opened =
        new MaskedSum(ThrowAwayKeys.random(), 3)
            .sum(federation, new Visit("sum", 1, List.copyOf(held.keySet())), SEND);

    assertArrayEquals(vector('a' + 'c' + 'd'), opened.value());
    assertEquals(1, opened.dropouts());
  }

  /** A vector of the wrong length must not be masked into a sum: nor is a part of it opened. */
  @Test
  void aggregate_differentLengths_namesTheRule() {
    Map<String, long[]> held = Map.of("a", vector(1), "b", vector(1, 2), "c", vector(3));

    AggregationException refused =
        assertThrows(
            AggregationException.class,
            () -> aggregated(new MaskedSum(ThrowAwayKeys.random(), 2), held));

    assertEquals(
        "secure aggregation refused a message and opened nothing:"
            + " masked vectors must have one length",
        refused.getMessage());
  }

  @Test
  void constructor_minimumBelowTwo_isRefusedWithTheValue() {
    assertEquals(
        "min-workers must be >= 2. Provided value: 1",
        assertThrows(IllegalArgumentException.class, () -> new MaskedSum(ThrowAwayKeys.random(), 1))
            .getMessage());
  }

  private static Visit visit(int i) {
    return new Visit("sum " + i, i, List.of("a", "b", "c"));
  }

  private static long[] aggregated(RingSum sum, Map<String, long[]> held) {
    return sum.sum(
            new InProcessFederation<>(held),
            new Visit("test", 1, held.keySet().stream().sorted().toList()),
            SEND)
        .value();
  }
}
