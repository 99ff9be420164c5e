package io.sparkfed.privacy;

import java.math.BigInteger;

/**
 * The exponent g of a proposal y, which is kept with a chance of {@code exp(-g)}, and what is left
 * of it while that is decided: whole units are taken away, then it is divided by 1, 2, 3 and so on.
 *
 * <p>With scale t and variance v, {@code g = (|y|/t - v/t^2)^2 t^2/(2v)}. Its first digits are kept
 * beside its terms, which are large: all that is cut off on the way is below {@link #ERROR}.
 */
final class Exponent implements Chance {
  private static final long ONE = 1L << BITS;

  /** Of a quotient |y|/t below {@code 2^WHOLE_BITS} the first digits are known. */
  private static final int WHOLE_BITS = 4;

  /** Digits of |y|/t and of v/t^2 behind the point. */
  private static final int QUOTIENT_BITS = 61 - WHOLE_BITS;

  /** Digits of t^2/(2v), which is at most 2 for variances of 1 and more. */
  private static final int FACTOR_BITS = 61;

  /**
   * How far the first digits can be off, in their units. The difference {@code |y|/t - v/t^2} is
   * below 16 and off by at most 2 units of 2^-57, so its square is by 2^-51, and by 2^-54 as it is
   * cut off; at most twice that is 4.5 units. The factor's rest times 256 is half a unit, and the
   * product is cut off by one.
   */
  private static final long ERROR = 8;

  private final Terms terms;
  private final long size;
  private final boolean isKnown;
  private long first;
  private long units;
  private long divisor = 1;

  /** Starts with the exponent of a proposal of a size, which is 0 or more. */
  Exponent(Terms terms, long size) {
    this.terms = terms;
    this.size = size;
    isKnown = terms.isKnown && size >> WHOLE_BITS < terms.scale;
    first = isKnown ? terms.first(size) : 0;
  }

  /** Returns whether what is left is above 1. */
  boolean isAboveOne() {
    if (isKnown && first - ERROR > ONE) {
      return true;
    }
    if (isKnown && first + ERROR <= ONE) {
      return false;
    }
    return numerator().compareTo(terms.divisor) > 0;
  }

  /** Takes one away. */
  void subtractOne() {
    first -= ONE;
    units++;
  }

  /** Divides by a number more: the chance is g/2, then g/3. */
  void divideFurther() {
    divisor++;
  }

  @Override
  public long least() {
    return isKnown ? Math.max(first - ERROR, 0) / divisor : 0;
  }

  @Override
  public long most() {
    return isKnown ? (first + ERROR) / divisor + 1 : ONE;
  }

  @Override
  public BigInteger numerator() {
    BigInteger off = terms.step.multiply(BigInteger.valueOf(size)).subtract(terms.center);
    return off.multiply(off).subtract(terms.divisor.multiply(BigInteger.valueOf(units)));
  }

  @Override
  public BigInteger denominator() {
    return terms.divisor.multiply(BigInteger.valueOf(divisor));
  }

  /** What the exponents of a distribution share, of variance {@code v = n/d}. */
  static final class Terms {
    private final long scale;

    /** The exponent is {@code (|y| d t - n)^2 / (2 n d t^2)}. */
    private final BigInteger center;

    private final BigInteger step;
    private final BigInteger divisor;

    private final boolean isKnown;

    /** So far a size is shifted that 16 t would be in [2^62, 2^63). */
    private final int shift;

    /** 2^125 divided by t, shifted to [2^62, 2^63). */
    private final long reciprocal;

    private final long firstCenter;
    private final long factor;

    /**
     * Computes what is shared.
     *
     * @param numerator n, above 0
     * @param denominator d, above 0
     * @param scale t, the next whole number above the root of n/d, at most {@code 2^57}
     */
    Terms(BigInteger numerator, BigInteger denominator, long scale) {
      this.scale = scale;
      BigInteger wide = BigInteger.valueOf(scale);
      center = numerator;
      step = denominator.multiply(wide);
      BigInteger square = step.multiply(wide);
      divisor = numerator.multiply(square).shiftLeft(1);
      isKnown = numerator.compareTo(denominator) >= 0;
      int free = Long.numberOfLeadingZeros(scale) - 1;
      shift = free - WHOLE_BITS;
      reciprocal =
          BigInteger.ONE
              .shiftLeft(125)
              .divide(wide.shiftLeft(free))
              .min(BigInteger.valueOf(Long.MAX_VALUE))
              .longValueExact();
      firstCenter = numerator.shiftLeft(QUOTIENT_BITS).divide(square).longValueExact();
      factor = isKnown ? square.shiftLeft(FACTOR_BITS - 1).divide(numerator).longValueExact() : 0;
    }

    /** Returns the first digits of the exponent of a size below 16 t. */
    private long first(long size) {
      long quotient = Math.multiplyHigh(size << shift, reciprocal);
      long off = Math.abs(quotient - firstCenter) << 2;
      // (off / 2^59)^2 is square / 2^54; times factor / 2^61 it is the exponent.
      long square = Math.multiplyHigh(off, off);
      return Math.multiplyHigh(square << 1, factor);
    }
  }
}
