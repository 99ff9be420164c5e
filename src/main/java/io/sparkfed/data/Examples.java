package io.sparkfed.data;

import java.io.Serializable;

/** An immutable block of n labelled, weighted rows with p features each. */
public sealed interface Examples extends Serializable permits DenseExamples, SparseExamples {

  /** Returns n. */
  int rows();

  /** Returns p. */
  int features();

  /** Returns the label of a row. */
  double label(int row);

  /** Returns the instance weight of a row, at least 0; 1 where no weight column is configured. */
  double weight(int row);

  /** Returns {@code sum_j x[row][j] * weights[j]} over the p features, in column order. */
  double dot(int row, double[] weights);

  /** Adds {@code factor * x[row][j]} to {@code out[j]} for each of the p features. */
  void addScaled(int row, double factor, double[] out);

  /** Returns {@code sum_i weight_i * (x_ij - means[j])²} for each feature; length p. */
  double[] weightedSquaredDeviations(double[] means);

  /** Returns the size of the packed numbers, in bytes. */
  long packedBytes();

  /** Returns {@code sum_i weight_i * x_ij} for each feature; length p. */
  default double[] weightedSums() {
    double[] sums = new double[features()];
    for (int i = 0; i < rows(); i++) {
      addScaled(i, weight(i), sums);
    }
    return sums;
  }

  /** Returns {@code sum_i weight_i}; n where no weight column is configured. */
  default double totalWeight() {
    double total = 0.0;
    for (int i = 0; i < rows(); i++) {
      total += weight(i);
    }
    return total;
  }
}
