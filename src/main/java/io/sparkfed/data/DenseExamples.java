package io.sparkfed.data;

import io.sparkfed.math.Vectors;

/** Rows that have all features. */
final class DenseExamples extends Examples {
  private static final long serialVersionUID = 2L;

  private static final int ROWS_OF_CENTER = 64;
  private static final double MOST_LOSS = 1.0 / 16.0;

  private final DenseValues values;

  DenseExamples(DenseValues values, double[] labels, double[] weights, double[] offsets) {
    super(values.width(), labels, weights, offsets);
    this.values = values;
  }

  DenseValues values() {
    return values;
  }

  @Override
  public double dot(int row, double[] coefficients, int from) {
    return values.dot(row, coefficients, from);
  }

  @Override
  public void addScaled(int row, double factor, double[] out, int from) {
    double[] inPlace = values.inPlace(row, 1);
    if (inPlace != null) {
      Vectors.addScaled(factor, inPlace, values.place(row), out, from, features());
      return;
    }
    double[] copied = new double[features()];
    copyRow(row, copied, 0);
    Vectors.addScaled(factor, copied, 0, out, from, features());
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
    values.copy(row, 1, out, at);
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
    double[] copied = new double[width];
    for (int i = 0; i < rows(); i++) {
      double[] inPlace = values.inPlace(i, 1);
      if (inPlace == null) {
        values.copy(i, 1, copied, 0);
      }
      addAround(
          inPlace == null ? copied : inPlace,
          inPlace == null ? 0 : values.place(i),
          center,
          weight(i),
          sums,
          squares);
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
    double[] row = new double[features()];
    for (int i = 0; i < rows(); i++) {
      copyRow(i, row, 0);
      for (int j = 0; j < sums.length; j++) {
        double deviation = row[j] - means[j];
        sums[j] += weight(i) * deviation * deviation;
      }
    }
    return sums;
  }
}
