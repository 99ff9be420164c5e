package io.sparkfed.secure.keys;

import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.Arrays;

/**
 * A set of rows as an owner remembers it: half a kilobyte, whatever the set's size, that tells by
 * how few rows two sets differ.
 *
 * <p>Each row is a number x of the field of p = 2^61 - 1 elements, by a hash under a secret of the
 * owner's, and equal rows are told apart by a count. The sketch is the sums of x^k over the rows, k
 * = 1..64. For two sets the differences of these sums are those over the rows that only one of them
 * has, with a sign each: a sequence whose shortest linear recurrence has as many terms as there are
 * such rows (Massey, "Shift-register synthesis and BCH decoding", IEEE Transactions on Information
 * Theory 15, 1969). Up to {@value #MOST} of them this is exact. Of more it says that they are more,
 * but with a chance of about p^-2.
 *
 * @param rows how many there are
 * @param sums over the rows of x^k, in [0, p)
 */
record RowSketch(int rows, long[] sums) {
  /** The largest difference that is told. */
  static final int MOST = 31;

  private static final int SUMS = 2 * MOST + 2;
  private static final int BITS = 61;
  private static final long P = (1L << BITS) - 1;

  /** Sketches a set of rows, given by numbers without a pattern. */
  static RowSketch of(long[] numbers) {
    long[] sums = new long[SUMS];
    for (long number : numbers) {
      // Never 0, of which all sums are.
      long x = 1 + Long.remainderUnsigned(number, P - 1);
      long power = 1;
      for (int k = 0; k < SUMS; k++) {
        power = times(power, x);
        sums[k] = plus(sums[k], power);
      }
    }
    return new RowSketch(numbers.length, sums);
  }

  /** Returns how many rows only one of the sets has; more than {@link #MOST} for more. */
  int difference(RowSketch other) {
    long[] differences = new long[SUMS];
    for (int k = 0; k < SUMS; k++) {
      differences[k] = plus(sums[k], P - other.sums[k]);
    }
    return shortestRecurrence(differences);
  }

  boolean isSameAs(RowSketch other) {
    return rows == other.rows && Arrays.equals(sums, other.sums);
  }

  /** Berlekamp and Massey; names as in the paper. */
  private static int shortestRecurrence(long[] s) {
    long[] c = new long[s.length + 1];
    long[] b = new long[s.length + 1];
    c[0] = 1;
    b[0] = 1;
    long lastDiscrepancy = 1;
    int length = 0;
    int shift = 1;
    for (int i = 0; i < s.length; i++) {
      long discrepancy = 0;
      for (int j = 0; j <= length; j++) {
        discrepancy = plus(discrepancy, times(c[j], s[i - j]));
      }
      if (discrepancy == 0) {
        shift++;
        continue;
      }
      long factor = times(discrepancy, inverse(lastDiscrepancy));
      long[] before = c.clone();
      for (int j = 0; j + shift < c.length; j++) {
        c[j + shift] = plus(c[j + shift], P - times(factor, b[j]));
      }
      if (2 * length > i) {
        shift++;
        continue;
      }
      length = i + 1 - length;
      if (length > MOST) {
        return length;
      }
      b = before;
      lastDiscrepancy = discrepancy;
      shift = 1;
    }
    return length;
  }

  private static long plus(long a, long b) {
    long sum = a + b;
    return sum >= P ? sum - P : sum;
  }

  private static long times(long a, long b) {
    long low = a * b;
    long sum = (low & P) + ((low >>> BITS) | (Math.multiplyHigh(a, b) << (Long.SIZE - BITS)));
    return sum >= P ? sum - P : sum;
  }

  /** By Fermat: a^(p - 2). */
  private static long inverse(long a) {
    long result = 1;
    long square = a;
    for (long exponent = P - 2; exponent > 0; exponent >>= 1) {
      if ((exponent & 1) == 1) {
        result = times(result, square);
      }
      square = times(square, square);
    }
    return result;
  }

  void write(WireWriter out) {
    out.integer(rows);
    // Nothing is said of no rows.
    out.longs(rows == 0 ? new long[0] : sums);
  }

  static RowSketch read(WireReader in) {
    int rows = in.integer();
    long[] sums = in.longs(rows == 0 ? 0 : SUMS);
    return new RowSketch(rows, rows == 0 ? new long[SUMS] : sums);
  }
}
