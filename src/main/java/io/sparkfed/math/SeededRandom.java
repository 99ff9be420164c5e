package io.sparkfed.math;

/**
 * A pseudo-random generator for experiments: SplitMix64 (Steele, Lea and Flood, "Fast splittable
 * pseudorandom number generators", OOPSLA 2014, figure 13). Its output is fixed by this code and
 * not by the Java version, which the replay of a task needs.
 *
 * <p>Security: this is not a source of secrets. Keys and masks never come from this type.
 */
public final class SeededRandom {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  /** Creates a generator whose output is a function of {@code seed}; see {@link Seeds}. */
  public SeededRandom(long seed) {
    this.state = seed;
  }

  /** Returns the next 64 bits. */
  public long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** Returns a number in [0, 1) with 53 random bits. */
  public double nextDouble() {
    return unit(nextLong());
  }

  /** Returns the number in [0, 1) that 53 of these bits say. */
  public static double unit(long bits) {
    return (bits >>> 11) * 0x1.0p-53;
  }

  /**
   * Returns a number in [0, bound), exactly uniform.
   *
   * @throws IllegalArgumentException if {@code bound < 1}
   */
  public int nextInt(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound must be >= 1. Provided value: " + bound);
    }
    long limit = (1L << 32) / bound * bound;
    long candidate;
    do {
      candidate = nextLong() >>> 32;
    } while (candidate >= limit);
    return (int) (candidate % bound);
  }

  /** Returns a standard normal number (polar method of Marsaglia and Bray, 1964). */
  public double nextGaussian() {
    double u;
    double s;
    do {
      u = 2.0 * nextDouble() - 1.0;
      double v = 2.0 * nextDouble() - 1.0;
      s = u * u + v * v;
    } while (s >= 1.0 || s == 0.0);
    return u * StrictMath.sqrt(-2.0 * StrictMath.log(s) / s);
  }

  /** Shuffles {@code order} in place (Fisher and Yates). */
  public void shuffle(int[] order) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = nextInt(i + 1);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
  }

  /** Returns the bits, mixed by the generator's own finalizer: another 64 bits for each. */
  public static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }
}
