package io.sparkfed.objective;

import io.sparkfed.data.Examples;
import java.lang.ref.SoftReference;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * The last lengths that were found for a worker's rows: each round of a training asks for the same.
 * They go when the rows do, or when memory is wanted; what isn't here is found again. Safe for
 * tasks side by side: of two that ask for different ones each gets its own.
 */
final class RowLengthsKept {
  /** Rows are the same if they are one object: they have no equality of their own. */
  private static final Map<Examples, Kept> KEPT = new WeakHashMap<>();

  /** So that workers of a process share a key, which may be as large as many rows. */
  private static final RowLengths.Key[] KEYS = new RowLengths.Key[4];

  private static int next;

  private record Kept(RowLengths.Key key, SoftReference<RowLengths> lengths) {}

  private RowLengthsKept() {}

  /** Returns the lengths of rows. */
  static RowLengths of(Examples rows, RowLengths.Key asked) {
    RowLengths.Key key = shared(asked);
    synchronized (KEPT) {
      Kept kept = KEPT.get(rows);
      RowLengths lengths = kept != null && kept.key().equals(key) ? kept.lengths().get() : null;
      if (lengths != null) {
        return lengths;
      }
    }
    RowLengths lengths = RowLengths.of(rows, key);
    synchronized (KEPT) {
      KEPT.put(rows, new Kept(key, new SoftReference<>(lengths)));
    }
    return lengths;
  }

  /** Returns a key of the same content, the same object each time while few are in use. */
  private static RowLengths.Key shared(RowLengths.Key asked) {
    synchronized (KEYS) {
      for (RowLengths.Key key : KEYS) {
        if (asked.equals(key)) {
          return key;
        }
      }
      KEYS[next] = asked;
      next = (next + 1) % KEYS.length;
      return asked;
    }
  }
}
