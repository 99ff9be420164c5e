package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.Layout.Kind;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.MomentsOfFeatures;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.testing.Asked;
import io.sparkfed.testing.Table;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Below the last place of the large workers' numbers, a sum has no digits of a small worker. */
class LowDigitsTest {
  private static final int WIDTH = 7;
  private static final int FRACTION_BITS = 184;
  private static final int FEATURES = 3;

  /** Keeps the words that are opened. */
  private record Listening(RingSum ring, List<long[]> heard) implements RingSum {
    @Override
    public <S> Opened<long[]> sum(Federation<S> federation, Visit visit, Words<S> words) {
      Opened<long[]> opened = ring.sum(federation, visit, words);
      heard.add(opened.value());
      return opened;
    }
  }

  private static <S> long[] opened(RingSum ring, Map<String, S> held, Question<S> question) {
    List<long[]> heard = new ArrayList<>();
    new FixedPointSum(new Listening(ring, heard), question.layout())
        .sum(
            new InProcessFederation<>(held),
            new Visit("test", 0, List.copyOf(held.keySet())).ofAll(),
            question);
    return heard.get(heard.size() - 1);
  }

  /** An exact number of a sum, in units of 2^-184, in two's complement. */
  private static BigInteger exact(long[] words, int scaledLength, int number) {
    ByteBuffer bytes = ByteBuffer.allocate(WIDTH * Long.BYTES);
    for (int word = WIDTH - 1; word >= 0; word--) {
      bytes.putLong(words[scaledLength + 1 + number * WIDTH + word]);
    }
    return new BigInteger(bytes.array());
  }

  /** A worker of one row beside three of many, all with two decimals. */
  private static Map<String, Shard> workers(int rows) {
    Random random = new Random(11L);
    Map<String, Shard> shards = new TreeMap<>();
    for (String worker : List.of("a", "b", "c", "d")) {
      int count = worker.equals("c") ? 1 : rows + random.nextInt(rows / 4);
      double[][] x = new double[count][FEATURES];
      for (double[] row : x) {
        for (int j = 0; j < FEATURES; j++) {
          row[j] = decimal(random.nextInt(30_000));
        }
      }
      shards.put(worker, Table.of(x, new double[count]).shard(worker));
    }
    return shards;
  }

  private static double decimal(int hundredths) {
    return hundredths / 100.0;
  }

  /**
   * Which values of a feature the driver can't rule out for the worker of one row. It knows that
   * the others' sums are multiples of their last places, at least of 2^place, so what is left of a
   * sum modulo that is of the one row.
   */
  private static int candidates(
      long[] words, int feature, int placeOfMean, int placeOfSquare, DoubleUnaryOperator... sent) {
    BigInteger mean = rest(exact(words, 0, feature), placeOfMean);
    BigInteger square = rest(exact(words, 0, FEATURES + feature), placeOfSquare);
    int left = 0;
    for (int hundredths = 0; hundredths <= 30_000; hundredths++) {
      double x = decimal(hundredths);
      boolean isLikely =
          rest(units(sent[0].applyAsDouble(x)), placeOfMean).equals(mean)
              && rest(units(sent[1].applyAsDouble(x * x)), placeOfSquare).equals(square);
      left += isLikely ? 1 : 0;
    }
    return left;
  }

  private static BigInteger rest(BigInteger units, int place) {
    return units.mod(BigInteger.ONE.shiftLeft(place + FRACTION_BITS));
  }

  private static BigInteger units(double value) {
    return new BigDecimal(value)
        .multiply(new BigDecimal(BigInteger.ONE.shiftLeft(FRACTION_BITS)))
        .toBigIntegerExact();
  }

  /** The last place that all large workers' sums of a feature are multiples of. */
  private static int place(Map<String, Shard> shards, Question<Shard> question, int number) {
    return shards.entrySet().stream()
        .filter(entry -> !entry.getKey().equals("c"))
        .mapToInt(e -> Math.getExponent(question.answer(e.getKey(), e.getValue())[number]) - 52)
        .min()
        .getAsInt();
  }

  @Test
  void moments_workerOfOneRowBesideLargeOnes_tellNothingOfItsRow() {
    Question<Shard> moments = new MomentsOfFeatures(FEATURES);
    for (int rows : new int[] {180, 1800}) {
      Map<String, Shard> shards = workers(rows);
      long[] onFinestGrid = new long[1 + WIDTH * moments.layout().length()];
      FixedPoint finest = FixedPoint.finest(0, 0, 4);
      shards.forEach(
          (worker, shard) ->
              finest.ring().add(onFinestGrid, finest.encode(moments.answer(worker, shard))));
      long[] masked = opened(new MaskedSum(ThrowAwayKeys.random(), 2), shards, moments);
      assertArrayEquals(opened(new InsecurePlainSum(2), shards, moments), masked);
      for (int j = 0; j < FEATURES; j++) {
        int placeOfMean = place(shards, moments, j);
        int placeOfSquare = place(shards, moments, FEATURES + j);
        int before =
            candidates(onFinestGrid, j, placeOfMean, placeOfSquare, x -> x, square -> square);
        int now =
            candidates(
                masked,
                j,
                placeOfMean,
                placeOfSquare,
                x -> onGridOf(x, placeOfMean),
                square -> onGridOf(square, placeOfSquare));

        assertTrue(before >= 1 && before <= 100, "sums of all digits leave " + before);
        assertTrue(now > 5_000, "rounded sums leave " + now + " of 30,001");
      }
    }
  }

  private static double onGridOf(double value, int place) {
    return Math.scalb(Math.rint(Math.scalb(value, -place)), place);
  }

  /** Whatever the scale of a number, its size at others, its kind, and how many workers. */
  @Test
  void sum_anyNumbers_isAMultipleOfTheLargestsLastPlace() {
    Random random = new Random(2L);
    for (int trial = 0; trial < 60; trial++) {
      int workers = 2 + random.nextInt(12);
      int numbers = 8;
      double[] scale =
          IntStream.range(0, numbers)
              .mapToDouble(j -> Math.pow(10.0, random.nextInt(40) - 20))
              .toArray();
      Map<String, double[]> held = new TreeMap<>();
      for (int w = 0; w < workers; w++) {
        double size = w == 0 ? 1.0 : Math.pow(10.0, -random.nextInt(8));
        double[] own = new double[2 * numbers];
        for (int j = 0; j < numbers; j++) {
          own[j] = size * random.nextGaussian();
          own[numbers + j] = size * scale[j] * random.nextGaussian();
        }
        held.put(String.format("w%02d", w), own);
      }
      Layout layout = Layout.empty().scaled("scaled", numbers).exact("exact", numbers - 3);
      Layout all = layout.of(Kind.ALIKE, "alike", 3);
      long[] words = opened(new InsecurePlainSum(2), held, Asked.vector(all, (worker, own) -> own));
      double largestScaled = largest(held, 0, numbers);
      for (int j = 0; j < numbers; j++) {
        int from = j < numbers - 3 ? numbers + j : 2 * numbers - 3;
        int to = j < numbers - 3 ? from + 1 : 2 * numbers;
        int place = Math.getExponent(largest(held, from, to)) - 52;
        BigInteger sum = exact(words, numbers, j);
        if (place > -FRACTION_BITS) {
          assertEquals(BigInteger.ZERO, rest(sum, place), "number " + j);
        }
        double expected = 0.0;
        for (double[] own : held.values()) {
          expected += own[numbers + j];
        }
        double found = Math.scalb(sum.doubleValue(), -FRACTION_BITS);
        assertEquals(expected, found, workers * Math.scalb(1.0, place + 1));
      }
      double unit = scaledUnit(words, held, numbers);
      assertTrue(unit >= Math.ulp(largestScaled), unit + " of " + largestScaled);
    }
  }

  private static double largest(Map<String, double[]> held, int from, int to) {
    return held.values().stream()
        .flatMapToDouble(own -> Arrays.stream(own, from, to))
        .map(Math::abs)
        .max()
        .getAsDouble();
  }

  /** The power of two that the words of a sum count in. */
  private static double scaledUnit(long[] words, Map<String, double[]> held, int numbers) {
    int most = 0;
    double[] sums = new double[numbers];
    for (int j = 0; j < numbers; j++) {
      for (double[] own : held.values()) {
        sums[j] += own[j];
      }
      most = Math.abs(sums[j]) > Math.abs(sums[most]) ? j : most;
    }
    double unit = sums[most] / words[most];
    return Math.scalb(1.0, (int) Math.rint(Math.log(unit) / Math.log(2.0)));
  }
}
