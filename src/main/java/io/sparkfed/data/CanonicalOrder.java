package io.sparkfed.data;

import java.util.Arrays;

/**
 * Sorts rows by what they hold, with keys of primitive type and no object a row: all rows by their
 * first key, then each run of rows that share it by the next one, until nothing tells them apart.
 * Rows without a difference stay in the order in which they came.
 */
final class CanonicalOrder {
  /** {@link Keys#following} where no key is left. */
  static final int NONE = -1;

  /** A run has its end and its next key on the stack, too. */
  private static final int WORDS_OF_A_RUN = 3;

  /** What is sorted is a key and a place in one number that isn't negative. */
  private static final int MOST_BITS = Long.SIZE - 1;

  private final Keys keys;
  private final int[] order;
  private final int[] places;
  private final long[] scratch;
  private int[] runs = new int[16 * WORDS_OF_A_RUN];
  private int top;

  private CanonicalOrder(int count, Keys keys) {
    this.keys = keys;
    this.order = new int[count];
    this.places = new int[count];
    this.scratch = new long[count];
  }

  /** What rows are sorted by: a row of keys, from key 0 on. */
  interface Keys {
    /** Returns a key of a row that shares all keys before it with another. */
    long of(int row, int key);

    /** Returns the key that comes next for rows that share a key; {@link #NONE} at the end. */
    int following(int row, int key);
  }

  /** Returns a number whose order is that of {@link Double#compare}. */
  static long key(double value) {
    long bits = Double.doubleToLongBits(value);
    return bits ^ ((bits >> (Long.SIZE - 1)) & Long.MAX_VALUE);
  }

  /** Returns the numbers of {@code count} rows, sorted by what they hold. */
  static int[] of(int count, Keys keys) {
    CanonicalOrder sorting = new CanonicalOrder(count, keys);
    for (int i = 0; i < count; i++) {
      sorting.order[i] = i;
    }
    sorting.push(0, count, 0);
    while (sorting.top > 0) {
      sorting.sortRun();
    }
    return sorting.order;
  }

  private void push(int from, int to, int key) {
    if (to - from > 1 && key != NONE) {
      if (top + WORDS_OF_A_RUN > runs.length) {
        runs = Arrays.copyOf(runs, 2 * runs.length);
      }
      runs[top++] = from;
      runs[top++] = to;
      runs[top++] = key;
    }
  }

  /** Sorts the run on top of the stack by its key, and puts the runs there that it leaves. */
  private void sortRun() {
    int key = runs[--top];
    int to = runs[--top];
    int from = runs[--top];
    long least = keys.of(order[from], key);
    long most = least;
    for (int i = from; i < to; i++) {
      long own = keys.of(order[i], key);
      scratch[i] = own;
      least = Math.min(least, own);
      most = Math.max(most, own);
    }
    if (least == most) {
      push(from, to, keys.following(order[from], key));
      return;
    }
    // A key's distance from the least, cut to the bits beside its row's place in the run. What the
    // cut makes equal is a run of its own, with a span that needs fewer bits.
    int placeBits = Integer.SIZE - Integer.numberOfLeadingZeros(to - from - 1);
    int spanBits = Long.SIZE - Long.numberOfLeadingZeros(most - least);
    int cut = Math.max(0, spanBits - (MOST_BITS - placeBits));
    for (int i = from; i < to; i++) {
      scratch[i] = ((scratch[i] - least) >>> cut << placeBits) | (i - from);
      places[i] = order[i];
    }
    Arrays.sort(scratch, from, to);
    long mask = (1L << placeBits) - 1;
    for (int i = from; i < to; i++) {
      order[i] = places[from + (int) (scratch[i] & mask)];
    }
    int start = from;
    for (int i = from + 1; i <= to; i++) {
      if (i == to || scratch[i] >>> placeBits != scratch[start] >>> placeBits) {
        push(start, i, cut > 0 ? key : keys.following(order[start], key));
        start = i;
      }
    }
  }
}
