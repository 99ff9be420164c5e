package io.sparkfed.aggregate;

/**
 * How the words of a vector are added: the leading ones each for itself, modulo 2^64, and those
 * behind them as whole numbers of several words, least significant word first, modulo 2^(64 width).
 * So the sum of whole numbers shows nothing but their sum: a carry never stands apart.
 *
 * @param singles how many leading words are added each for itself, at least 0
 * @param width words of a whole number, at least 1
 */
public record Ring(int singles, int width) {
  /** Every word for itself. */
  public static final Ring OF_WORDS = new Ring(Integer.MAX_VALUE, 1);

  /**
   * @throws IllegalArgumentException if a parameter is out of range
   */
  public Ring {
    if (singles < 0 || width < 1) {
      throw new IllegalArgumentException(
          "a ring must have singles >= 0 and a width >= 1. Provided: " + singles + ", " + width);
    }
  }

  /** Returns the same for vectors with so many more single words in front. */
  public Ring behind(int more) {
    return this.equals(OF_WORDS) ? this : new Ring(singles + more, width);
  }

  /**
   * Adds a vector to a sum of the same length.
   *
   * @throws IllegalArgumentException if lengths differ
   */
  public void add(long[] sum, long[] vector) {
    if (sum.length != vector.length) {
      throw new IllegalArgumentException("vectors of one sum must have one length");
    }
    new Running(this, sum).add(vector, vector.length);
  }

  /** A sum that words are added to, or taken from, from its first one on. */
  public static final class Running {
    private final Ring ring;
    private final long[] sum;
    private int at;
    private long carry;

    /** Begins at the first word of {@code sum}, which is changed. */
    public Running(Ring ring, long[] sum) {
      this.ring = ring;
      this.sum = sum;
    }

    /** Returns how many words have been dealt with. */
    public int position() {
      return at;
    }

    /** Adds the next {@code count} words. */
    public void add(long[] words, int count) {
      int single = singles(count);
      for (int j = 0; j < single; j++) {
        sum[at + j] += words[j];
      }
      at += single;
      for (int j = single; j < count; j++, at++) {
        long before = carryInto(at);
        long partial = sum[at] + words[j];
        long result = partial + before;
        carry =
            Long.compareUnsigned(partial, words[j]) < 0 || Long.compareUnsigned(result, partial) < 0
                ? 1
                : 0;
        sum[at] = result;
      }
    }

    /** Takes the next {@code count} words away. */
    public void subtract(long[] words, int count) {
      int single = singles(count);
      for (int j = 0; j < single; j++) {
        sum[at + j] -= words[j];
      }
      at += single;
      for (int j = single; j < count; j++, at++) {
        long before = carryInto(at);
        long partial = sum[at] - words[j];
        carry =
            Long.compareUnsigned(sum[at], words[j]) < 0 || Long.compareUnsigned(partial, before) < 0
                ? 1
                : 0;
        sum[at] = partial - before;
      }
    }

    private int singles(int count) {
      return Math.min(count, Math.max(0, ring.singles - at));
    }

    /** What leaves a whole number at its top is modulo. */
    private long carryInto(int word) {
      return (word - ring.singles) % ring.width == 0 ? 0 : carry;
    }
  }
}
