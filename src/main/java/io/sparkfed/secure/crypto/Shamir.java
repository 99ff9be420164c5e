package io.sparkfed.secure.crypto;

import io.sparkfed.wire.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Shamir's secret sharing (A. Shamir, "How to share a secret", CACM 22(11), 1979) of 32-byte
 * secrets over the field of p = 2^61 - 1, each secret as five limbs of 56 bits.
 *
 * <p>Coefficients are uniform in [0, p), the top one included: a scheme that forbids a zero top
 * coefficient gives t - 1 holders information. Share indices are 1 and up. Any t shares give the
 * secret; t - 1 are independent of it.
 */
public final class Shamir {
  static final long PRIME = (1L << 61) - 1;

  private static final int LIMB_BYTES = 7;
  private static final int LIMBS = 5;

  /** Length of a secret, in bytes. */
  public static final int SECRET_LENGTH = 32;

  /** Length of a share, in bytes: five field elements. */
  public static final int SHARE_LENGTH = LIMBS * Long.BYTES;

  private Shamir() {}

  /**
   * Shares a secret.
   *
   * @param secret 32 bytes
   * @param shares number of shares n, at least 1
   * @param threshold number of shares t that give the secret, in [1, n]
   * @param coefficients where the polynomials come from: a secret stream that serves this sharing
   *     alone
   * @return share of index i + 1 at place i
   * @throws IllegalArgumentException if a parameter is out of range
   */
  public static byte[][] share(byte[] secret, int shares, int threshold, KeyStream coefficients) {
    byte[] word = new byte[Long.BYTES];
    return share(
        secret,
        shares,
        threshold,
        () -> {
          coefficients.next(word);
          return ByteBuffer.wrap(word).getLong();
        });
  }

  /** Shares a secret with polynomials from a source of uniform 64-bit words. */
  static byte[][] share(byte[] secret, int shares, int threshold, LongSupplier words) {
    if (secret.length != SECRET_LENGTH) {
      throw new IllegalArgumentException("a secret must have " + SECRET_LENGTH + " bytes");
    }
    if (threshold < 1 || threshold > shares) {
      throw new IllegalArgumentException(
          "the threshold must be in [1, " + shares + "]. Provided value: " + threshold);
    }
    long[] limbs = limbs(secret);
    WireLongs[] out = new WireLongs[shares];
    Arrays.setAll(out, i -> new WireLongs());
    for (int l = 0; l < LIMBS; l++) {
      long[] polynomial = new long[threshold];
      polynomial[0] = limbs[l];
      for (int c = 1; c < threshold; c++) {
        polynomial[c] = uniform(words);
      }
      for (int i = 0; i < shares; i++) {
        out[i].set(l, evaluate(polynomial, i + 1));
      }
    }
    byte[][] result = new byte[shares][];
    Arrays.setAll(result, i -> out[i].toBytes());
    return result;
  }

  /**
   * Gives the secret back.
   *
   * @param indices share indices, distinct, from 1
   * @param shares the shares of these indices; exactly the threshold's number are needed, and more
   *     are used too
   * @throws ProtocolException if an index is below 1 or comes twice, a share is malformed, or the
   *     shares are not of one secret
   */
  public static byte[] combine(int[] indices, byte[][] shares) {
    return new Combiner(indices).secret(shares);
  }

  /** Gives back secrets whose shares have the same indices, of which most of the work depends. */
  public static final class Combiner {
    private final long[] weights;

    /**
     * Prepares for shares of these indices.
     *
     * @throws ProtocolException if there is none, one is below 1, or one comes twice
     */
    public Combiner(int[] indices) {
      Set<Integer> seen = new TreeSet<>();
      for (int index : indices) {
        if (index < 1 || !seen.add(index)) {
          throw new ProtocolException("share indices must be distinct and at least 1");
        }
      }
      if (indices.length == 0) {
        throw new ProtocolException("each share must have an index");
      }
      this.weights = lagrangeAtZero(indices);
    }

    /**
     * Gives a secret back.
     *
     * @param shares a share for each index
     * @throws ProtocolException if there are more or fewer, one is malformed, or they are not of
     *     one secret
     */
    public byte[] secret(byte[][] shares) {
      if (shares.length != weights.length) {
        throw new ProtocolException("each share must have an index");
      }
      long[] limbs = new long[LIMBS];
      for (int i = 0; i < shares.length; i++) {
        long[] values = WireLongs.parse(shares[i]);
        for (int l = 0; l < LIMBS; l++) {
          limbs[l] = add(limbs[l], multiply(weights[i], values[l]));
        }
      }
      return Shamir.secret(limbs);
    }
  }

  /** Five field elements, big-endian. */
  private static final class WireLongs {
    private final long[] values = new long[LIMBS];

    void set(int limb, long value) {
      values[limb] = value;
    }

    byte[] toBytes() {
      byte[] out = new byte[SHARE_LENGTH];
      ByteBuffer.wrap(out).asLongBuffer().put(values);
      return out;
    }

    static long[] parse(byte[] share) {
      if (share.length != SHARE_LENGTH) {
        throw new ProtocolException("a share must have " + SHARE_LENGTH + " bytes");
      }
      long[] values = new long[LIMBS];
      ByteBuffer.wrap(share).asLongBuffer().get(values);
      for (long value : values) {
        if (value < 0 || value >= PRIME) {
          throw new ProtocolException("a share must hold field elements");
        }
      }
      return values;
    }
  }

  private static long[] limbs(byte[] secret) {
    long[] limbs = new long[LIMBS];
    for (int b = 0; b < SECRET_LENGTH; b++) {
      limbs[b / LIMB_BYTES] = limbs[b / LIMB_BYTES] << 8 | (secret[b] & 0xFF);
    }
    return limbs;
  }

  private static byte[] secret(long[] limbs) {
    byte[] secret = new byte[SECRET_LENGTH];
    for (int l = 0; l < LIMBS; l++) {
      int from = l * LIMB_BYTES;
      int bytes = Math.min(LIMB_BYTES, SECRET_LENGTH - from);
      if (limbs[l] >>> (8 * bytes) != 0) {
        throw new ProtocolException("the shares must be of one secret");
      }
      for (int b = 0; b < bytes; b++) {
        secret[from + b] = (byte) (limbs[l] >>> (8 * (bytes - 1 - b)));
      }
    }
    return secret;
  }

  /** Draws a field element, exactly uniform: 61 bits, and p itself is drawn again. */
  private static long uniform(LongSupplier words) {
    long value;
    do {
      value = words.getAsLong() & PRIME;
    } while (value == PRIME);
    return value;
  }

  static long evaluate(long[] polynomial, long x) {
    long value = 0;
    for (int c = polynomial.length - 1; c >= 0; c--) {
      value = add(multiply(value, x), polynomial[c]);
    }
    return value;
  }

  /** Returns for each index i the product over the others j of j / (j - i). */
  private static long[] lagrangeAtZero(int[] indices) {
    long[] weights = new long[indices.length];
    for (int i = 0; i < indices.length; i++) {
      long numerator = 1;
      long denominator = 1;
      for (int j = 0; j < indices.length; j++) {
        if (j != i) {
          numerator = multiply(numerator, indices[j]);
          denominator = multiply(denominator, subtract(indices[j], indices[i]));
        }
      }
      weights[i] = multiply(numerator, inverse(denominator));
    }
    return weights;
  }

  static long add(long a, long b) {
    return reduce(a + b);
  }

  static long subtract(long a, long b) {
    return reduce(a - b + PRIME);
  }

  /** The product's upper bits count 2^61 = 1 (mod p) each. */
  static long multiply(long a, long b) {
    long high = Math.multiplyHigh(a, b);
    long low = a * b;
    return reduce((low & PRIME) + (high << 3 | low >>> 61));
  }

  /** By Fermat: a^(p-2). */
  static long inverse(long a) {
    long result = 1;
    long base = a;
    for (long exponent = PRIME - 2; exponent > 0; exponent >>= 1) {
      if ((exponent & 1) == 1) {
        result = multiply(result, base);
      }
      base = multiply(base, base);
    }
    return result;
  }

  private static long reduce(long value) {
    long folded = (value & PRIME) + (value >>> 61);
    return folded >= PRIME ? folded - PRIME : folded;
  }
}
