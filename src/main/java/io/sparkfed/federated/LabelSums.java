package io.sparkfed.federated;

import io.sparkfed.data.Examples;

/**
 * Sums over training rows by instance weight, as an intercept needs them to start from.
 *
 * @param weight sum of weights
 * @param label sum of labels
 * @param offset sum of offsets
 * @param sizeOfOffsets sum of absolute offsets: 0 where there are none
 */
public record LabelSums(double weight, double label, double offset, double sizeOfOffsets) {

  /** How many numbers {@link #own} writes. */
  static final int LENGTH = 3;

  /** Reads what {@link #own} wrote at each worker, summed. */
  public static LabelSums of(double weight, double[] sums) {
    return new LabelSums(weight, sums[0], sums[1], sums[2]);
  }

  /** Runs at the worker: all but the weight. */
  static double[] own(Examples rows) {
    double[] sums = new double[LENGTH];
    for (int i = 0; i < rows.rows(); i++) {
      double weight = rows.weight(i);
      double offset = rows.offset(i);
      sums[0] += weight * rows.label(i);
      sums[1] += weight * offset;
      sums[2] += weight * Math.abs(offset);
    }
    return sums;
  }

  public double meanLabel() {
    return label / weight;
  }

  public double meanOffset() {
    return offset / weight;
  }

  public boolean hasOffsets() {
    return sizeOfOffsets > 0.0;
  }
}
