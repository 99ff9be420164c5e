package io.sparkfed.privacy;

import java.math.BigInteger;

/**
 * A chance whose first digits cost less than its terms. Nearly every coin is decided by them, so
 * the terms are asked for where they alone can tell.
 */
public interface Chance {
  /** The bounds are in units of {@code 2^-BITS}. */
  int BITS = 52;

  /** Returns what the chance is at least; 0 or more. */
  long least();

  /** Returns what the chance is at most; it may be above 1. */
  long most();

  /** Returns n of the chance {@code n/m}; {@code 0 <= n <= m}. */
  BigInteger numerator();

  /** Returns m of the chance {@code n/m}; at least 1. */
  BigInteger denominator();
}
