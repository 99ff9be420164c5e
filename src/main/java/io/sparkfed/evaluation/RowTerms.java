package io.sparkfed.evaluation;

import io.sparkfed.data.DataException;
import java.util.List;

/**
 * What rows add to {@link BoundedSums}, in whole units of 2^-20: added up without rounding. Not
 * thread-safe.
 */
public final class RowTerms {
  private static final double UNITS = 0x1p20;

  /** Of rows of weight 1: as many times 2^20 times 64 are exact in a double. */
  private static final int MOST_ROWS = 1 << 27;

  private final List<BoundedPart> parts;
  private final int[] starts;
  private final long[] units;

  RowTerms(List<BoundedPart> parts) {
    this.parts = parts;
    this.starts = new int[parts.size()];
    int length = 0;
    for (int k = 0; k < starts.length; k++) {
      starts[k] = length;
      length += parts.get(k).length();
    }
    this.units = new long[length];
  }

  /**
   * Adds to a number of a part what a row counts there, rounded towards 0: never more than its
   * weight.
   *
   * @param part index of the part, which the row counts in once
   * @param weight of the row, in [0, 1]; what is beyond counts as its end
   * @param value in [-1, 1]; what is beyond counts as its end, and NaN as 1
   */
  void add(int part, int at, double weight, double value) {
    double most = Double.isNaN(value) ? 1.0 : Math.max(-1.0, Math.min(1.0, value));
    units[starts[part] + at] += (long) (Math.min(1.0, weight) * most * UNITS);
  }

  /**
   * Returns the sums, each times its part's scale.
   *
   * @throws DataException if there are so many rows that a sum isn't exact
   */
  double[] sums() {
    double[] sums = new double[units.length];
    for (int k = 0; k < starts.length; k++) {
      BoundedPart part = parts.get(k);
      for (int j = starts[k]; j < starts[k] + part.length(); j++) {
        if (Math.abs(units[j]) > MOST_ROWS * (long) UNITS) {
          throw new DataException(
              "under privacy a model can be evaluated on at most " + MOST_ROWS + " rows a worker");
        }
        sums[j] = units[j] / UNITS * part.scale();
      }
    }
    return sums;
  }
}
