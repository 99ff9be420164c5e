package io.sparkfed.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;

/** Oracles: series in decimals of 60 digits; and {@link StrictMath} on more points. */
class ElementaryTest {
  private static final MathContext DIGITS = new MathContext(60);

  private final SeededRandom random = new SeededRandom(3);

  @Test
  void exp_againstItsSeries_isWithinOneUnitInTheLastPlace() {
    for (int i = 0; i < 2000; i++) {
      double x = (random.nextDouble() - 0.5) * (i % 2 == 0 ? 2.0 : 1400.0);
      BigDecimal exact = series(new BigDecimal(x));
      assertWithinOneUnit(exact, Elementary.exp(x), "exp of " + x);
    }
  }

  @Test
  void log1p_againstTheInverseOfTheSeries_isWithinOneUnitInTheLastPlace() {
    for (int i = 0; i < 2000; i++) {
      double x =
          i % 3 == 0
              ? random.nextDouble()
              : Math.scalb(1.0 + random.nextDouble(), random.nextInt(160) - 80);
      BigDecimal one = BigDecimal.ONE.add(new BigDecimal(x));
      // Newton's method for e^y = 1 + x doubles the digits of the double.
      BigDecimal y = new BigDecimal(StrictMath.log1p(x));
      for (int step = 0; step < 2; step++) {
        BigDecimal e = series(y);
        y = y.add(one.subtract(e).divide(e, DIGITS));
      }
      assertWithinOneUnit(y, Elementary.log1p(x), "log1p of " + x);
    }
  }

  @Test
  void both_againstStrictMath_areWithinTwoUnitsInTheLastPlace() {
    for (int i = 0; i < 300_000; i++) {
      double x = (random.nextDouble() - 0.5) * (i % 2 == 0 ? 80.0 : 1490.0);
      double exp = StrictMath.exp(x);
      assertEquals(exp, Elementary.exp(x), 2.0 * Math.ulp(exp));
      double positive = Math.scalb(random.nextDouble(), random.nextInt(2000) - 1000);
      double log = StrictMath.log1p(positive);
      assertEquals(log, Elementary.log1p(positive), 2.0 * Math.ulp(log));
    }
  }

  @Test
  void exp_ofSpecialValues_isAsInStrictMath() {
    double[] special = {
      0.0,
      -0.0,
      Double.NaN,
      1e300,
      -1e300,
      Double.NEGATIVE_INFINITY,
      Double.POSITIVE_INFINITY,
      -745.2,
      709.79,
      Double.MIN_VALUE
    };
    for (double x : special) {
      assertEquals(StrictMath.exp(x), Elementary.exp(x));
    }
    assertEquals(0.0, Elementary.log1p(0.0));
    assertEquals(Double.MIN_VALUE, Elementary.log1p(Double.MIN_VALUE));
    assertTrue(Double.isNaN(Elementary.log1p(Double.NaN)));
  }

  private static void assertWithinOneUnit(BigDecimal exact, double actual, String what) {
    double unit = Math.ulp(exact.doubleValue());
    double error = exact.subtract(new BigDecimal(actual)).abs().doubleValue();
    assertTrue(error <= unit, what + ": " + error / unit + " units");
  }

  /** e^x as the power 2^12 of the series at x / 2^12. */
  private static BigDecimal series(BigDecimal x) {
    BigDecimal small = x.divide(new BigDecimal(4096), DIGITS);
    BigDecimal sum = BigDecimal.ONE;
    BigDecimal term = BigDecimal.ONE;
    for (int n = 1; n < 40; n++) {
      term = term.multiply(small, DIGITS).divide(new BigDecimal(n), DIGITS);
      sum = sum.add(term, DIGITS);
    }
    for (int i = 0; i < 12; i++) {
      sum = sum.multiply(sum, DIGITS);
    }
    return sum;
  }
}
