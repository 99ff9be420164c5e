package io.sparkfed.secure.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.wire.ProtocolException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongBinaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShamirTest {
  private static final BigInteger P = BigInteger.valueOf(Shamir.PRIME);
  private static final byte[] SECRET = Kdf.sha256(new byte[] {7});

  @Test
  void field_randomAndExtremeElements_isBigIntegerArithmetic() {
    assertEquals(BigInteger.TWO.pow(61).subtract(BigInteger.ONE), P);
    Random random = new Random(1L);
    long[] elements = new long[200];
    Arrays.setAll(elements, i -> (random.nextLong() >>> 1) % Shamir.PRIME);
    long[] edges = {0, 1, 2, Shamir.PRIME - 1, Shamir.PRIME - 2, 1L << 60, (1L << 60) - 1};
    System.arraycopy(edges, 0, elements, 0, edges.length);
    for (long a : elements) {
      for (long b : elements) {
        check(Shamir::add, BigInteger::add, a, b);
        check(Shamir::subtract, BigInteger::subtract, a, b);
        check(Shamir::multiply, BigInteger::multiply, a, b);
      }
      if (a != 0) {
        assertEquals(big(a).modInverse(P).longValueExact(), Shamir.inverse(a));
      }
    }
  }

  private interface BigOperator {
    BigInteger of(BigInteger a, BigInteger b);
  }

  private static void check(LongBinaryOperator own, BigOperator oracle, long a, long b) {
    assertEquals(oracle.of(big(a), big(b)).mod(P).longValueExact(), own.applyAsLong(a, b));
  }

  /** Horner's rule against powers, with the words of the stream as they come. */
  @Test
  void share_anyShare_isThePolynomialOfTheStreamsWords() {
    byte[] key = Kdf.sha256(new byte[] {1});
    byte[] words = new byte[5 * 3 * 8];
    new KeyStream(key).next(words);
    ByteBuffer stream = ByteBuffer.wrap(words);
    byte[][] shares = Shamir.share(SECRET, 9, 4, new KeyStream(key));

    for (int limb = 0; limb < 5; limb++) {
      int from = 7 * limb;
      BigInteger[] polynomial = new BigInteger[4];
      polynomial[0] = new BigInteger(1, Arrays.copyOfRange(SECRET, from, Math.min(32, from + 7)));
      for (int c = 1; c < 4; c++) {
        polynomial[c] = big(stream.getLong() & Shamir.PRIME);
      }
      for (int i = 0; i < 9; i++) {
        BigInteger expected = BigInteger.ZERO;
        for (int c = 0; c < 4; c++) {
          expected = expected.add(polynomial[c].multiply(big(i + 1L).pow(c)));
        }
        assertEquals(
            expected.mod(P).longValueExact(), ByteBuffer.wrap(shares[i]).getLong(8 * limb));
      }
    }
  }

  @Test
  void combine_everySubsetOfThresholdSizeOrMore_givesTheSecretAndSmallerOnesDoNot() {
    for (int n = 1; n <= 6; n++) {
      for (int t = 1; t <= n; t++) {
        byte[][] shares = Shamir.share(SECRET, n, t, stream(n * 10 + t));
        for (int subset = 1; subset < 1 << n; subset++) {
          int chosen = subset;
          int[] indices = IntStream.range(0, n).filter(i -> (chosen >> i & 1) == 1).toArray();
          byte[][] held = Arrays.stream(indices).mapToObj(i -> shares[i]).toArray(byte[][]::new);
          int[] fromOne = Arrays.stream(indices).map(i -> i + 1).toArray();
          if (indices.length >= t) {
            assertArrayEquals(SECRET, Shamir.combine(fromOne, held));
          } else {
            assertFalse(Arrays.equals(SECRET, orNothing(fromOne, held)));
          }
        }
      }
    }
  }

  @Test
  void combine_anyOrderAndLargeIndices_givesTheSecret() {
    byte[][] shares = Shamir.share(SECRET, 1000, 3, stream(1));

    assertArrayEquals(
        SECRET,
        Shamir.combine(
            new int[] {1000, 1, 517}, new byte[][] {shares[999], shares[0], shares[516]}));
  }

  @Test
  void combine_extremeSecrets_areGivenBack() {
    byte[] ones = new byte[32];
    Arrays.fill(ones, (byte) 0xFF);
    for (byte[] secret : new byte[][] {new byte[32], ones}) {
      byte[][] shares = Shamir.share(secret, 3, 2, stream(2));
      assertArrayEquals(
          secret, Shamir.combine(new int[] {1, 3}, new byte[][] {shares[0], shares[2]}));
    }
  }

  /**
   * All coefficients zero is a polynomial like any other: leaving it out would tell t - 1 holders
   * that the secret isn't their share.
   */
  @Test
  void share_zeroCoefficients_areNotDrawnAgain() {
    byte[][] shares = Shamir.share(SECRET, 4, 3, () -> 0L);

    for (byte[] share : shares) {
      assertArrayEquals(shares[0], share);
    }
    assertArrayEquals(SECRET, Shamir.combine(new int[] {2}, new byte[][] {shares[1]}));
  }

  /**
   * The 61 lower bits of a word, unless they are p: so each of the p elements has the same chance.
   */
  @Test
  void share_wordThatIsThePrime_isDrawnAgainAndUpperBitsAreDropped() {
    Deque<Long> words =
        new ArrayDeque<>(
            List.of(Shamir.PRIME, -1L, 5L, Shamir.PRIME - 1, 5L | 7L << 61, 0L, 5L, 77L));
    byte[][] shares = Shamir.share(new byte[32], 2, 2, words::remove);

    assertEquals(List.of(77L), List.copyOf(words));
    ByteBuffer share = ByteBuffer.wrap(shares[0]);
    for (long expected : new long[] {5, Shamir.PRIME - 1, 5, 0, 5}) {
      assertEquals(expected, share.getLong());
    }
  }

  /**
   * Perfect secrecy, as a bijection: whatever t - 1 shares are seen and whatever the secret, there
   * is exactly one choice of coefficients that explains both. It is found by interpolation.
   */
  @Test
  void evaluate_anyViewAndAnySecret_isExplainedByOnePolynomial() {
    Random random = new Random(3L);
    for (int trial = 0; trial < 200; trial++) {
      long[] at = {0, 1 + random.nextInt(5), 6 + random.nextInt(5)};
      long[] value = random.longs(3, 0, Shamir.PRIME).toArray();
      // Newton's divided differences of the three points.
      long d01 = divide(Shamir.subtract(value[1], value[0]), at[1]);
      long d12 = divide(Shamir.subtract(value[2], value[1]), Shamir.subtract(at[2], at[1]));
      long d012 = divide(Shamir.subtract(d12, d01), at[2]);
      long[] polynomial = {value[0], Shamir.subtract(d01, Shamir.multiply(d012, at[1])), d012};
      for (int k = 0; k < 3; k++) {
        assertEquals(value[k], Shamir.evaluate(polynomial, at[k]));
      }
    }
  }

  /**
   * The same over a field small enough to count: each view occurs equally often for each secret.
   */
  @Test
  void sharing_exhaustivelyOverASmallField_viewsBelowTheThresholdDoNotDependOnTheSecret() {
    int p = 7;
    for (int[] seen : new int[][] {{1, 2}, {2, 5}, {3, 6}, {1, 6}}) {
      Map<List<Integer>, int[]> occurrences = new HashMap<>();
      for (int secret = 0; secret < p; secret++) {
        for (int c1 = 0; c1 < p; c1++) {
          for (int c2 = 0; c2 < p; c2++) {
            int s = secret;
            int a = c1;
            int b = c2;
            List<Integer> view =
                Arrays.stream(seen).mapToObj(x -> (s + a * x + b * x * x) % p).toList();
            occurrences.computeIfAbsent(view, v -> new int[p])[secret]++;
          }
        }
      }
      assertEquals(p * p, occurrences.size());
      occurrences.forEach(
          (view, counts) ->
              Arrays.stream(counts).forEach(count -> assertEquals(1, count, "view " + view)));
    }
  }

  @Test
  void combine_badIndices_areRefused() {
    byte[][] shares = Shamir.share(SECRET, 3, 2, stream(3));
    byte[][] two = {shares[0], shares[1]};
    for (int[] indices : new int[][] {{0, 1}, {-1, 2}, {1, 1}, {1}, {1, 2, 3}, {}}) {
      assertThrows(ProtocolException.class, () -> Shamir.combine(indices, two));
    }
    assertThrows(ProtocolException.class, () -> Shamir.combine(new int[0], new byte[0][]));
  }

  @Test
  void combine_malformedShares_areRefused() {
    byte[][] shares = Shamir.share(SECRET, 2, 2, stream(4));
    byte[] prime = shares[1].clone();
    ByteBuffer.wrap(prime).putLong(8, Shamir.PRIME);
    byte[] negative = shares[1].clone();
    negative[0] |= (byte) 0x80;
    for (byte[] bad :
        new byte[][] {
          new byte[0], Arrays.copyOf(shares[1], 39), Arrays.copyOf(shares[1], 41), prime, negative
        }) {
      assertThrows(
          ProtocolException.class,
          () -> Shamir.combine(new int[] {1, 2}, new byte[][] {shares[0], bad}));
    }
  }

  /** A limb has 56 bits of 61, the last 32: shares that don't belong together mostly show. */
  @Test
  void combine_sharesOfTwoSecrets_areRefused() {
    byte[][] one = Shamir.share(SECRET, 2, 2, stream(5));
    byte[][] other = Shamir.share(Kdf.sha256(SECRET), 2, 2, stream(6));

    assertEquals(
        "the shares must be of one secret",
        assertThrows(
                ProtocolException.class,
                () -> Shamir.combine(new int[] {1, 2}, new byte[][] {one[0], other[1]}))
            .getMessage());
  }

  @Test
  void share_parametersOutOfRange_areRefused() {
    for (int[] bad : new int[][] {{3, 0}, {3, 4}, {0, 0}, {3, -1}}) {
      assertThrows(
          IllegalArgumentException.class, () -> Shamir.share(SECRET, bad[0], bad[1], stream(7)));
    }
    assertThrows(IllegalArgumentException.class, () -> Shamir.share(new byte[31], 3, 2, stream(7)));
  }

  private static long divide(long a, long b) {
    return Shamir.multiply(a, Shamir.inverse(b));
  }

  private static byte[] orNothing(int[] indices, byte[][] shares) {
    try {
      return Shamir.combine(indices, shares);
    } catch (ProtocolException e) {
      return new byte[0];
    }
  }

  private static KeyStream stream(int number) {
    return new KeyStream(Kdf.sha256(new byte[] {(byte) number}));
  }

  private static BigInteger big(long value) {
    return BigInteger.valueOf(value);
  }
}
