package io.sparkfed.math;

/**
 * {@code exp} and {@code log1p} in additions, multiplications and divisions whose order is fixed by
 * this code: the same bits on any JVM, as {@link StrictMath}'s, in a fraction of the time, and one
 * vector lane does what the scalar code does. Within one unit in the last place.
 *
 * <p>exp: {@code x = n log 2 + r} with n whole and {@code |r| <= log(2) / 2}, and {@code e^r} by
 * its Taylor polynomial of degree 13, whose remainder is below 2^-57. The whole number n is the low
 * bits of {@code x / log 2 + 1.5 * 2^52}. Twice a power of two of half the exponent is multiplied
 * with, so that results below the normal numbers are rounded once and overflow is infinite.
 *
 * <p>log1p: {@code 1 + x = 2^k (1 + f)} with {@code 1 + f} between sqrt(1/2) and sqrt(2); what
 * rounding 1 + x lost is added to f. Then {@code log(1 + f)} from the series of atanh, with the
 * coefficients of fdlibm (e_log.c, Sun Microsystems, 1993).
 */
public final class Elementary {
  static final double LEAST = -750.0;
  static final double MOST = 710.0;
  static final double PER_LOG_2 = 0x1.71547652b82fep0;

  /** Adding it rounds to a whole number, which is then in the low bits. */
  static final double ROUNDER = 0x1.8p52;

  /** As {@link #ROUNDER}; the low bits are then those of a power of two's exponent. */
  static final double EXPONENT_ROUNDER = 0x1.8p52 + 1023.0;

  /** The high part of log 2 has 20 zero bits at its end, so that n times it is exact. */
  static final double LOG_2_HIGH = 0x1.62e42feep-1;

  static final double LOG_2_LOW = 0x1.a39ef35793c76p-33;
  static final double E2 = 1.0 / 2.0;
  static final double E3 = 1.0 / 6.0;
  static final double E4 = 1.0 / 24.0;
  static final double E5 = 1.0 / 120.0;
  static final double E6 = 1.0 / 720.0;
  static final double E7 = 1.0 / 5040.0;
  static final double E8 = 1.0 / 40320.0;
  static final double E9 = 1.0 / 362880.0;
  static final double E10 = 1.0 / 3628800.0;
  static final double E11 = 1.0 / 39916800.0;
  static final double E12 = 1.0 / 479001600.0;
  static final double E13 = 1.0 / 6227020800.0;

  static final long BITS_OF_ROOT_HALF = 0x3fe6a09e667f3bcdL;
  static final long BITS_OF_2_TO_52 = 0x4330000000000000L;
  static final double TWO_TO_52 = 0x1p52;
  static final long BIAS = 1023L;
  static final double L1 = 0.6666666666666735;
  static final double L2 = 0.3999999999940942;
  static final double L3 = 0.2857142874366239;
  static final double L4 = 0.22222198432149784;
  static final double L5 = 0.1818357216161805;
  static final double L6 = 0.15313837699209373;
  static final double L7 = 0.14798198605116586;

  private Elementary() {}

  /** Returns {@code e^x}; NaN for NaN. */
  public static double exp(double x) {
    double c = x < LEAST ? LEAST : x > MOST ? MOST : x;
    double n = (c * PER_LOG_2 + ROUNDER) - ROUNDER;
    double r = (c - n * LOG_2_HIGH) - n * LOG_2_LOW;
    double q = r * E13 + E12;
    q = q * r + E11;
    q = q * r + E10;
    q = q * r + E9;
    q = q * r + E8;
    q = q * r + E7;
    q = q * r + E6;
    q = q * r + E5;
    q = q * r + E4;
    q = q * r + E3;
    q = q * r + E2;
    double e = 1.0 + (r + r * r * q);
    double half = (n * 0.5 + ROUNDER) - ROUNDER;
    return e * powerOfTwo(half) * powerOfTwo(n - half);
  }

  private static double powerOfTwo(double n) {
    return Double.longBitsToDouble(Double.doubleToRawLongBits(n + EXPONENT_ROUNDER) << 52);
  }

  /**
   * Returns {@code log(1 + x)}.
   *
   * @param x at least 0 and finite; NaN gives NaN
   */
  public static double log1p(double x) {
    double u = 1.0 + x;
    double part = u - 1.0;
    double lost = (1.0 - (u - part)) + (x - part);
    long bits = Double.doubleToRawLongBits(u);
    long k = (bits - BITS_OF_ROOT_HALF) >>> 52;
    double m = Double.longBitsToDouble(bits - (k << 52));
    double f = (m - 1.0) + lost * Double.longBitsToDouble((BIAS - k) << 52);
    double n = Double.longBitsToDouble(k | BITS_OF_2_TO_52) - TWO_TO_52;
    double s = f / (2.0 + f);
    double z = s * s;
    double t = z * L7 + L6;
    t = t * z + L5;
    t = t * z + L4;
    t = t * z + L3;
    t = t * z + L2;
    t = t * z + L1;
    double square = 0.5 * f * f;
    return n * LOG_2_HIGH - ((square - (s * (square + z * t) + n * LOG_2_LOW)) - f);
  }
}
