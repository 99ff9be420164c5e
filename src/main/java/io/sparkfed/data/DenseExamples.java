package io.sparkfed.data;

import io.sparkfed.math.Kernels;

/** Rows in one row-major array. */
final class DenseExamples extends Examples {
  private static final long serialVersionUID = 2L;

  private static final int ROWS_OF_CENTER = 64;
  private static final double MOST_LOSS = 1.0 / 16.0;

  private final PackedValues values;

  DenseExamples(
      int features, PackedValues values, double[] labels, double[] weights, double[] offsets) {
    super(features, labels, weights, offsets);
    this.values = values;
  }

  PackedValues values() {
    return values;
  }

  @Override
  public double dot(int row, double[] coefficients, int from) {
    return values.dot(row * features(), coefficients, from, features());
  }

  @Override
  public void addScaled(int row, double factor, double[] out, int from) {
    int start = row * features();
    for (int j = 0; j < features(); j++) {
      out[from + j] += factor * values.get(start + j);
    }
  }

  @Override
  public boolean isSparse() {
    return false;
  }

  @Override
  public int entries(int row, int[] columnsOut, double[] valuesOut) {
    copyRow(row, valuesOut, 0);
    for (int j = 0; j < features(); j++) {
      columnsOut[j] = j;
    }
    return features();
  }

  @Override
  public void copyRow(int row, double[] out, int at) {
    values.copy(row * features(), features(), out, at);
  }

  @Override
  public long packedBytes() {
    return super.packedBytes() + values.bytes();
  }

  /**
   * One pass around a center, the mean of some rows. Where a mean is so far from its center that
   * the difference of squares would lose more than four bits, a second pass.
   */
  @Override
  public double[] squaredDeviationsFromMeans(double[] meansOut) {
    int width = features();
    double total = totalWeight();
    if (!(total > 0.0)) {
      return super.squaredDeviationsFromMeans(meansOut);
    }
    double[] center = center();
    double[] sums = new double[width];
    double[] squares = new double[width];
    double[] inPlace = values.inPlace();
    double[] row = inPlace == null ? new double[width + Kernels.LANES] : inPlace;
    for (int i = 0; i < rows(); i++) {
      int start = i * width;
      if (inPlace == null) {
        values.copy(start, width, row, 0);
        start = 0;
      }
      addAround(row, start, center, weight(i), sums, squares);
    }
    for (int j = 0; j < width; j++) {
      double shift = sums[j] / total;
      double squared = squares[j] - shift * sums[j];
      if (!(squared >= MOST_LOSS * squares[j]) && squares[j] > 0.0) {
        return super.squaredDeviationsFromMeans(meansOut);
      }
      squares[j] = squared;
      meansOut[j] = center[j] + shift;
    }
    return squares;
  }

  /** A loop by itself, over arrays alone: the compiler then makes vectors of it. */
  private static void addAround(
      double[] x, int start, double[] center, double weight, double[] sums, double[] squares) {
    for (int j = 0; j < center.length; j++) {
      double deviation = x[start + j] - center[j];
      double weighted = weight * deviation;
      sums[j] += weighted;
      squares[j] += weighted * deviation;
    }
  }

  private double[] center() {
    int count = Math.min(ROWS_OF_CENTER, rows());
    double[] center = new double[features()];
    for (int i = 0; i < count; i++) {
      addScaled((int) ((long) i * rows() / count), 1.0 / count, center, 0);
    }
    return center;
  }

  @Override
  public double[] weightedSquaredDeviations(double[] means) {
    double[] sums = new double[features()];
    for (int i = 0; i < rows(); i++) {
      int start = i * features();
      for (int j = 0; j < sums.length; j++) {
        double deviation = values.get(start + j) - means[j];
        sums[j] += weight(i) * deviation * deviation;
      }
    }
    return sums;
  }
}
