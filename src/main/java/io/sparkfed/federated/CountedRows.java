package io.sparkfed.federated;

import io.sparkfed.aggregate.RowCounts;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;
import io.sparkfed.data.WeightSums;
import java.lang.ref.WeakReference;
import java.util.Arrays;

/** The counts behind a shard's answers: found by one look at the rows, and kept while they are. */
final class CountedRows {
  /** Few workers share a process; where many do they are simulated, and nobody asks. */
  private static final int MOST_KEPT = 64;

  private static final Kept[] KEPT = new Kept[MOST_KEPT];

  private CountedRows() {}

  private record Kept(WeakReference<Examples> rows, RowCounts counts) {}

  static RowCounts of(Shard shard) {
    // Who has rows to test alone answers of these.
    Examples rows = shard.train().rows() > 0 ? shard.train() : shard.test();
    int at = Math.floorMod(System.identityHashCode(rows), MOST_KEPT);
    synchronized (KEPT) {
      if (KEPT[at] != null && KEPT[at].rows().get() == rows) {
        return KEPT[at].counts();
      }
    }
    RowCounts counts =
        new RowCounts(rows.rows(), WeightSums.of(rows).effectiveRows(), smallestSide(rows));
    synchronized (KEPT) {
      KEPT[at] = new Kept(new WeakReference<>(rows), counts);
    }
    return counts;
  }

  /** Of a column with other values than 0 and 1 nothing is counted. */
  private static long smallestSide(Examples rows) {
    int features = rows.features();
    long[] ones = new long[features + 1];
    boolean[] isBinary = new boolean[features + 1];
    Arrays.fill(isBinary, true);
    int[] columns = new int[features];
    double[] values = new double[features];
    for (int i = 0; i < rows.rows(); i++) {
      int entries = rows.entries(i, columns, values);
      for (int k = 0; k < entries; k++) {
        count(values[k], columns[k], ones, isBinary);
      }
      count(rows.label(i), features, ones, isBinary);
    }
    long smallest = Long.MAX_VALUE;
    for (int j = 0; j <= features; j++) {
      for (long side : new long[] {ones[j], rows.rows() - ones[j]}) {
        if (isBinary[j] && side > 0) {
          smallest = Math.min(smallest, side);
        }
      }
    }
    return smallest;
  }

  private static void count(double value, int column, long[] ones, boolean[] isBinary) {
    if (value == 1.0) {
      ones[column]++;
    } else if (value != 0.0) {
      isBinary[column] = false;
    }
  }
}
