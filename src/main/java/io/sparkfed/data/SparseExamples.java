package io.sparkfed.data;

/** Rows in compressed sparse row form; column indices ascend within a row. */
final class SparseExamples implements Examples {
  private static final long serialVersionUID = 1L;

  private final int features;
  private final int[] rowStarts;
  private final int[] columns;
  private final double[] values;
  private final double[] labels;
  private final double[] weights;

  /** Null when every offset is 0. */
  private final double[] offsets;

  /** Row i has the entries {@code rowStarts[i]} (inclusive) to {@code rowStarts[i + 1]}. */
  SparseExamples(
      int features,
      int[] rowStarts,
      int[] columns,
      double[] values,
      double[] labels,
      double[] weights,
      double[] offsets) {
    this.features = features;
    this.rowStarts = rowStarts;
    this.columns = columns;
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
    double sum = 0.0;
    for (int k = rowStarts[row]; k < rowStarts[row + 1]; k++) {
      sum += values[k] * coefficients[from + columns[k]];
    }
    return sum;
  }

  @Override
  public void addScaled(int row, double factor, double[] out, int from) {
    for (int k = rowStarts[row]; k < rowStarts[row + 1]; k++) {
      out[from + columns[k]] += factor * values[k];
    }
  }

  @Override
  public long packedBytes() {
    return (long) Double.BYTES * (values.length + (offsets == null ? 2L : 3L) * labels.length)
        + (long) Integer.BYTES * (columns.length + rowStarts.length);
  }

  /**
   * Present entries one by one, then {@code mean²} for the weight of the absent ones. That weight
   * is a difference of totals, exact for whole weights; nothing else cancels.
   */
  @Override
  public double[] weightedSquaredDeviations(double[] means) {
    double[] sums = new double[features];
    double[] presentWeights = new double[features];
    for (int i = 0; i < rows(); i++) {
      for (int k = rowStarts[i]; k < rowStarts[i + 1]; k++) {
        int j = columns[k];
        double deviation = values[k] - means[j];
        sums[j] += weights[i] * deviation * deviation;
        presentWeights[j] += weights[i];
      }
    }
    double total = totalWeight();
    for (int j = 0; j < features; j++) {
      sums[j] += Math.max(total - presentWeights[j], 0.0) * means[j] * means[j];
    }
    return sums;
  }
}
