package io.sparkfed.privacy;

import java.math.BigInteger;

/** Where a sampler's randomness comes from: independent draws, each exact. */
public interface Draws {

  /** Returns each number from 0 to {@code bound - 1} equally often; {@code bound} is at least 1. */
  long below(long bound);

  /** Returns true with a chance of {@code n/m}; {@code 0 <= n <= m} and {@code 1 <= m < 2^63}. */
  boolean coin(long n, long m);

  /** Returns true with a chance of {@code n/m}; {@code 0 <= n <= m} and {@code 1 <= m}. */
  boolean coin(BigInteger n, BigInteger m);

  /** Returns true with a chance; the same as with its terms. */
  default boolean coin(Chance chance) {
    return coin(chance.numerator(), chance.denominator());
  }
}
