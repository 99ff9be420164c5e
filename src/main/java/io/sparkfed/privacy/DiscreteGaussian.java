package io.sparkfed.privacy;

import java.math.BigInteger;

/**
 * The Gaussian distribution on the whole numbers, {@code P(k) ~ exp(-k^2 / (2 sigma^2))}, sampled
 * exactly: Canonne, Kamath, Steinke, The Discrete Gaussian for Differential Privacy, NeurIPS 2020,
 * arXiv 2004.00010, algorithms 1 to 3. There are whole numbers only, so no rounding can open a way
 * around the guarantee, as it does for noise in floating point.
 *
 * <p>A sample asks for about 15 draws. <b>Guaranteed:</b> the same draws give the same sample.
 * <b>Not guaranteed:</b> constant time; how long a sample takes depends on it.
 */
public final class DiscreteGaussian {
  /** A sample's size is below {@code 2^7} times the deviation but with a chance of e^-128. */
  private static final int MOST_BITS = 2 * (Long.SIZE - 1 - 7);

  /** The scale t of the Laplace distribution that proposes, a whole number near sigma. */
  private final long scale;

  private final Exponent.Terms terms;

  /**
   * Creates the distribution with parameter sigma^2 of {@code numerator / denominator}.
   *
   * @throws IllegalArgumentException if one isn't positive, or the fraction is {@code 2^112} or
   *     more, with which samples would not fit into a long
   */
  public DiscreteGaussian(BigInteger numerator, BigInteger denominator) {
    if (numerator.signum() <= 0 || denominator.signum() <= 0) {
      throw new IllegalArgumentException(
          "variance must be > 0. Provided value: " + numerator + " / " + denominator);
    }
    BigInteger floor = numerator.divide(denominator);
    if (floor.bitLength() > MOST_BITS) {
      throw new IllegalArgumentException(
          "variance must be < 2^" + MOST_BITS + ". Provided value: about 2^" + floor.bitLength());
    }
    scale = floor.sqrt().longValueExact() + 1;
    terms = new Exponent.Terms(numerator, denominator, scale);
  }

  /** Creates the distribution of a whole sigma^2. */
  public static DiscreteGaussian ofVariance(BigInteger variance) {
    return new DiscreteGaussian(variance, BigInteger.ONE);
  }

  /** Draws a sample. */
  public long sample(Draws draws) {
    while (true) {
      long proposed = laplace(draws);
      if (isExpMinus(new Exponent(terms, Math.abs(proposed)), draws)) {
        return proposed;
      }
    }
  }

  /** Draws from {@code P(k) ~ exp(-|k| / scale)}. */
  private long laplace(Draws draws) {
    while (true) {
      long rest = draws.below(scale);
      if (!isExpMinusFraction(rest, scale, draws)) {
        continue;
      }
      long whole = 0;
      while (isExpMinusFraction(1, 1, draws)) {
        whole++;
      }
      boolean isNegative = draws.below(2) == 1;
      long size = Math.addExact(rest, Math.multiplyExact(scale, whole));
      // Zero would come twice.
      if (!(isNegative && size == 0)) {
        return isNegative ? -size : size;
      }
    }
  }

  /** Returns true with a chance of {@code exp(-g)}: whole units first, then as below. */
  private static boolean isExpMinus(Exponent left, Draws draws) {
    while (left.isAboveOne()) {
      if (!isExpMinusFraction(1, 1, draws)) {
        return false;
      }
      left.subtractOne();
    }
    boolean isOdd = true;
    while (draws.coin(left)) {
      left.divideFurther();
      isOdd = !isOdd;
    }
    return isOdd;
  }

  /**
   * Returns true with a chance of {@code exp(-n/m)} for {@code n <= m}: the first k at which a coin
   * of {@code n/(m k)} fails is odd (von Neumann).
   */
  private static boolean isExpMinusFraction(long n, long m, Draws draws) {
    long k = 1;
    while (draws.coin(n, Math.multiplyExact(m, k))) {
      k++;
    }
    return k % 2 == 1;
  }
}
