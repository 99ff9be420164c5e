package io.sparkfed.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statistical tests have a fixed seed: they pass or fail for good. */
class SeededRandomTest {

  private static final double REJECT_BELOW = 1e-3;

  /** The vector that goes round with Vigna's splitmix64.c (e.g. Rosetta Code, "SplitMix64"). */
  @Test
  void nextLong_publishedSeed_givesPublishedVector() {
    SeededRandom random = new SeededRandom(1234567L);

    String[] expected = {
      "6457827717110365317",
      "3203168211198807973",
      "9817491932198370423",
      "4593380528125082431",
      "16408922859458223821"
    };
    for (String value : expected) {
      assertEquals(value, Long.toUnsignedString(random.nextLong()));
    }
  }

  /** The JDK's SplittableRandom is the same generator with the same gamma. */
  @ParameterizedTest
  @ValueSource(longs = {0L, 1L, -1L, Long.MIN_VALUE, 987654321L})
  void nextLong_anySeed_agreesWithSplittableRandom(long seed) {
    SeededRandom random = new SeededRandom(seed);
    long[] ours = LongStream.generate(random::nextLong).limit(100).toArray();
    SplittableRandom oracle = new SplittableRandom(seed);

    assertArrayEquals(LongStream.generate(oracle::nextLong).limit(100).toArray(), ours);
  }

  @Test
  void nextDouble_manyDraws_areUniformOnTheHalfOpenUnitInterval() {
    SeededRandom random = new SeededRandom(11L);
    DescriptiveStatistics statistics = new DescriptiveStatistics();
    for (int i = 0; i < 100_000; i++) {
      double value = random.nextDouble();
      assertTrue(value >= 0.0 && value < 1.0);
      statistics.addValue(value);
    }

    // Standard errors: 0.2887 / sqrt(1e5) = 0.00091 for the mean, 0.00024 for the variance.
    assertEquals(0.5, statistics.getMean(), 0.004);
    assertEquals(1.0 / 12.0, statistics.getVariance(), 0.001);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 100})
  void nextInt_manyDraws_areUniform(int bound) {
    SeededRandom random = new SeededRandom(5L);
    long[] counts = new long[bound];
    int draws = 1000 * bound;
    for (int i = 0; i < draws; i++) {
      counts[random.nextInt(bound)]++;
    }

    assertTrue(uniformityOf(counts, draws) > REJECT_BELOW);
  }

  /** With a bound of 3/4 of 2^32, plain modulo would give the lowest third twice the weight. */
  @Test
  void nextInt_hugeBound_isNotBiasedByTheModulo() {
    SeededRandom random = new SeededRandom(5L);
    int bound = 3 << 29;
    long[] counts = new long[3];
    int draws = 30_000;
    for (int i = 0; i < draws; i++) {
      counts[random.nextInt(bound) >>> 29]++;
    }

    assertTrue(uniformityOf(counts, draws) > REJECT_BELOW);
  }

  @Test
  void nextInt_boundOne_isZero() {
    assertEquals(0, new SeededRandom(1L).nextInt(1));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void nextInt_boundBelowOne_isRefusedWithTheRule(int bound) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new SeededRandom(1L).nextInt(bound));

    assertEquals("bound must be >= 1. Provided value: " + bound, refused.getMessage());
  }

  @Test
  void nextGaussian_manyDraws_areStandardNormal() {
    SeededRandom random = new SeededRandom(3L);
    double[] sample = DoubleStream.generate(random::nextGaussian).limit(50_000).toArray();
    DescriptiveStatistics statistics = new DescriptiveStatistics(sample);

    // Four standard errors: 1/sqrt(n), sqrt(2/n), sqrt(6/n), sqrt(24/n).
    assertEquals(0.0, statistics.getMean(), 0.018);
    assertEquals(1.0, statistics.getVariance(), 0.026);
    assertEquals(0.0, statistics.getSkewness(), 0.044);
    assertEquals(0.0, statistics.getKurtosis(), 0.088);
    double p =
        new KolmogorovSmirnovTest()
            .kolmogorovSmirnovTest(
                new NormalDistribution(null, 0.0, 1.0), Arrays.copyOf(sample, 2000));
    assertTrue(p > REJECT_BELOW, "p = " + p);
  }

  @Test
  void shuffle_anyArray_isAPermutation() {
    int[] order = IntStream.range(0, 1000).toArray();

    new SeededRandom(9L).shuffle(order);

    assertTrue(IntStream.range(0, 1000).anyMatch(i -> order[i] != i));
    Arrays.sort(order);
    assertArrayEquals(IntStream.range(0, 1000).toArray(), order);
  }

  @Test
  void shuffle_fourElements_givesEachOfThe24OrdersEquallyOften() {
    SeededRandom random = new SeededRandom(17L);
    Map<String, Long> seen = new HashMap<>();
    int draws = 24_000;
    for (int i = 0; i < draws; i++) {
      int[] order = {0, 1, 2, 3};
      random.shuffle(order);
      seen.merge(Arrays.toString(order), 1L, Long::sum);
    }

    assertEquals(24, seen.size());
    long[] counts = seen.values().stream().mapToLong(Long::longValue).toArray();
    assertTrue(uniformityOf(counts, draws) > REJECT_BELOW);
  }

  @Test
  void shuffle_emptyAndSingle_changeNothing() {
    int[] one = {7};

    new SeededRandom(1L).shuffle(new int[0]);
    new SeededRandom(1L).shuffle(one);

    assertArrayEquals(new int[] {7}, one);
  }

  private static double uniformityOf(long[] counts, int draws) {
    double[] expected = new double[counts.length];
    Arrays.fill(expected, (double) draws / counts.length);
    return new ChiSquareTest().chiSquareTest(expected, counts);
  }
}
