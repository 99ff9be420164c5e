package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.aggregate.NonFiniteUpdateException;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;
import io.sparkfed.secure.keys.EphemeralKeys;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.secure.sealed.SealedSum;
import io.sparkfed.testing.Asked;
import io.sparkfed.testing.RecordingFederation;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FixedPointSumTest {
  private static final Question<double[]> SEND = Asked.vector(0, 0, (worker, held) -> held);

  @Test
  void aggregate_firstSum_choosesTheRangeOnceForAll() {
    RecordingFederation<double[]> federation = federation(Map.of("a", v(1, 2), "b", v(3, 4)));
    FixedPointSum sum = new FixedPointSum(new InsecurePlainSum(2), Asked.layout(1, 0));

    assertArrayEquals(v(4, 6), sum(sum, federation).value());
    assertArrayEquals(v(4, 6), sum(sum, federation).value());

    assertEquals(
        List.of("choosing the range of sums (2 workers)", "test", "test"),
        federation.visits().stream().map(Visit::description).toList());
  }

  /**
   * What was expected needs no choice; what is larger than expected is cut, and then chosen for.
   */
  @Test
  void aggregate_rangeExpected_choosesNone() {
    RecordingFederation<double[]> federation = federation(Map.of("a", v(1, 2), "b", v(3, 4)));
    FixedPointSum enough = new FixedPointSum(new InsecurePlainSum(2), Asked.layout(1, 0));
    enough.expect(3.0, 2);
    assertArrayEquals(v(4, 6), sum(enough, federation).value());
    assertEquals(1, federation.visits().size());

    FixedPointSum tooLittle = new FixedPointSum(new InsecurePlainSum(2), Asked.layout(1, 0));
    tooLittle.expect(0.9, 2);
    assertEquals(1, sum(tooLittle, federation).saturated());
    assertArrayEquals(v(4, 6), sum(tooLittle, federation).value());
  }

  @Test
  void aggregate_nothingScaled_choosesNoRange() {
    RecordingFederation<double[]> federation =
        federation(Map.of("a", v(1e30, -1e-20), "b", v(3, 4)));

    Opened<double[]> opened =
        sum(new FixedPointSum(new InsecurePlainSum(2), Asked.layout(0, 0)), federation);

    assertArrayEquals(v(1e30 + 3, 4), opened.value());
    assertEquals(1, federation.visits().size());
    assertEquals(2 * 8 * (2 * 7 + 1), opened.messageBytes());
  }

  @Test
  void aggregate_bytesOfChoosingTheRange_areCountedOnce() {
    RecordingFederation<double[]> federation = federation(Map.of("a", v(1), "b", v(3)));
    FixedPointSum sum = new FixedPointSum(new InsecurePlainSum(2), Asked.layout(1, 0));

    assertEquals(2 * 8 * (128 + 2), sum(sum, federation).messageBytes());
    assertEquals(2 * 8 * 2, sum(sum, federation).messageBytes());
  }

  /**
   * Under masks the words up to the largest bucket are random, and say nothing of who or how many.
   */
  @Test
  void aggregate_choosingTheRange_opensTheLargestBucketAlone() {
    List<long[]> plain = new ArrayList<>();
    List<long[]> masked = new ArrayList<>();
    RecordingFederation<double[]> federation =
        federation(
            Map.of(
                "a", v(0x1p-10, -15.9, 1e9),
                "b", v(0.0, 16.0, 0.0),
                "c", v(1.0, -0.5, 1e30),
                "d", v(0.0, -0.0, 0.0),
                "e", v(Double.MIN_VALUE, 0, 0)));

    sum(
        new FixedPointSum(new Listening(new InsecurePlainSum(2), plain), Asked.layout(2, 0)),
        federation);
    MaskedSum ring = new MaskedSum(ThrowAwayKeys.random(), 2);
    sum(new FixedPointSum(new Listening(ring, masked), Asked.layout(2, 0)), federation, 2);

    long[] expected = new long[128];
    expected[1] = 4; // all but the zeros reach 2^-252
    Arrays.fill(expected, 2, 66, 3); // 15.9, 16 and 1 are from 2^-252 to 2^4
    expected[66] = 1; // 16 is below 2^8
    assertArrayEquals(expected, plain.get(0));
    for (int bucket = 0; bucket < 128; bucket++) {
      assertEquals(expected[bucket] != 0, masked.get(0)[bucket] != 0, "bucket " + bucket);
      assertTrue(masked.get(0)[bucket] == 0 || Math.abs(masked.get(0)[bucket]) > 1L << 40);
    }
    assertArrayEquals(plain.get(1), masked.get(1));
  }

  /** Cohorts grow and shrink; nothing overflows, and a resumed sum has the same grid. */
  @Test
  void sum_largerCohortsLater_areExactOnACoarserGrid() {
    Map<String, double[]> held = new TreeMap<>();
    for (int k = 0; k < 40; k++) {
      held.put(String.format("w%02d", k), v(15.9 - k / 3.0, 1e9 + k));
    }
    RecordingFederation<double[]> federation = federation(held);
    List<String> all = federation.workers();
    FixedPointSum sum = new FixedPointSum(new InsecurePlainSum(2), Asked.layout(1, 0));
    for (int size : new int[] {3, 3, 5, 4, 17, 40, 3}) {
      int[] choices = sum.choices();
      Visit visit = new Visit("test", 1, all.subList(0, size));
      double[] opened = sum.sum(federation, visit, SEND).value();

      double scaled = 0.0;
      double exact = 0.0;
      for (String worker : visit.cohort()) {
        scaled += held.get(worker)[0];
        exact += held.get(worker)[1];
      }
      assertEquals(scaled, opened[0], 1e-13 * size);
      assertEquals(exact, opened[1]);
      FixedPointSum resumed = new FixedPointSum(new InsecurePlainSum(2), Asked.layout(1, 0));
      resumed.restore(choices);
      assertArrayEquals(opened, resumed.sum(federation, visit, SEND).value());
      assertArrayEquals(sum.choices(), resumed.choices());
    }
    assertEquals(40, sum.choices()[2]);
  }

  /** Sixteen times the bucket's end is left as headroom; more is cut, counted and mended. */
  @Test
  void aggregate_growingVectors_saturatesBeyondTheHeadroomAndThenChoosesAnew() {
    RecordingFederation<double[]> federation = federation(Map.of("a", v(1.5), "b", v(1.5)));
    FixedPointSum sum = new FixedPointSum(new InsecurePlainSum(2), Asked.layout(1, 0));

    // Bucket up to 2^4, bound 2^8.
    assertEquals(3.0, scaled(sum, federation, 1).value()[0]);
    Opened<double[]> atTheBound = scaled(sum, federation, 170);
    assertEquals(510.0, atTheBound.value()[0]);
    assertEquals(0, atTheBound.saturated());
    Opened<double[]> beyond = scaled(sum, federation, 200);
    assertEquals(512.0, beyond.value()[0]);
    assertEquals(2, beyond.saturated());
    Opened<double[]> mended = scaled(sum, federation, 200);
    assertEquals(600.0, mended.value()[0]);
    assertEquals(0, mended.saturated());
    assertEquals(2 + 1 + 1 + 2, federation.visits().size());
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e76})
  void aggregate_notFiniteOrBeyondAllBuckets_isRefusedWithTheCount(double bad) {
    for (RingSum ring :
        List.of(
            new InsecurePlainSum(2),
            new SealedSum(new EphemeralKeys(), Set.of("sum"), 2),
            new MaskedSum(ThrowAwayKeys.random(), 2))) {
      RecordingFederation<double[]> federation =
          federation(Map.of("a", v(1, 1), "b", v(bad, 1), "c", v(1, 1)));
      assertEquals(
          "the updates of 1 worker(s) are not finite",
          assertThrows(
                  NonFiniteUpdateException.class,
                  () -> sum(new FixedPointSum(ring, Asked.layout(1, 0)), federation))
              .getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 1e300})
  void aggregate_extraNotFiniteOrTooLarge_isRefused(double bad) {
    RecordingFederation<double[]> federation = federation(Map.of("a", v(1, 1), "b", v(1, bad)));

    assertThrows(
        NonFiniteUpdateException.class,
        () -> sum(new FixedPointSum(new InsecurePlainSum(2), Asked.layout(1, 0)), federation));
  }

  /** A sum that no vectors of this range could have: words in the top of the range of long. */
  @Test
  void aggregate_ringOpensNonsense_isRefused() {
    RingSum nonsense =
        new RingSum() {
          @Override
          public <S> Opened<long[]> sum(Federation<S> federation, Visit visit, Words<S> words) {
            return new InsecurePlainSum(2)
                .sum(federation, visit, words)
                .map(
                    sums -> {
                      sums[0] ^= sums.length == 128 ? 0 : Long.MIN_VALUE;
                      return sums;
                    });
          }
        };

    assertEquals(
        "the opened sum is not one of valid vectors",
        assertThrows(
                AggregationException.class,
                () ->
                    sum(
                        new FixedPointSum(nonsense, Asked.layout(1, 0)),
                        federation(Map.of("a", v(1, 1), "b", v(1, 1)))))
            .getMessage());
  }

  /** Magnitudes over 20 decades, where sums of doubles depend on the order. */
  @Test
  void aggregate_anyOrderAndAnyPartition_givesTheSameBits() {
    Random random = new Random(4L);
    List<double[]> vectors = new ArrayList<>();
    for (int w = 0; w < 30; w++) {
      vectors.add(
          random
              .doubles(6)
              .map(d -> (d - 0.5) * Math.pow(10.0, random.nextInt(20) - 10))
              .toArray());
    }
    double[] expected =
        sum(new FixedPointSum(new InsecurePlainSum(2), Asked.layout(3, 0)), dealt(vectors)).value();
    for (int trial = 0; trial < 10; trial++) {
      Collections.shuffle(vectors, random);
      assertArrayEquals(
          expected,
          sum(new FixedPointSum(new InsecurePlainSum(2), Asked.layout(3, 0)), dealt(vectors))
              .value());
      assertArrayEquals(
          expected,
          sum(
                  new FixedPointSum(
                      new SealedSum(new EphemeralKeys(), Set.of("sum"), 2), Asked.layout(3, 0)),
                  dealt(vectors),
                  3)
              .value());
    }
    assertArrayEquals(
        expected,
        sum(
                new FixedPointSum(new MaskedSum(ThrowAwayKeys.random(), 2), Asked.layout(3, 0)),
                dealt(vectors),
                3)
            .value());
  }

  /** Weighted means of 1000 workers against decimal arithmetic. */
  @Test
  void weightedMean_thousandWorkers_errorIsBelowOneInTenToTheTwelve() {
    Random random = new Random(5L);
    Map<String, double[]> held = new TreeMap<>();
    BigDecimal[] numerators = {BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO};
    BigDecimal denominator = BigDecimal.ZERO;
    for (int w = 0; w < 1000; w++) {
      double[] vector = new double[4];
      vector[3] = 1 + random.nextInt(1_000_000) * random.nextDouble();
      for (int j = 0; j < 3; j++) {
        vector[j] = 0.5 + random.nextDouble() * Math.pow(10, j);
        numerators[j] =
            numerators[j].add(new BigDecimal(vector[j]).multiply(new BigDecimal(vector[3])));
      }
      denominator = denominator.add(new BigDecimal(vector[3]));
      held.put("w" + w, vector);
    }
    Layout layout = Layout.empty().scaled("update", 3).exact("weight");
    Question<double[]> weighted =
        Asked.vector(
            3,
            1,
            (worker, vector) ->
                new double[] {
                  vector[3] * vector[0], vector[3] * vector[1], vector[3] * vector[2], vector[3]
                });

    NamedVector opened =
        layout.read(
            new FixedPointSum(new InsecurePlainSum(2), layout)
                .sum(
                    new InProcessFederation<>(held),
                    new Visit("test", 1, List.copyOf(held.keySet())),
                    weighted)
                .value());

    assertEquals(denominator.doubleValue(), opened.get("weight"));
    for (int j = 0; j < 3; j++) {
      double exact = numerators[j].divide(denominator, MathContext.DECIMAL128).doubleValue();
      double actual = opened.mean("update", "weight")[j];
      assertTrue(Math.abs(actual - exact) <= 1e-12 * exact, exact + " " + actual);
    }
  }

  /** Keeps what a ring opened. */
  private record Listening(RingSum ring, List<long[]> heard) implements RingSum {
    @Override
    public <S> Opened<long[]> sum(Federation<S> federation, Visit visit, Words<S> words) {
      Opened<long[]> opened = ring.sum(federation, visit, words);
      heard.add(opened.value().clone());
      return opened;
    }
  }

  private static Opened<double[]> sum(FixedPointSum sum, Federation<double[]> federation) {
    return sum.sum(federation, new Visit("test", 1, federation.workers()), SEND);
  }

  /** Owners see to it that as many numbers are scaled as the question says. */
  private static Opened<double[]> sum(
      FixedPointSum sum, Federation<double[]> federation, int scaled) {
    return sum.sum(
        federation,
        new Visit("test", 1, federation.workers()),
        Asked.vector(scaled, 0, (worker, held) -> held));
  }

  private static Opened<double[]> scaled(
      FixedPointSum sum, Federation<double[]> federation, int factor) {
    return sum.sum(
        federation,
        new Visit("test", 1, federation.workers()),
        Asked.vector(1, 0, (worker, held) -> new double[] {held[0] * factor}));
  }

  private static RecordingFederation<double[]> federation(Map<String, double[]> held) {
    return new RecordingFederation<>(new InProcessFederation<>(held));
  }

  /** Gives the vectors to as many workers, in this order of ids. */
  private static RecordingFederation<double[]> dealt(List<double[]> vectors) {
    Map<String, double[]> held = new TreeMap<>();
    for (int w = 0; w < vectors.size(); w++) {
      held.put(String.format("w%02d", w), vectors.get(w));
    }
    return federation(held);
  }

  private static double[] v(double... values) {
    return values;
  }
}
