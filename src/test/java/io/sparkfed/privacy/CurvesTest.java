package io.sparkfed.privacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against dp-accounting's figures and mpmath's; see curves.py beside the files. */
class CurvesTest {

  /** Half of the last of nine decimals, where that is more than the bound. */
  private static final double WRITTEN = 5.1e-10;

  /** From here on the other accountant's orders are far apart. */
  private static final double LARGEST_ORDERS = 64.0;

  private static Stream<String> gaussians() {
    return lines("accounting.csv").filter(line -> line.startsWith("gaussian"));
  }

  @Test
  void gaussians_ofTheTable_areAllThere() {
    assertEquals(26, gaussians().count());
  }

  /** Columns: mechanism, q, sigma, T, delta, RDP of integer and some other orders, order, PLD. */
  @ParameterizedTest
  @MethodSource("gaussians")
  void epsilon_releasesOfTheTable_isThatOfBothColumns(String line) {
    String[] cells = line.split(",", -1);
    double delta = Double.parseDouble(cells[4]);
    Zcdp cost = Zcdp.NOTHING;
    if (cells[0].equals("gaussian")) {
      cost = gaussian(cells[2]).times(Integer.parseInt(cells[3]));
    } else {
      for (String sigma : cells[0].substring("gaussians ".length()).split(" ", -1)) {
        cost = cost.then(gaussian(sigma));
      }
    }
    double epsilon = cost.epsilon(delta);
    double exact = GaussianCurve.epsilon(cost.mu(), delta);
    double rdp = Double.parseDouble(cells[5]);
    double pld = Double.parseDouble(cells[7]);

    assertNear(Double.parseDouble(cells[9]), epsilon, 1e-8);
    assertNear(Double.parseDouble(cells[8]), exact, 1e-8);
    assertTrue(epsilon <= rdp + WRITTEN, () -> "at most that of a grid of orders: " + rdp);
    if (Double.parseDouble(cells[6]) < LARGEST_ORDERS) {
      assertTrue(rdp <= 1.01 * epsilon, () -> "the grid is fine here: " + rdp);
    }
    assertTrue(exact <= pld + 1e-8 && pld <= exact + 1e-5, () -> "as a sum of losses: " + pld);
  }

  private static Zcdp gaussian(String sigma) {
    BigDecimal deviation = new BigDecimal(sigma);
    return Zcdp.ofGaussian(BigDecimal.ONE, deviation.multiply(deviation));
  }

  private static void assertNear(double expected, double actual, double relative) {
    double within = Math.max(WRITTEN, relative * expected);
    assertEquals(expected, actual, within);
  }

  private static Stream<String> curves() {
    return lines("curves.csv").skip(1);
  }

  @ParameterizedTest
  @MethodSource("curves")
  void curves_grid_areThoseOfManyDigits(String line) {
    String[] cells = line.split(",", -1);
    double x = Double.parseDouble(cells[1]);
    double value = Double.parseDouble(cells[3]);
    if (cells[0].equals("advantage")) {
      assertEquals(value, GaussianCurve.advantage(x), 1e-13 * value);
      return;
    }
    double y = Double.parseDouble(cells[2]);
    if (cells[0].equals("delta")) {
      assertEquals(value, GaussianCurve.delta(x, y), 1e-10 * value);
      if (y > 0.0 && value < 0.999) {
        assertEquals(y, GaussianCurve.epsilon(x, value), 1e-9 * y + 1e-13);
        assertEquals(x, GaussianCurve.mu(y, value), 1e-9 * x);
      }
    } else {
      assertEquals(value, ZcdpCurve.epsilon(x, y), 1e-12 * value + 1e-17);
      assertEquals(x, ZcdpCurve.rho(value, y), 1e-11 * x);
    }
  }

  /** Sigma in units of the sensitivity; google's own get_sigma_gaussian gives the first two too. */
  @ParameterizedTest
  @CsvSource({
    "1, 1e-5, 1, 3.730632, 4.045130, 0.03055660",
    "0.1, 1e-5, 1, 30.749566, 33.981629, 0.00043299",
    "1, 1e-5, 10, 11.797293, 12.791825, 0.03055660",
    "1, 1e-5, 30, 20.433511, 22.156091, 0.03055660",
    "0.5, 1e-5, 10, 22.236588, 24.245676, 0.00850553",
    "2, 1e-6, 20, 9.974993, 10.650800, 0.08815269",
    "3, 1e-5, 30, 7.616594, 8.178623, 0.22424917",
    "8, 1e-5, 100, 6.002291, 6.376507, 1.22971453",
    "1, 1e-3, 10, 8.141780, 9.175455, 0.05939020",
    "0.1, 1e-3, 10, 55.037533, 65.037926, 0.00118205",
    "10, 1e-5, 1, 0.499889, 0.529598, 1.78269562",
    "0.01, 1e-6, 1, 306.350376, 338.682595, 0.00000436"
  })
  void sigma_calibrated_isThatOfTheTable(
      double epsilon, double delta, int releases, double exact, double zcdp, double rho) {
    double root = Math.sqrt(releases);

    assertEquals(exact, root / GaussianCurve.mu(epsilon, delta), 1e-6);
    assertEquals(zcdp, root / Zcdp.within(epsilon, delta).mu(), 1e-6);
    assertEquals(rho, Zcdp.within(epsilon, delta).rho().doubleValue(), 5.1e-9);
  }

  @Test
  void rho_anyBudget_isTheInverseToNineDigitsAndNeverMore() {
    Random random = new Random(1);
    for (int i = 0; i < 3_000; i++) {
      double epsilon = Math.pow(10.0, -4.0 + 6.0 * random.nextDouble());
      double delta = Math.pow(10.0, -0.01 - 15.0 * random.nextDouble());
      Zcdp budget = Zcdp.within(epsilon, delta);
      double back = budget.epsilon(delta);
      double rho = ZcdpCurve.rho(epsilon, delta);

      assertTrue(back <= epsilon, () -> "not above the budget: " + epsilon + ", " + delta);
      assertEquals(rho, budget.rho().doubleValue(), 1e-9 * rho);
      assertEquals(rho, ZcdpCurve.rho(back, delta), 1e-9 * rho);
      assertTrue(ZcdpCurve.epsilon(rho * (1.0 + 1e-9), delta) > epsilon, "and all of it");
    }
  }

  @Test
  void epsilon_moreNoiseFewerReleasesOrALargerDelta_isSmallerAndAboveTheExactCurve() {
    Random random = new Random(2);
    for (int i = 0; i < 1_000; i++) {
      double rho = Math.pow(10.0, -6.0 + 8.0 * random.nextDouble());
      double delta = Math.pow(10.0, -12.0 * random.nextDouble() - 0.01);
      double epsilon = ZcdpCurve.epsilon(rho, delta);
      double mu = Math.sqrt(2.0 * rho);

      assertTrue(epsilon <= ZcdpCurve.epsilon(1.01 * rho, delta));
      assertTrue(epsilon >= ZcdpCurve.epsilon(rho, Math.min(1.0, 1.01 * delta)));
      assertTrue(GaussianCurve.epsilon(mu, delta) <= epsilon + 1e-12);
      assertTrue(GaussianCurve.epsilon(mu, delta) <= GaussianCurve.epsilon(1.01 * mu, delta));
    }
  }

  /** Every order gives a bound: the least must not be above any of a fine grid. */
  @Test
  void epsilon_ordersTried_noneIsBetter() {
    for (double rho : new double[] {1e-4, 0.03, 1.0, 20.0}) {
      for (double delta : new double[] {0.3, 1e-3, 1e-9}) {
        double epsilon = ZcdpCurve.epsilon(rho, delta);
        for (double x = 1e-3; x < 1e5; x *= 1.003) {
          double order = 1.0 + x;
          double bound =
              rho * order + Math.log1p(-1.0 / order) - Math.log(order * delta) / (order - 1.0);
          assertTrue(epsilon <= Math.max(0.0, bound) * (1.0 + 1e-12));
        }
      }
    }
  }

  @Test
  void edges_nothingAndEverything_areWhatTheyMean() {
    double infinite = Double.POSITIVE_INFINITY;
    assertEquals(0.0, ZcdpCurve.epsilon(0.0, 0.0));
    assertEquals(0.0, ZcdpCurve.epsilon(0.0, 1e-5));
    assertEquals(infinite, ZcdpCurve.epsilon(infinite, 1e-5));
    assertEquals(infinite, ZcdpCurve.epsilon(1.0, 0.0));
    assertEquals(0.0, ZcdpCurve.epsilon(1.0, 1.0));
    assertEquals(0.0, ZcdpCurve.rho(1.0, 0.0));
    assertEquals(infinite, ZcdpCurve.rho(1.0, 1.0));
    assertEquals(infinite, ZcdpCurve.rho(infinite, 0.5));
    assertEquals(0.0, ZcdpCurve.epsilon(ZcdpCurve.rho(0.0, 1e-5), 1e-5), 1e-12);

    assertEquals(infinite, GaussianCurve.epsilon(infinite, 1e-5));
    assertEquals(infinite, GaussianCurve.epsilon(1.0, 0.0));
    assertEquals(0.0, GaussianCurve.epsilon(1.0, 1.0));
    assertEquals(0.0, GaussianCurve.epsilon(1.0, 0.5));
    assertEquals(0.0, GaussianCurve.epsilon(0.0, 0.0));
    assertEquals(0.0, GaussianCurve.mu(1.0, 0.0));
    assertEquals(infinite, GaussianCurve.mu(1.0, 1.0));
    assertEquals(1.0, GaussianCurve.advantage(infinite));
    assertEquals(1.0, GaussianCurve.delta(infinite, 1.0));
    assertEquals(0.0, GaussianCurve.delta(0.0, 0.0));
    assertEquals(0.382924922548, GaussianCurve.delta(1.0, 0.0), 1e-12);
    assertEquals(1.129033e-91, GaussianCurve.delta(0.05, 1.0), 1e-97);
  }

  @Test
  void curves_outOfTheirDomains_areRefusedWithTheValue() {
    List<Runnable> wrong =
        List.of(
            () -> ZcdpCurve.epsilon(-1.0, 0.1),
            () -> ZcdpCurve.epsilon(Double.NaN, 0.1),
            () -> ZcdpCurve.epsilon(1.0, 1.5),
            () -> ZcdpCurve.rho(Double.NaN, 0.1),
            () -> ZcdpCurve.rho(1.0, -0.1),
            () -> GaussianCurve.delta(-1.0, 1.0),
            () -> GaussianCurve.delta(1.0, Double.POSITIVE_INFINITY),
            () -> GaussianCurve.epsilon(1.0, Double.NaN),
            () -> GaussianCurve.mu(-1.0, 0.1),
            () -> GaussianCurve.advantage(Double.NaN));
    for (Runnable call : wrong) {
      Exception refused = assertThrows(IllegalArgumentException.class, call::run);
      assertTrue(refused.getMessage().contains("Provided value: "), refused.getMessage());
    }
  }

  private static Stream<String> lines(String file) {
    try (InputStream in = CurvesTest.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
