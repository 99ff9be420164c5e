package io.sparkfed.privacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZcdpTest {

  @Test
  void ofGaussian_thirds_areRoundedUpAndThenAddedExactly() {
    Zcdp third = Zcdp.ofGaussian(BigDecimal.ONE, new BigDecimal("1.5"));

    assertEquals(new BigDecimal("0.333333333333334"), third.rho());
    assertEquals(new BigDecimal("1.000000000000002"), third.then(third).then(third).rho());
    assertEquals(third.times(3), third.then(third).then(third));
    assertEquals(Zcdp.NOTHING, third.times(0));
    assertEquals(third, Zcdp.NOTHING.then(third));
  }

  @Test
  void beside_twoReleases_costsTheLarger() {
    Zcdp small = new Zcdp(new BigDecimal("0.1"));
    Zcdp large = new Zcdp(new BigDecimal("0.25"));

    assertEquals(large, small.beside(large));
    assertEquals(large, large.beside(small));
    assertEquals(small, small.beside(Zcdp.NOTHING));
  }

  @Test
  void covers_exactlyTheBudget_does() {
    Zcdp tenth = new Zcdp(new BigDecimal("0.1"));

    assertTrue(new Zcdp(new BigDecimal("0.30")).covers(tenth.times(3)));
    assertFalse(new Zcdp(new BigDecimal("0.299999999999999")).covers(tenth.times(3)));
  }

  /** A plan of releases within a budget costs no more than it, whatever is rounded. */
  @Test
  void leastVariance_partsOfABudget_costNoMoreTogetherAndALittleLessNoiseDoes() {
    Random random = new Random(3);
    for (int i = 0; i < 5_000; i++) {
      double epsilon = Math.pow(10.0, -2.0 + 3.0 * random.nextDouble());
      Zcdp budget = Zcdp.within(epsilon, 1e-6);
      BigDecimal share = new BigDecimal(random.nextDouble());
      int rounds = 1 + random.nextInt(50);
      BigDecimal sensitivity = new BigDecimal((1L << 30) + random.nextInt(1000));
      Zcdp once = budget.part(share);
      Zcdp round =
          budget
              .part(BigDecimal.ONE.subtract(share))
              .part(new BigDecimal(1.0 / rounds).multiply(new BigDecimal("0.999999999")));
      BigInteger variance = round.leastVariance(sensitivity);
      Zcdp spent =
          Zcdp.ofGaussian(sensitivity, new BigDecimal(once.leastVariance(sensitivity)))
              .then(Zcdp.ofGaussian(sensitivity, new BigDecimal(variance)).times(rounds));

      assertTrue(budget.covers(spent), () -> budget + " covers " + spent);
      BigDecimal less = new BigDecimal(variance.subtract(BigInteger.ONE));
      assertFalse(
          sensitivity
                  .multiply(sensitivity)
                  .compareTo(round.rho().multiply(less).multiply(BigDecimal.valueOf(2)))
              <= 0);
    }
  }

  /** Adding epsilons would allow four. */
  @Test
  void within_runsOfEpsilonOneUnderFour_areTwelve() {
    Zcdp cap = Zcdp.within(4.0, 1e-6);
    Zcdp run = Zcdp.within(1.0, 1e-6);

    assertEquals(0.311065, cap.rho().doubleValue(), 5e-7);
    assertEquals(0.024356, run.rho().doubleValue(), 5e-7);
    assertTrue(cap.covers(run.times(12)));
    assertFalse(cap.covers(run.times(13)));
  }

  /** A row is told from its absence by 9.8 points at epsilon 1. */
  @ParameterizedTest
  @CsvSource({
    "0.1, 1e-5, 0.0117",
    "0.5, 1e-5, 0.0520",
    "1, 1e-5, 0.0984",
    "1, 1e-3, 0.1368",
    "3, 1e-5, 0.2623",
    "8, 1e-5, 0.5670"
  })
  void advantage_ofABudget_isThatOfTheTable(double epsilon, double delta, double advantage) {
    double mu = Zcdp.within(epsilon, delta).mu();

    assertEquals(advantage, GaussianCurve.advantage(mu), 5.1e-5);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, -1.0, Double.NaN, Double.POSITIVE_INFINITY})
  void within_epsilonOfNoBudget_isRefused(double epsilon) {
    Exception refused =
        assertThrows(IllegalArgumentException.class, () -> Zcdp.within(epsilon, 1e-5));

    assertEquals(
        "epsilon must be > 0 and finite. Provided value: " + epsilon, refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, 1.0, -1.0, Double.NaN})
  void within_deltaOfNoBudget_isRefused(double delta) {
    Exception refused = assertThrows(IllegalArgumentException.class, () -> Zcdp.within(1.0, delta));

    assertEquals("delta must be in (0, 1). Provided value: " + delta, refused.getMessage());
  }

  @Test
  void costs_withoutNoiseOrNegative_areRefused() {
    BigDecimal minus = BigDecimal.ONE.negate();

    assertThrows(
        IllegalArgumentException.class, () -> Zcdp.ofGaussian(BigDecimal.ONE, BigDecimal.ZERO));
    assertThrows(IllegalArgumentException.class, () -> Zcdp.ofGaussian(minus, BigDecimal.ONE));
    assertThrows(IllegalArgumentException.class, () -> new Zcdp(minus));
    assertThrows(IllegalArgumentException.class, () -> new Zcdp(BigDecimal.ONE).times(-1));
    assertThrows(IllegalArgumentException.class, () -> new Zcdp(new BigDecimal("1e999999999")));
    assertThrows(IllegalArgumentException.class, () -> new Zcdp(new BigDecimal("1e-999999999")));
    assertThrows(
        IllegalArgumentException.class, () -> new Zcdp(BigDecimal.ONE).part(new BigDecimal("1.1")));
    assertThrows(IllegalArgumentException.class, () -> Zcdp.NOTHING.leastVariance(BigDecimal.ONE));
  }
}
