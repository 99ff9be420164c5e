package io.sparkfed.data;

import io.sparkfed.model.ModelShape;
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

  /** Returns the offset of a row, added to each of its scores; 0 where none is configured. */
  double offset(int row);

  /** Returns {@code sum_j x[row][j] * weights[from + j]} over the p features, in column order. */
  double dot(int row, double[] weights, int from);

  /** Adds {@code factor * x[row][j]} to {@code out[from + j]} for each of the p features. */
  void addScaled(int row, double factor, double[] out, int from);

  /** Returns {@code sum_i weight_i * (x_ij - means[j])²} for each feature; length p. */
  double[] weightedSquaredDeviations(double[] means);

  /** Returns the size of the packed numbers, in bytes. */
  long packedBytes();

  /** Returns {@code sum_j x[row][j] * weights[j]} over the p features, in column order. */
  default double dot(int row, double[] weights) {
    return dot(row, weights, 0);
  }

  /** Adds {@code factor * x[row][j]} to {@code out[j]} for each of the p features. */
  default void addScaled(int row, double factor, double[] out) {
    addScaled(row, factor, out, 0);
  }

  /**
   * Writes the K scores {@code x'w_k + b_k + offset} of a row.
   *
   * @param raw coefficients in the units of the rows
   * @param scoresOut length K
   */
  default void scores(int row, ModelShape shape, double[] raw, double[] scoresOut) {
    for (int k = 0; k < shape.outputs(); k++) {
      scoresOut[k] = dot(row, raw, shape.weightsFrom(k)) + shape.intercept(raw, k) + offset(row);
    }
  }

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
