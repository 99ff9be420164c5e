package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Ring;
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
    long hash = 4 + 32;
    long signature = 4 + 64;
    long name = 4 + 1;
    long card = name + 2 * hash + signature;
    long pledge = name + (4 + 40 + 16) + 2 * hash;
    long masked = 4 + name + 2 * hash + 4 + peers * pledge + 4 + 8L * (words + 2) + signature;
    long reveal = name + 4 + workers * (name + 4 + 40) + 4;
    return workers * (card + masked + reveal);
  }

  @Test
  void aggregate_manySums_makesTwoVisitsEachAndCollectsCardsOnce() {
    Map<String, long[]> held = Map.of("a", vector(1), "b", vector(2), "c", vector(3));
    RecordingFederation<long[]> federation =
        new RecordingFederation<>(new InProcessFederation<>(held));
    MaskedSum sum = new MaskedSum(ThrowAwayKeys.random(), 3);
    List<String> expected = new ArrayList<>(List.of("collecting cards (3 workers)"));
    for (int i = 0; i < 65; i++) {
      assertArrayEquals(vector(6), sum.sum(federation, visit(i), SEND).value());
      expected.addAll(List.of("sum " + i, "sum " + i + ": unmasking"));
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

    assertEquals(3 * 3, federation.seenByDriver().size());
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
                if (phase == PhaseFederation.Phase.CARD && worker.equals("b")) {
                  // Within the key: name, identity, length.
                  message[5 + 36 + 4 + 7] ^= 1;
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

  /** Of three, the other two are too few. */
  @Override
  @Test
  public void aggregate_differentLengths_areRefused() {
    Map<String, long[]> held = Map.of("a", vector(1), "b", vector(1, 2), "c", vector(3));

    assertEquals(
        "too few workers: 2 took part, but the minimum is 3",
        assertThrows(
                CohortException.class,
                () -> aggregated(new MaskedSum(ThrowAwayKeys.random(), 2), held))
            .getMessage());
  }

  /** Most decide which length is right: the others are left out. */
  @Test
  void aggregate_oneOfAnotherLength_isLeftOut() {
    Map<String, long[]> held =
        Map.of("a", vector(1), "b", vector(1, 2), "c", vector(3), "d", vector(5), "e", vector(7));

    assertArrayEquals(vector(16), aggregated(new MaskedSum(ThrowAwayKeys.random(), 2), held));
  }

  /** Whole numbers of several words, in any order of workers: carries go where they belong. */
  @Test
  void aggregate_wholeNumbers_givesTheSameBitsAsThePlainSum() {
    Random random = new Random(6L);
    for (int trial = 0; trial < 20; trial++) {
      Ring ring = new Ring(random.nextInt(4), 1 + random.nextInt(7));
      int words = ring.singles() + ring.width() * random.nextInt(4);
      Words<long[]> send = Asked.words(ring, (worker, held) -> held);
      Map<String, long[]> held = new TreeMap<>();
      for (String worker : List.of("a", "b", "c", "d")) {
        held.put(worker, random.longs(words).toArray());
      }
      InProcessFederation<long[]> federation = new InProcessFederation<>(held);
      Visit visit = new Visit("sum", 1, List.of("a", "b", "c", "d"));

      assertArrayEquals(
          new InsecurePlainSum(2).sum(federation, visit, send).value(),
          new MaskedSum(ThrowAwayKeys.random(), 2).sum(federation, visit, send).value());
    }
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
