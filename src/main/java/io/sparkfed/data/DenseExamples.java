package io.sparkfed.data;

import io.sparkfed.math.Vectors;

/** Rows in one row-major array. */
final class DenseExamples implements Examples {
  private static final long serialVersionUID = 1L;

  private final int features;
  private final double[] values;
  private final double[] labels;
  private final double[] weights;

  /** Null when every offset is 0. */
  private final double[] offsets;

  DenseExamples(
      int features, double[] values, double[] labels, double[] weights, double[] offsets) {
    this.features = features;
    this.values = values;
    this.labels = labels;
    this.weights = weights;
    this.offsets = offsets;
  }

  @Override
  public int rows() {
    return labels.length;
  }

  @Override
  public int features() {
    return features;
  }

  @Override
  public double label(int row) {
    return labels[row];
  }

  @Override
  public double weight(int row) {
    return weights[row];
  }

  @Override
  public double offset(int row) {
    return offsets == null ? 0.0 : offsets[row];
  }

  @Override
  public double dot(int row, double[] coefficients, int from) {
    return Vectors.dot(values, row * features, coefficients, from, features);
  }

  @Override
  public void addScaled(int row, double factor, double[] out, int from) {
    Vectors.addScaled(factor, values, row * features, out, from, features);
  }

  @Override
  public long packedBytes() {
    return (long) Double.BYTES * (values.length + (offsets == null ? 2L : 3L) * labels.length);
  }

  @Override
  public double[] weightedSquaredDeviations(double[] means) {
    double[] sums = new double[features];
    for (int i = 0; i < rows(); i++) {
      for (int j = 0; j < features; j++) {
        double deviation = values[i * features + j] - means[j];
        sums[j] += weights[i] * deviation * deviation;
      }
    }
    return sums;
  }
}
