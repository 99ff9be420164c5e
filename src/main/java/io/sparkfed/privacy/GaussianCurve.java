package io.sparkfed.privacy;

import org.apache.commons.numbers.fraction.GeneralizedContinuedFraction;
import org.apache.commons.numbers.fraction.GeneralizedContinuedFraction.Coefficient;
import org.apache.commons.numbers.gamma.Erf;
import org.apache.commons.numbers.gamma.Erfc;

/**
 * The exact trade-off of a Gaussian release (Balle and Wang 2018, arXiv 1805.06530, theorem 8).
 * With {@code a = epsilon/mu - mu/2} and {@code b = epsilon/mu + mu/2}
 *
 * <pre>
 *   delta = Phi(-a) - e^epsilon Phi(-b) = phi(a) (R(a) - R(b)),   R(t) = Phi(-t) / phi(t),
 * </pre>
 *
 * because {@code e^epsilon phi(b) = phi(a)}. The right side neither overflows nor cancels in the
 * tails. Releases that were fixed beforehand compose to {@code mu = sqrt(sum mu_i^2)}.
 *
 * <p><b>For display only.</b> Budgets are kept in {@link Zcdp}: a filter by this curve is not valid
 * where settings are chosen after earlier results were seen. Noise on a coarse grid (sigma below
 * about 1000 steps) is not quite on it either.
 */
public final class GaussianCurve {
  private static final double LOG_ROOT_TWO_PI = 0.5 * Math.log(2.0 * Math.PI);

  /** From here on the continued fraction is fast. */
  private static final double TAIL = 2.0;

  private static final double PRECISION = 1e-16;

  private GaussianCurve() {}

  /**
   * Returns delta.
   *
   * @param mu D / sigma, at least 0; may be infinite
   * @param epsilon at least 0 and finite
   * @throws IllegalArgumentException if one is out of its domain
   */
  public static double delta(double mu, double epsilon) {
    requireMu(mu);
    requireEpsilon(epsilon);
    return Math.exp(logDelta(mu, epsilon));
  }

  /**
   * Returns epsilon: 0 where that keeps delta, infinite where nothing does.
   *
   * @param mu D / sigma, at least 0; may be infinite
   * @param delta in [0, 1]
   * @throws IllegalArgumentException if one is out of its domain
   */
  public static double epsilon(double mu, double delta) {
    requireMu(mu);
    requireDelta(delta);
    double logDelta = Math.log(delta);
    if (logDelta(mu, 0.0) <= logDelta) {
      return 0.0;
    }
    if (mu == Double.POSITIVE_INFINITY || delta == 0.0) {
      return Double.POSITIVE_INFINITY;
    }
    double high = Double.MIN_NORMAL;
    while (logDelta(mu, high) > logDelta) {
      high *= 2.0;
    }
    return Bisection.last(at -> logDelta(mu, at) > logDelta, Double.MIN_NORMAL, high);
  }

  /**
   * Returns the largest mu, which is D over the least sigma.
   *
   * @param epsilon at least 0 and finite
   * @param delta in [0, 1]
   * @throws IllegalArgumentException if one is out of its domain
   */
  public static double mu(double epsilon, double delta) {
    requireEpsilon(epsilon);
    requireDelta(delta);
    if (delta == 0.0) {
      return 0.0;
    }
    if (delta == 1.0) {
      return Double.POSITIVE_INFINITY;
    }
    double logDelta = Math.log(delta);
    double high = 1.0;
    while (logDelta(high, epsilon) < logDelta) {
      high *= 2.0;
    }
    double low = high;
    while (logDelta(low, epsilon) > logDelta) {
      low /= 2.0;
    }
    return Bisection.last(at -> logDelta(at, epsilon) <= logDelta, low, high);
  }

  /**
   * Returns how much more often than by guessing (half of the time) whoever sees everything can at
   * best tell whether a given row was there, times 2: true minus false positives, {@code 2
   * Phi(mu/2) - 1}.
   *
   * @param mu D / sigma of all releases together, at least 0; may be infinite
   * @throws IllegalArgumentException if it is out of its domain
   */
  public static double advantage(double mu) {
    requireMu(mu);
    return Erf.value(mu / Math.sqrt(8.0));
  }

  private static double logDelta(double mu, double epsilon) {
    if (mu == 0.0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (mu == Double.POSITIVE_INFINITY) {
      return 0.0;
    }
    double a = epsilon / mu - mu / 2.0;
    double b = epsilon / mu + mu / 2.0;
    double logPhi = -a * a / 2.0 - LOG_ROOT_TWO_PI;
    if (a < 0.0) {
      return Math.log(Erfc.value(a / Math.sqrt(2.0)) / 2.0 - Math.exp(logPhi) * ratio(b));
    }
    return logPhi + Math.log(ratio(a) - ratio(b));
  }

  /** Returns {@code Phi(-t) / phi(t)}, which is Mills's ratio; t is at least 0. */
  private static double ratio(double t) {
    if (t < TAIL) {
      return Erfc.value(t / Math.sqrt(2.0)) / 2.0 * Math.exp(t * t / 2.0 + LOG_ROOT_TWO_PI);
    }
    // Laplace's t + 1/(t + 2/(t + 3/(t + ...))).
    int[] term = {0};
    return 1.0
        / GeneralizedContinuedFraction.value(t, () -> Coefficient.of(++term[0], t), PRECISION);
  }

  private static void requireMu(double mu) {
    if (!(mu >= 0.0)) {
      throw new IllegalArgumentException("mu must be >= 0. Provided value: " + mu);
    }
  }

  private static void requireEpsilon(double epsilon) {
    if (!(epsilon >= 0.0 && epsilon < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "epsilon must be >= 0 and finite. Provided value: " + epsilon);
    }
  }

  private static void requireDelta(double delta) {
    if (!(delta >= 0.0 && delta <= 1.0)) {
      throw new IllegalArgumentException("delta must be in [0, 1]. Provided value: " + delta);
    }
  }
}
