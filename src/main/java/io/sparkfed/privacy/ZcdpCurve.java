package io.sparkfed.privacy;

/**
 * From zero-concentrated to approximate differential privacy and back, in closed form but for one
 * root.
 *
 * <p>Mechanisms that are rho-zCDP are (epsilon, delta)-private (Canonne, Kamath, Steinke 2020,
 * arXiv 2004.00010, proposition 12) with
 *
 * <pre>
 *   epsilon = min over real a &gt; 1 of  rho a + ln(1 - 1/a) - ln(a delta) / (a - 1).
 * </pre>
 *
 * <p>Its derivative is {@code rho + ln(a delta) / (a - 1)^2}. With {@code x = a - 1} and {@code l =
 * -ln delta} it is 0 where {@code rho x^2 + ln(1 + x) = l}, of which the left side only rises:
 * there is one minimum, and no grid of orders. At the minimum {@code rho = (l - ln(1 + x)) / x^2}.
 * So both epsilon and rho are functions of x there, which both fall in x, and the inverse is one
 * root too.
 *
 * <p>Any order gives a true bound: where the root is off by rounding, epsilon is too large by its
 * square.
 */
final class ZcdpCurve {
  private ZcdpCurve() {}

  /**
   * Returns epsilon, at least 0.
   *
   * @param rho at least 0; may be infinite
   * @param delta in [0, 1]
   * @throws IllegalArgumentException if one is out of its domain
   */
  static double epsilon(double rho, double delta) {
    if (!(rho >= 0.0)) {
      throw new IllegalArgumentException("rho must be >= 0. Provided value: " + rho);
    }
    requireDelta(delta);
    if (rho == 0.0 || delta == 1.0) {
      return 0.0;
    }
    if (delta == 0.0 || rho == Double.POSITIVE_INFINITY) {
      return Double.POSITIVE_INFINITY;
    }
    double l = -Math.log(delta);
    // ln(1 + x) is at most x, and at least 0.
    double low = 2.0 * l / (1.0 + Math.sqrt(1.0 + 4.0 * rho * l));
    double high = Math.min(Math.sqrt(l / rho), Math.expm1(l));
    double x = Bisection.last(at -> rho * at * at + Math.log1p(at) <= l, low, high);
    return Math.max(0.0, rho * (1.0 + x) + Math.log(x / (1.0 + x)) + (l - Math.log1p(x)) / x);
  }

  /**
   * Returns the largest rho whose epsilon is not larger, to about 1e-14 of itself.
   *
   * @param epsilon at least 0; may be infinite
   * @param delta in [0, 1]
   * @throws IllegalArgumentException if one is out of its domain
   */
  static double rho(double epsilon, double delta) {
    if (!(epsilon >= 0.0)) {
      throw new IllegalArgumentException("epsilon must be >= 0. Provided value: " + epsilon);
    }
    requireDelta(delta);
    if (delta == 1.0 || epsilon == Double.POSITIVE_INFINITY) {
      return Double.POSITIVE_INFINITY;
    }
    if (delta == 0.0) {
      return 0.0;
    }
    double l = -Math.log(delta);
    double high = Math.expm1(l);
    double low = high;
    while (epsilonAt(low, l) < epsilon) {
      low /= 2.0;
    }
    double x = Bisection.last(at -> epsilonAt(at, l) >= epsilon, low, high);
    return Math.max(0.0, l - Math.log1p(x)) / x / x;
  }

  private static double epsilonAt(double x, double l) {
    double left = Math.max(0.0, l - Math.log1p(x));
    return left * (2.0 + 1.0 / x) / x + Math.log(x / (1.0 + x));
  }

  private static void requireDelta(double delta) {
    if (!(delta >= 0.0 && delta <= 1.0)) {
      throw new IllegalArgumentException("delta must be in [0, 1]. Provided value: " + delta);
    }
  }
}
