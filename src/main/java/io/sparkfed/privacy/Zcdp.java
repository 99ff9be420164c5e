package io.sparkfed.privacy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * A guarantee of zero-concentrated differential privacy (Bun and Steinke 2016, arXiv 1605.02658),
 * as an exact decimal: costs are rounded up when they are made, and added without rounding.
 *
 * <p><b>Guaranteed:</b> costs of releases add up, whoever chooses them, also one who saw the
 * earlier ones; "refuse what would pass the cap" is a valid filter for zCDP (Feldman and Zrnic
 * 2021, arXiv 2008.11193). <b>Not guaranteed:</b> that for the exact curve of Gaussians, {@link
 * GaussianCurve}, whose epsilon is 5 to 15 percent smaller and holds where all releases were fixed
 * beforehand.
 *
 * @param rho at least 0
 */
public record Zcdp(BigDecimal rho) {
  /** What nothing costs. */
  public static final Zcdp NOTHING = new Zcdp(BigDecimal.ZERO);

  private static final MathContext DIGITS_UP = new MathContext(15, RoundingMode.UP);
  private static final MathContext DIGITS_DOWN = new MathContext(15, RoundingMode.DOWN);

  /** Of a budget that is computed in floating point: fewer than such a number has. */
  private static final MathContext BUDGET = new MathContext(12, RoundingMode.DOWN);

  /** A number that is read must not cost more than its text. */
  private static final int MOST_DIGITS = 1000;

  /** More than all rounding in the conversion. */
  private static final double SAFETY = 1.0 - 1e-12;

  /**
   * Checks the domain.
   *
   * @throws IllegalArgumentException if rho is negative, or so large or with so many digits that
   *     nobody meant it
   */
  public Zcdp {
    if (rho.signum() < 0) {
      throw new IllegalArgumentException("rho must be >= 0. Provided value: " + rho);
    }
    if (rho.scale() > MOST_DIGITS || rho.scale() < -MOST_DIGITS || rho.precision() > MOST_DIGITS) {
      throw new IllegalArgumentException(
          "rho must have at most " + MOST_DIGITS + " digits before and behind the point");
    }
    rho = rho.signum() == 0 ? BigDecimal.ZERO : rho.stripTrailingZeros();
  }

  /**
   * Returns the cost of a release with Gaussian noise, also with discrete noise (Canonne, Kamath,
   * Steinke 2020, theorem 4): {@code D^2 / (2 sigma^2)}, rounded up.
   *
   * @param sensitivity D, at least 0
   * @param variance sigma^2, in the square of the same unit; positive
   * @throws IllegalArgumentException if one is out of its domain: without noise there is no
   *     guarantee at all
   */
  public static Zcdp ofGaussian(BigDecimal sensitivity, BigDecimal variance) {
    requireSensitivity(sensitivity);
    if (variance.signum() <= 0) {
      throw new IllegalArgumentException("variance must be > 0. Provided value: " + variance);
    }
    return new Zcdp(
        sensitivity
            .multiply(sensitivity)
            .divide(variance.multiply(BigDecimal.valueOf(2)), DIGITS_UP));
  }

  /**
   * Returns the largest guarantee that implies (epsilon, delta), rounded down to 12 digits.
   *
   * @param epsilon positive and finite
   * @param delta in (0, 1)
   * @throws IllegalArgumentException if one is out of its domain
   */
  public static Zcdp within(double epsilon, double delta) {
    if (!(epsilon > 0.0 && epsilon < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "epsilon must be > 0 and finite. Provided value: " + epsilon);
    }
    if (!(delta > 0.0 && delta < 1.0)) {
      throw new IllegalArgumentException("delta must be in (0, 1). Provided value: " + delta);
    }
    return new Zcdp(new BigDecimal(ZcdpCurve.rho(epsilon, delta) * SAFETY).round(BUDGET));
  }

  /** Returns the cost of both releases about the same rows, one after the other. */
  public Zcdp then(Zcdp next) {
    return new Zcdp(rho.add(next.rho));
  }

  /**
   * Returns the cost of that many such releases about the same rows.
   *
   * @throws IllegalArgumentException if {@code releases} is negative
   */
  public Zcdp times(int releases) {
    return new Zcdp(rho.multiply(BigDecimal.valueOf(releases)));
  }

  /**
   * Returns the cost of both releases where no row is in both. Which of the two a row is in must
   * depend on that row alone.
   */
  public Zcdp beside(Zcdp other) {
    return new Zcdp(rho.max(other.rho));
  }

  /**
   * Returns a part of this budget, rounded down.
   *
   * @param part in [0, 1]
   * @throws IllegalArgumentException if it isn't
   */
  public Zcdp part(BigDecimal part) {
    if (part.signum() < 0 || part.compareTo(BigDecimal.ONE) > 0) {
      throw new IllegalArgumentException("a part must be in [0, 1]. Provided value: " + part);
    }
    return new Zcdp(rho.multiply(part, DIGITS_DOWN));
  }

  /** Returns what is left of a budget after this cost; nothing where this is more. */
  public Zcdp leftOf(Zcdp budget) {
    return new Zcdp(budget.rho.subtract(rho).max(BigDecimal.ZERO));
  }

  /** Returns whether a cost is not above this budget. */
  public boolean covers(Zcdp cost) {
    return cost.rho.compareTo(rho) <= 0;
  }

  /**
   * Returns the least whole variance of Gaussian noise with which a release costs no more than
   * this.
   *
   * @param sensitivity at least 0, of a vector of whole numbers
   * @throws IllegalArgumentException if it is negative, or this budget is nothing
   */
  public BigInteger leastVariance(BigDecimal sensitivity) {
    requireSensitivity(sensitivity);
    if (rho.signum() == 0) {
      throw new IllegalArgumentException("no noise makes a release cost nothing");
    }
    return sensitivity
        .multiply(sensitivity)
        .divide(rho.multiply(BigDecimal.valueOf(2)), 0, RoundingMode.CEILING)
        .toBigIntegerExact();
  }

  /**
   * Returns the epsilon of this guarantee, at least 0; infinite for a delta of 0.
   *
   * @param delta in [0, 1]
   * @throws IllegalArgumentException if it isn't
   */
  public double epsilon(double delta) {
    return ZcdpCurve.epsilon(rho.doubleValue(), delta);
  }

  /** Returns the mu of the Gaussian release that costs as much: {@code sqrt(2 rho)}. */
  public double mu() {
    return Math.sqrt(2.0 * rho.doubleValue());
  }

  private static void requireSensitivity(BigDecimal sensitivity) {
    if (sensitivity.signum() < 0) {
      throw new IllegalArgumentException(
          "sensitivity must be >= 0. Provided value: " + sensitivity);
    }
  }
}
