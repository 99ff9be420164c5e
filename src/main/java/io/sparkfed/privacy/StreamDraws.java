package io.sparkfed.privacy;

import java.math.BigInteger;
import java.util.function.Consumer;

/**
 * Draws from a stream of uniform bytes.
 *
 * <p>A number below a bound takes as few bytes as the bound's bits need, the least significant
 * first; what is above these bits is cut off, and it is drawn again while it is not below the
 * bound. A coin compares {@code n/m} with the stream read as a fraction, the most significant digit
 * first, digit by digit until they differ: exact, whatever the terms of the fraction, and nearly
 * always after the first digit.
 */
public final class StreamDraws implements Draws {
  /** Large enough to amortise a cipher's call, small against what a short vector needs. */
  private static final int CHUNK_BYTES = 2048;

  /** With {@code m} below this, a remainder times 256 is a long. */
  private static final long MOST_FOR_BYTES = 1L << (Long.SIZE - 1 - Byte.SIZE);

  private final Consumer<byte[]> stream;
  private final byte[] chunk = new byte[CHUNK_BYTES];
  private int used = CHUNK_BYTES;

  /**
   * Draws from a stream.
   *
   * @param stream fills an array with its next bytes
   */
  public StreamDraws(Consumer<byte[]> stream) {
    this.stream = stream;
  }

  @Override
  public long below(long bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("a bound must be >= 1. Provided value: " + bound);
    }
    int bits = Long.SIZE - Long.numberOfLeadingZeros(bound - 1);
    if (bits == 0) {
      return 0L;
    }
    long mask = -1L >>> (Long.SIZE - bits);
    while (true) {
      long drawn = 0L;
      for (int shift = 0; shift < bits; shift += Byte.SIZE) {
        drawn |= (long) next() << shift;
      }
      drawn &= mask;
      if (drawn < bound) {
        return drawn;
      }
    }
  }

  /** Digits of 8 bits. */
  @Override
  public boolean coin(long n, long m) {
    requireChance(0 <= n && n <= m && 1 <= m);
    if (m >= MOST_FOR_BYTES) {
      return coin(BigInteger.valueOf(n), BigInteger.valueOf(m));
    }
    long rest = n;
    while (true) {
      // The chance's digit is told apart from the stream's by products: a division costs more.
      rest = (rest << Byte.SIZE) - next() * m;
      if (rest < 0 || rest >= m) {
        return rest >= m;
      }
    }
  }

  /** Digits of 32 bits. */
  @Override
  public boolean coin(BigInteger n, BigInteger m) {
    return coin(word(), n, m);
  }

  /** Digits of 32 bits, of which the first is told by the chance's bounds where they can. */
  @Override
  public boolean coin(Chance chance) {
    long drawn = word();
    if ((drawn + 1) << (Chance.BITS - Integer.SIZE) <= chance.least()) {
      return true;
    }
    if (drawn << (Chance.BITS - Integer.SIZE) > chance.most()) {
      return false;
    }
    return coin(drawn, chance.numerator(), chance.denominator());
  }

  private boolean coin(long first, BigInteger n, BigInteger m) {
    requireChance(n.signum() >= 0 && n.compareTo(m) <= 0 && m.signum() > 0);
    BigInteger rest = n;
    long drawn = first;
    while (true) {
      BigInteger[] digit = rest.shiftLeft(Integer.SIZE).divideAndRemainder(m);
      long expected = digit[0].longValueExact();
      if (drawn != expected) {
        return drawn < expected;
      }
      rest = digit[1];
      drawn = word();
    }
  }

  private static void requireChance(boolean isOne) {
    if (!isOne) {
      throw new IllegalArgumentException("a coin's chance must be in [0, 1]");
    }
  }

  private long word() {
    long word = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      word = word << Byte.SIZE | next();
    }
    return word;
  }

  private int next() {
    if (used == CHUNK_BYTES) {
      stream.accept(chunk);
      used = 0;
    }
    return chunk[used++] & 0xFF;
  }
}
