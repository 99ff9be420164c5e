package io.sparkfed.data;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Tells equal rows from others that only share a hash with them.
 *
 * <p>Hashes bring equal rows together, and no more: anybody can make a row that has the hash of
 * another one.
 */
final class EqualRows {
  private EqualRows() {}

  /**
   * Returns for each row how many equal ones come before it: no other row counts, so that one row
   * more or less changes nothing for rows that differ from it.
   *
   * @param hashes of the rows in their order; equal rows have equal ones
   * @param byValue compares rows by their places in this order; 0 for equal ones alone
   */
  static int[] before(long[] hashes, Comparator<Integer> byValue) {
    int[] before = new int[hashes.length];
    int[] byHash = CanonicalOrder.of(hashes.length, new Hashes(hashes));
    for (int from = 0, to = 0; from < byHash.length; from = to) {
      while (to < byHash.length && hashes[byHash[to]] == hashes[byHash[from]]) {
        to++;
      }
      if (to - from > 1) {
        count(byHash, from, to, byValue, before);
      }
    }
    return before;
  }

  /** Counts within rows of one hash. The sort is stable, so equal rows keep their order. */
  private static void count(
      int[] byHash, int from, int to, Comparator<Integer> byValue, int[] before) {
    Integer[] places = new Integer[to - from];
    Arrays.setAll(places, i -> byHash[from + i]);
    Arrays.sort(places, byValue);
    for (int i = 1; i < places.length; i++) {
      if (byValue.compare(places[i - 1], places[i]) == 0) {
        before[places[i]] = before[places[i - 1]] + 1;
      }
    }
  }

  private record Hashes(long[] hashes) implements CanonicalOrder.Keys {
    @Override
    public long of(int row, int key) {
      return hashes[row];
    }

    @Override
    public int following(int row, int key) {
      return CanonicalOrder.NONE;
    }
  }
}
