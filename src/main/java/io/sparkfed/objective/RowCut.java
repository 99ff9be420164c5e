package io.sparkfed.objective;

import io.sparkfed.data.Examples;
import io.sparkfed.model.Scaling;

/**
 * How far a row reaches at most, whatever stands in it: what makes sums over rows private.
 *
 * <p>With {@code z} a row's features in the units of the scaling and, with an intercept, a 1 after
 * them.
 *
 * @param scaling to the units in which rows are bounded; public, and of no worker's rows
 * @param norm R: a longer z is shortened to it
 * @param mostWeight a heavier row counts as much; weights are parts of it
 * @param rowsOfPerson how many rows one person may have at a worker, at least 1
 */
public record RowCut(Scaling scaling, double norm, double mostWeight, int rowsOfPerson) {

  /**
   * @throws IllegalArgumentException if a number is out of range
   */
  public RowCut {
    ClippedSums.checked("norm", norm);
    if (!(mostWeight > 0.0 && mostWeight < Double.POSITIVE_INFINITY) || rowsOfPerson < 1) {
      throw new IllegalArgumentException(
          "mostWeight must be > 0 and finite, rowsOfPerson >= 1. Provided: "
              + mostWeight
              + ", "
              + rowsOfPerson);
    }
  }

  /** Returns the same of rows that are shortened to another norm. */
  public RowCut within(double other) {
    return new RowCut(scaling, other, mostWeight, rowsOfPerson);
  }

  /** Returns what a row counts, in [0, 1]. */
  public double weight(Examples rows, int row) {
    double weight = rows.weight(row);
    return weight > 0.0 ? Math.min(weight, mostWeight) / mostWeight : 0.0;
  }
}
