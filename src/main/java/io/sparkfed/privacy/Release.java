package io.sparkfed.privacy;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * A sum of vectors of whole numbers to which the workers add discrete Gaussian noise, each its
 * share: whichever {@code honestWorkers} of them don't tell theirs, what they added has at least
 * the variance that is paid for. With n workers the sum's variance is n over {@code honestWorkers}
 * times that.
 *
 * <p>A sum of shares is not quite a discrete Gaussian. With shares of a deviation of at least 1024,
 * which the constructor demands, the difference is below 1e-100000 (Kairouz, Liu, Steinke 2021,
 * arXiv 2102.06387, theorem 1).
 *
 * @param sensitivity D: how far a row, with or without, moves a worker's vector (L2)
 * @param variance that is paid for
 * @param honestWorkers h, at least 1
 * @param plan what all releases of the run cost that this one belongs to
 */
public record Release(BigDecimal sensitivity, BigInteger variance, int honestWorkers, Zcdp plan) {
  private static final BigInteger LEAST_SHARE = BigInteger.ONE.shiftLeft(20);

  /**
   * Checks the domain.
   *
   * @throws IllegalArgumentException if a share would be too small, or one is out of its domain
   */
  public Release {
    if (honestWorkers < 1) {
      throw new IllegalArgumentException(
          "honest workers must be >= 1. Provided value: " + honestWorkers);
    }
    if (sensitivity.signum() <= 0) {
      throw new IllegalArgumentException("sensitivity must be > 0. Provided value: " + sensitivity);
    }
    if (share(variance, honestWorkers).compareTo(LEAST_SHARE) < 0) {
      throw new IllegalArgumentException(
          "a share of noise must have a deviation of at least 2^10 on its grid");
    }
  }

  /** Returns what it costs whoever relies on no more honest workers. */
  public Zcdp cost() {
    return Zcdp.ofGaussian(sensitivity, new BigDecimal(variance));
  }

  /** Returns the variance of a worker's share, rounded up. */
  public BigInteger share() {
    return share(variance, honestWorkers);
  }

  private static BigInteger share(BigInteger variance, int workers) {
    BigInteger[] parts = variance.divideAndRemainder(BigInteger.valueOf(workers));
    return parts[1].signum() == 0 ? parts[0] : parts[0].add(BigInteger.ONE);
  }

  /** Returns a vector with a worker's share of noise on each number, modulo 2^64. */
  public long[] withNoise(long[] vector, Draws draws) {
    DiscreteGaussian noise = DiscreteGaussian.ofVariance(share());
    long[] noised = vector.clone();
    for (int j = 0; j < noised.length; j++) {
      noised[j] += noise.sample(draws);
    }
    return noised;
  }
}
