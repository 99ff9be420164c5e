package io.sparkfed.objective;

/** Whether a worker's local objective sums its rows' losses or averages them. */
public enum Reduction {
  /** {@code sum_i c_i l_i}. */
  SUM,
  /** {@code sum_i c_i l_i / sum_i c_i}. */
  MEAN
}
