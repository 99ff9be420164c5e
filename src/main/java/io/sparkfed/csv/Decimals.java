package io.sparkfed.csv;

import java.math.BigInteger;

/**
 * Reads decimal numbers from where they stand in a text. The result is the double nearest to the
 * number, an even one of two, as {@link Double#parseDouble} has it, some ten times faster.
 *
 * <p>A number is w 10^q, with a whole w of 64 bits. Small ones are exact products or quotients of
 * two doubles (Clinger 1990). For others, 128 bits of 5^q times w tell the 53 leading bits, but for
 * rare cases that are detected (Lemire 2021, "Number parsing at a gigabyte per second", section 5
 * and algorithm 1; the ties of section 9).
 */
final class Decimals {
  /** Any w of so many digits has 64 bits. */
  private static final int MOST_DIGITS = 19;

  /** Exponents of more digits are no numbers that a file means. */
  private static final int MOST_EXPONENT_DIGITS = 5;

  private static final int LEAST_POWER = -342;
  private static final int LARGEST_POWER = 308;
  private static final long LARGEST_EXACT = 1L << 53;
  private static final double[] EXACT_POWERS = exactPowers();

  /** 5^27 is the largest power below 2^64. */
  private static final int MOST_ROUNDED_UP = 27;

  private static final int SIGNIFICAND_BITS = 52;
  private static final int INFINITE_EXPONENT = 0x7FF;

  /** The 128 leading bits of 5^q for each q: the higher half and the lower one, in turn. */
  private static final long[] FIFTHS = fifths();

  private Decimals() {}

  /**
   * Returns the number of a text: digits with at most one decimal mark, a sign and an exponent.
   *
   * @return infinite where a double can't hold it; NaN where the text is no such number
   */
  static double parse(char[] text, int from, int to, char mark) {
    int at = from;
    boolean negative = at < to && text[at] == '-';
    if (negative || (at < to && text[at] == '+')) {
      at++;
    }
    int first = at;
    long w = 0;
    int fractionFrom = -1;
    for (; at < to; at++) {
      int digit = text[at] - '0';
      if (digit >= 0 && digit <= 9) {
        w = 10 * w + digit;
      } else if (text[at] == mark && fractionFrom < 0) {
        fractionFrom = at + 1;
      } else {
        break;
      }
    }
    int digits = at - first - (fractionFrom < 0 ? 0 : 1);
    if (digits == 0) {
      return Double.NaN;
    }
    int power = fractionFrom < 0 ? 0 : fractionFrom - at;
    if (at < to) {
      int exponent = exponent(text, at, to);
      if (exponent == Integer.MIN_VALUE) {
        return Double.NaN;
      }
      power += exponent;
    }
    if (digits > MOST_DIGITS && digits - leadingZeros(text, first, at, mark) > MOST_DIGITS) {
      return longNumber(text, from, to, mark);
    }
    double size = nearest(w, power);
    if (Double.isNaN(size)) {
      return longNumber(text, from, to, mark);
    }
    return negative ? -size : size;
  }

  /** Returns what follows the digits as an exponent; the least int where it is none. */
  private static int exponent(char[] text, int from, int to) {
    int at = from;
    if (text[at] != 'e' && text[at] != 'E') {
      return Integer.MIN_VALUE;
    }
    at++;
    boolean negative = at < to && text[at] == '-';
    if (negative || (at < to && text[at] == '+')) {
      at++;
    }
    if (at == to || to - at > MOST_EXPONENT_DIGITS) {
      return Integer.MIN_VALUE;
    }
    int exponent = 0;
    for (; at < to; at++) {
      int digit = text[at] - '0';
      if (digit < 0 || digit > 9) {
        return Integer.MIN_VALUE;
      }
      exponent = 10 * exponent + digit;
    }
    return negative ? -exponent : exponent;
  }

  private static int leadingZeros(char[] text, int from, int to, char mark) {
    int zeros = 0;
    for (int at = from; at < to && (text[at] == '0' || text[at] == mark); at++) {
      zeros += text[at] == '0' ? 1 : 0;
    }
    return zeros;
  }

  private static double longNumber(char[] text, int from, int to, char mark) {
    return Double.parseDouble(new String(text, from, to - from).replace(mark, '.'));
  }

  /** Returns the double nearest to w 10^q, w unsigned; NaN where this doesn't tell. */
  private static double nearest(long w, int q) {
    if (w == 0 || q < LEAST_POWER) {
      return 0.0;
    }
    if (q > LARGEST_POWER) {
      return Double.POSITIVE_INFINITY;
    }
    if (w > 0 && w <= LARGEST_EXACT && Math.abs(q) < EXACT_POWERS.length) {
      return q < 0 ? w / EXACT_POWERS[-q] : w * EXACT_POWERS[q];
    }
    int shift = Long.numberOfLeadingZeros(w);
    long scaled = w << shift;
    int at = 2 * (q - LEAST_POWER);
    long low = scaled * FIFTHS[at];
    long high = unsignedMultiplyHigh(scaled, FIFTHS[at]);
    if ((high & 0x1FF) == 0x1FF) {
      // What the lower half adds may change the bits that count.
      long more = unsignedMultiplyHigh(scaled, FIFTHS[at + 1]);
      low += more;
      if (Long.compareUnsigned(low, more) < 0) {
        high++;
      }
      if (low == -1L && (q < -MOST_ROUNDED_UP || q > 55)) {
        return Double.NaN;
      }
    }
    int upper = (int) (high >>> 63);
    int cut = upper + 64 - SIGNIFICAND_BITS - 3;
    long significand = high >>> cut;
    // floor(q log2(10)) + 63, by which 5^q 2^q was scaled; 1023 biases the exponent.
    int exponent = ((217706 * q) >> 16) + 63 + upper - shift + 1023;
    if (exponent <= 0) {
      return subnormal(significand, exponent);
    }
    // Only for these q may the number lie in the middle of two doubles: then to the even one.
    if (Long.compareUnsigned(low, 1) <= 0
        && q >= -4
        && q <= 23
        && (significand & 3) == 1
        && significand << cut == high) {
      significand--;
    }
    significand = (significand + (significand & 1)) >>> 1;
    if (significand >= 2L << SIGNIFICAND_BITS) {
      significand = 1L << SIGNIFICAND_BITS;
      exponent++;
    }
    return exponent >= INFINITE_EXPONENT
        ? Double.POSITIVE_INFINITY
        : Double.longBitsToDouble(
            ((long) exponent << SIGNIFICAND_BITS) | (significand & ((1L << SIGNIFICAND_BITS) - 1)));
  }

  private static double subnormal(long significand, int exponent) {
    if (1 - exponent >= Long.SIZE) {
      return 0.0;
    }
    long cut = significand >>> (1 - exponent);
    // One that is rounded up to the least normal number has its bits, too.
    return Double.longBitsToDouble((cut + (cut & 1)) >>> 1);
  }

  private static long unsignedMultiplyHigh(long a, long b) {
    return Math.multiplyHigh(a, b) + ((a >> 63) & b) + ((b >> 63) & a);
  }

  private static double[] exactPowers() {
    double[] powers = new double[23];
    for (int k = 0; k < powers.length; k++) {
      powers[k] = Double.parseDouble("1e" + k);
    }
    return powers;
  }

  /** All are cut off but for reciprocals of 64 bits and less, as the proof asks for. */
  private static long[] fifths() {
    long[] halves = new long[2 * (LARGEST_POWER - LEAST_POWER + 1)];
    BigInteger power = BigInteger.ONE;
    for (int q = 0; q <= -LEAST_POWER; q++) {
      int bits = power.bitLength();
      if (q <= LARGEST_POWER) {
        store(power.shiftLeft(128).shiftRight(bits), q, halves);
      }
      if (q > 0) {
        BigInteger quotient = BigInteger.ONE.shiftLeft(bits + 127).divide(power);
        store(q <= MOST_ROUNDED_UP ? quotient.add(BigInteger.ONE) : quotient, -q, halves);
      }
      power = power.multiply(BigInteger.valueOf(5));
    }
    return halves;
  }

  private static void store(BigInteger bits, int q, long[] halves) {
    int at = 2 * (q - LEAST_POWER);
    halves[at] = bits.shiftRight(64).longValue();
    halves[at + 1] = bits.longValue();
  }
}
