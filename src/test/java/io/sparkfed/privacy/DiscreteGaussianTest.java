package io.sparkfed.privacy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.KeyStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against traces of another sampler, see curves.py, and the distribution's own sums. */
class DiscreteGaussianTest {
  private static final int SAMPLES = 200_000;

  /** Chance that a right sampler fails one of the statistics here, once and for all. */
  private static final double CHANCE = 1e-4;

  @Test
  void sample_tracesOfAnotherSampler_asksTheSameAndGivesTheSame() throws IOException {
    int traces = 0;
    try (InputStream in = DiscreteGaussianTest.class.getResourceAsStream("traces.json")) {
      for (JsonNode trace : new ObjectMapper().readTree(in)) {
        String[] variance = (trace.get("variance").asText() + "/1").split("/", -1);
        DiscreteGaussian gaussian =
            new DiscreteGaussian(new BigInteger(variance[0]), new BigInteger(variance[1]));
        Answers answers = new Answers(trace.get("calls").elements());
        for (JsonNode value : trace.get("values")) {
          assertEquals(value.asLong(), gaussian.sample(answers));
        }
        assertFalse(answers.calls.hasNext(), "asks no less");
        traces++;
      }
    }
    assertEquals(6, traces);
  }

  /** Answers in order, each to the bound it was given for; coins are in lowest terms. */
  private record Answers(Iterator<JsonNode> calls) implements Draws {
    @Override
    public long below(long bound) {
      return below(BigInteger.valueOf(bound)).longValueExact();
    }

    private BigInteger below(BigInteger bound) {
      JsonNode call = calls.next();
      assertEquals(call.get(0).asText(), bound.toString());
      return new BigInteger(call.get(1).asText());
    }

    @Override
    public boolean coin(long n, long m) {
      return coin(BigInteger.valueOf(n), BigInteger.valueOf(m));
    }

    @Override
    public boolean coin(BigInteger n, BigInteger m) {
      BigInteger shared = n.gcd(m);
      return below(m.divide(shared)).compareTo(n.divide(shared)) < 0;
    }
  }

  /** Coins that are decided by a chance's first digits fall as with its terms, byte for byte. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1/4",
        "999999/1000000",
        "1/1",
        "9/2",
        "1000/7",
        "1048576/1",
        "73786976294838206464/1",
        "73786976294838206463/12345",
        "5192296858534827628530496329220095/1"
      })
  void sample_byFirstDigits_isTheSampleByTerms(String variance) {
    String[] terms = variance.split("/", -1);
    DiscreteGaussian gaussian =
        new DiscreteGaussian(new BigInteger(terms[0]), new BigInteger(terms[1]));

    assertArrayEquals(
        draw(gaussian, byTerms(stream(variance)), SAMPLES),
        draw(gaussian, stream(variance), SAMPLES));
  }

  /** A chance's bounds hold its terms, for proposals of all sizes and after whole units. */
  @Test
  void exponent_anyProposal_isWithinItsBounds() {
    Random random = new Random(7);
    for (int i = 0; i < 200_000; i++) {
      BigInteger numerator = new BigInteger(1 + random.nextInt(112), random).add(BigInteger.ONE);
      BigInteger denominator = BigInteger.ONE.shiftLeft(random.nextInt(20));
      if (random.nextBoolean()) {
        denominator = denominator.add(BigInteger.valueOf(random.nextInt(1000)));
      }
      long scale = numerator.divide(denominator).sqrt().longValueExact() + 1;
      // Often just below 16 times the scale, up to which the digits are known, or at the mean.
      long size =
          switch (random.nextInt(4)) {
            case 0 -> 16 * scale - 1 - random.nextInt(2);
            case 1 -> scale + random.nextInt(3) - 1;
            default -> (long) (random.nextDouble() * 18.0 * scale);
          };
      Exponent exponent = new Exponent(new Exponent.Terms(numerator, denominator, scale), size);
      int units = 0;
      while (exponent.isAboveOne() && units < 300) {
        exponent.subtractOne();
        units++;
      }
      if (units == 300) {
        continue;
      }
      for (int divisor = 1; divisor < 5; divisor++) {
        BigInteger scaled = exponent.numerator().shiftLeft(Chance.BITS);
        BigInteger least = exponent.denominator().multiply(BigInteger.valueOf(exponent.least()));
        BigInteger most = exponent.denominator().multiply(BigInteger.valueOf(exponent.most()));
        assertTrue(exponent.numerator().signum() >= 0);
        assertTrue(exponent.numerator().compareTo(exponent.denominator()) <= 0);
        assertTrue(least.compareTo(scaled) <= 0 && scaled.compareTo(most) <= 0);
        exponent.divideFurther();
      }
    }
  }

  private static Draws byTerms(Draws draws) {
    return new Draws() {
      @Override
      public long below(long bound) {
        return draws.below(bound);
      }

      @Override
      public boolean coin(long n, long m) {
        return draws.coin(n, m);
      }

      @Override
      public boolean coin(BigInteger n, BigInteger m) {
        return draws.coin(n, m);
      }
    };
  }

  @ParameterizedTest
  @CsvSource({"1, 4", "1, 2", "1, 1", "9, 2", "100, 1", "1000, 7"})
  void sample_many_followTheDistribution(long numerator, long denominator) {
    double parameter = (double) numerator / denominator;
    double[] sums = moments(parameter);
    long[] drawn =
        draw(
            new DiscreteGaussian(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator)),
            SAMPLES);

    assertMoment(drawn, 1, 0.0, sums[2]);
    assertMoment(drawn, 2, sums[2], sums[4]);
    assertMoment(drawn, 3, 0.0, sums[6]);
    assertMoment(drawn, 4, sums[4], sums[8]);

    int reach = 0;
    while (SAMPLES * chance(reach + 1, parameter, sums[0]) >= 8.0) {
      reach++;
    }
    double statistic = 0.0;
    double rest = 1.0;
    double restDrawn = SAMPLES;
    for (int k = -reach; k <= reach; k++) {
      int value = k;
      double expected = SAMPLES * chance(k, parameter, sums[0]);
      double seen = LongStream.of(drawn).filter(sample -> sample == value).count();
      statistic += (seen - expected) * (seen - expected) / expected;
      rest -= expected / SAMPLES;
      restDrawn -= seen;
    }
    double expected = SAMPLES * rest;
    statistic += (restDrawn - expected) * (restDrawn - expected) / expected;
    double limit =
        new ChiSquaredDistribution(null, 2.0 * reach + 1.0)
            .inverseCumulativeProbability(1.0 - CHANCE);
    double found = statistic;
    assertTrue(found < limit, () -> found + " must be below " + limit);
  }

  /** Noise as it is used: the deviation of a share is far above 1000. */
  @Test
  void sample_largeVariance_hasItsMoments() {
    double variance = 0x1p66;
    long[] drawn = draw(DiscreteGaussian.ofVariance(BigInteger.ONE.shiftLeft(66)), SAMPLES);

    assertMoment(drawn, 1, 0.0, variance);
    assertMoment(drawn, 2, variance, 3.0 * Math.pow(variance, 2.0));
    assertMoment(drawn, 4, 3.0 * Math.pow(variance, 2.0), 105.0 * Math.pow(variance, 4.0));
    long odd = LongStream.of(drawn).filter(sample -> (sample & 1) == 1).count();
    assertEquals(SAMPLES / 2.0, (double) odd, 4.0 * Math.sqrt(SAMPLES / 4.0));
  }

  /** Probabilities and variances with 60 digits of mpmath, so that the sums here are right. */
  @ParameterizedTest
  @CsvSource({
    "0.25, 0.7865707070419479, 0.10645076942314472, 0.21501267508813849",
    "0.5, 0.56413122621884207, 0.20753228024874813, 0.49897913083282046",
    "1, 0.39894227826686171, 0.24197072322446061, 0.99999978876772808",
    "4, 0.19947114020071634, 0.17603266338214974, 4"
  })
  void chance_tabulated_isTheTables(double parameter, double zero, double one, double variance) {
    double[] sums = moments(parameter);

    assertEquals(zero, chance(0, parameter, sums[0]), 1e-14);
    assertEquals(one, chance(1, parameter, sums[0]), 1e-14);
    assertEquals(variance, sums[2], 1e-13);
  }

  @Test
  void sample_sameKey_isTheSameAndAnotherKeyIsNot() {
    DiscreteGaussian gaussian = DiscreteGaussian.ofVariance(BigInteger.ONE.shiftLeft(66));
    long[] one = draw(gaussian, stream("a"), 1000);

    assertArrayEquals(one, draw(gaussian, stream("a"), 1000));
    assertFalse(Arrays.equals(one, draw(gaussian, stream("b"), 1000)));
  }

  @Test
  void distribution_ofNoVarianceOrTooMuch_isRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> DiscreteGaussian.ofVariance(BigInteger.ZERO));
    assertThrows(
        IllegalArgumentException.class,
        () -> new DiscreteGaussian(BigInteger.ONE, BigInteger.ONE.negate()));
    assertThrows(
        IllegalArgumentException.class,
        () -> DiscreteGaussian.ofVariance(BigInteger.ONE.shiftLeft(112)));
    DiscreteGaussian.ofVariance(BigInteger.ONE.shiftLeft(112).subtract(BigInteger.ONE))
        .sample(stream("g"));
  }

  /** The mean of a power is within some standard errors of what it should be. */
  private static void assertMoment(long[] drawn, int power, double expected, double second) {
    double mean =
        LongStream.of(drawn).mapToDouble(k -> Math.pow((double) k, power)).average().orElseThrow();
    double error = Math.sqrt((second - expected * expected) / drawn.length);
    assertEquals(expected, mean, 4.0 * error);
  }

  private static long[] draw(DiscreteGaussian gaussian, int samples) {
    return draw(gaussian, stream("samples"), samples);
  }

  private static long[] draw(DiscreteGaussian gaussian, Draws draws, int samples) {
    return IntStream.range(0, samples).mapToLong(i -> gaussian.sample(draws)).toArray();
  }

  private static Draws stream(String name) {
    return new StreamDraws(new KeyStream(Kdf.sha256(name.getBytes(StandardCharsets.UTF_8)))::next);
  }

  /** Returns the normalizer, and behind it the moments. */
  private static double[] moments(double parameter) {
    double[] sums = new double[9];
    int reach = (int) (20.0 * Math.sqrt(parameter)) + 20;
    for (int k = -reach; k <= reach; k++) {
      double weight = Math.exp(-k * (double) k / (2.0 * parameter));
      for (int power = 0; power < sums.length; power++) {
        sums[power] += weight * Math.pow(k, power);
      }
    }
    for (int power = 1; power < sums.length; power++) {
      sums[power] /= sums[0];
    }
    return sums;
  }

  private static double chance(int k, double parameter, double normalizer) {
    return Math.exp(-k * (double) k / (2.0 * parameter)) / normalizer;
  }
}
