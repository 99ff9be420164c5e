package io.sparkfed.data;

import java.io.Serializable;

/**
 * How many training rows a worker must have to take part. Sums of fewer would be about these rows.
 * Rows of unequal weight count as so many of equal weight as would say as much ({@link
 * WeightSums#effectiveRows}), so that weights can't single one out.
 *
 * @param rows at least 1; any rows with weight are enough for 1
 */
public record LeastRows(int rows) implements Serializable {
  /** Where nobody is protected from anybody. */
  public static final LeastRows ANY = new LeastRows(1);

  /** Of rounding: equal weights may come out as a little less than their number. */
  private static final double SLACK = 1e-9;

  /**
   * @throws IllegalArgumentException if it isn't positive
   */
  public LeastRows {
    if (rows < 1) {
      throw new IllegalArgumentException("rows must be >= 1. Provided value: " + rows);
    }
  }

  /**
   * Returns whether training rows are enough.
   *
   * @param weights of these rows
   */
  public boolean isMetBy(WeightSums weights) {
    return weights.total() > 0.0 && (rows == 1 || weights.effectiveRows() >= rows * (1.0 - SLACK));
  }
}
