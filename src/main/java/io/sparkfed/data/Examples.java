package io.sparkfed.data;

import io.sparkfed.model.ModelShape;
import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;

/** An immutable block of n labeled, weighted rows with p features each, all finite. */
public abstract sealed class Examples implements Serializable
    permits DenseExamples, SparseExamples {
  private static final long serialVersionUID = 2L;

  private final int features;
  private final double[] labels;

  /** Null when every weight is 1. */
  private final double[] weights;

  /** Null when every offset is 0. */
  private final double[] offsets;

  Examples(int features, double[] labels, double[] weights, double[] offsets) {
    this.features = features;
    this.labels = labels;
    this.weights =
        weights == null || Arrays.stream(weights).allMatch(weight -> weight == 1.0)
            ? null
            : weights;
    this.offsets = offsets;
  }

  /** Returns n. */
  public final int rows() {
    return labels.length;
  }

  /** Returns p. */
  public final int features() {
    return features;
  }

  /** Returns the label of a row. */
  public final double label(int row) {
    return labels[row];
  }

  /** Returns the instance weight of a row, at least 0; 1 where no weight column is configured. */
  public final double weight(int row) {
    return weights == null ? 1.0 : weights[row];
  }

  /** Returns the offset of a row, added to each of its scores; 0 where none is configured. */
  public final double offset(int row) {
    return offsets == null ? 0.0 : offsets[row];
  }

  /** Returns whether a row's weight isn't 1. */
  public final boolean isWeighted() {
    return weights != null;
  }

  /** Returns whether a row's offset isn't 0. */
  public final boolean hasOffsets() {
    return offsets != null;
  }

  /** Writes the labels of {@code count} rows. */
  public final void copyLabels(int from, int count, double[] out) {
    System.arraycopy(labels, from, out, 0, count);
  }

  /** Writes the weights of {@code count} rows; rows must be {@link #isWeighted}. */
  final void copyWeights(int from, int count, double[] out) {
    System.arraycopy(weights, from, out, 0, count);
  }

  /** Returns {@code sum_j x[row][j] * weights[from + j]} over the p features, in a fixed order. */
  public abstract double dot(int row, double[] weights, int from);

  /** Adds {@code factor * x[row][j]} to {@code out[from + j]} for each of the p features. */
  public abstract void addScaled(int row, double factor, double[] out, int from);

  /** Returns {@code sum_i weight_i * (x_ij - means[j])²} for each feature; length p. */
  public abstract double[] weightedSquaredDeviations(double[] means);

  /**
   * Returns {@code sum_i weight_i * (x_ij - mean_j)²} for each feature around its mean over these
   * rows.
   *
   * @param meansOut length p; receives the means; NaN where the rows have no weight
   */
  public double[] squaredDeviationsFromMeans(double[] meansOut) {
    double[] means = FeatureMoments.means(weightedSums(), totalWeight());
    System.arraycopy(means, 0, meansOut, 0, means.length);
    return weightedSquaredDeviations(means);
  }

  /** Returns whether only a part of the features is stored. */
  public abstract boolean isSparse();

  /**
   * Writes the features of a row that are stored, with their columns, and returns how many these
   * are. Columns ascend.
   *
   * @param columnsOut length p
   * @param valuesOut length p
   */
  public abstract int entries(int row, int[] columnsOut, double[] valuesOut);

  /** Writes all p features of a row. */
  public abstract void copyRow(int row, double[] out, int at);

  /**
   * Returns a hash of what each row of some weight holds: its label, weight, offset and features.
   */
  public final long[] hashes() {
    RowHash hash = new RowHash(features);
    return IntStream.range(0, rows())
        .filter(row -> weight(row) > 0.0)
        .mapToLong(row -> hash.of(this, row))
        .toArray();
  }

  /** Returns the size of the packed numbers, in bytes. */
  public long packedBytes() {
    int perRow = 1 + (weights == null ? 0 : 1) + (offsets == null ? 0 : 1);
    return (long) Double.BYTES * perRow * labels.length;
  }

  /** Returns {@code sum_j x[row][j] * weights[j]} over the p features, in a fixed order. */
  public final double dot(int row, double[] weights) {
    return dot(row, weights, 0);
  }

  /** Adds {@code factor * x[row][j]} to {@code out[j]} for each of the p features. */
  public final void addScaled(int row, double factor, double[] out) {
    addScaled(row, factor, out, 0);
  }

  /**
   * Writes the K scores {@code x'w_k + b_k + offset} of a row.
   *
   * @param raw coefficients in the units of the rows
   * @param scoresOut length K
   */
  public final void scores(int row, ModelShape shape, double[] raw, double[] scoresOut) {
    for (int k = 0; k < shape.outputs(); k++) {
      scoresOut[k] = dot(row, raw, shape.weightsFrom(k)) + shape.intercept(raw, k) + offset(row);
    }
  }

  /** Returns {@code sum_i weight_i * x_ij} for each feature; length p. */
  public final double[] weightedSums() {
    double[] sums = new double[features];
    for (int i = 0; i < rows(); i++) {
      addScaled(i, weight(i), sums);
    }
    return sums;
  }

  /** Returns {@code sum_i weight_i²}. */
  final double totalSquaredWeight() {
    double total = 0.0;
    for (int i = 0; i < rows(); i++) {
      total += weight(i) * weight(i);
    }
    return total;
  }

  /** Returns {@code sum_i weight_i}; n where no weight column is configured. */
  public final double totalWeight() {
    double total = 0.0;
    for (int i = 0; i < rows(); i++) {
      total += weight(i);
    }
    return total;
  }
}
