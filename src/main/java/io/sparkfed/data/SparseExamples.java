package io.sparkfed.data;

import java.util.Arrays;

/** Rows in compressed sparse row form; column indices ascend within a row. */
final class SparseExamples extends Examples {
  private static final long serialVersionUID = 2L;

  private final int[] rowStarts;
  private final int[] columns;
  private final SparseValues values;

  /** Row i has the entries {@code rowStarts[i]} (inclusive) to {@code rowStarts[i + 1]}. */
  SparseExamples(
      int features,
      int[] rowStarts,
      int[] columns,
      SparseValues values,
      double[] labels,
      double[] weights,
      double[] offsets) {
    super(features, labels, weights, offsets);
    this.rowStarts = rowStarts;
    this.columns = columns;
    this.values = values;
  }

  @Override
  public double dot(int row, double[] coefficients, int from) {
    return values.sparseDot(rowStarts[row], rowStarts[row + 1], columns, coefficients, from);
  }

  @Override
  public void addScaled(int row, double factor, double[] out, int from) {
    values.addSparse(rowStarts[row], rowStarts[row + 1], columns, factor, out, from);
  }

  /** Adds {@code sum_j x[row][j] * w_jk} to {@code out[at + k]}, in order of j. */
  void addProduct(int row, double[] w, int outputs, double[] out, int at) {
    for (int e = rowStarts[row]; e < rowStarts[row + 1]; e++) {
      double value = values.get(e);
      int from = columns[e] * outputs;
      for (int k = 0; k < outputs; k++) {
        out[at + k] += value * w[from + k];
      }
    }
  }

  /** Adds {@code x[row][j] * slopes[at + k]} to {@code sums_jk}. */
  void addOuterProduct(int row, double[] slopes, int at, int outputs, double[] sums) {
    for (int e = rowStarts[row]; e < rowStarts[row + 1]; e++) {
      double value = values.get(e);
      int to = columns[e] * outputs;
      for (int k = 0; k < outputs; k++) {
        sums[to + k] += value * slopes[at + k];
      }
    }
  }

  @Override
  public boolean isSparse() {
    return true;
  }

  @Override
  public int entries(int row, int[] columnsOut, double[] valuesOut) {
    int start = rowStarts[row];
    int count = rowStarts[row + 1] - start;
    System.arraycopy(columns, start, columnsOut, 0, count);
    for (int e = 0; e < count; e++) {
      valuesOut[e] = values.get(start + e);
    }
    return count;
  }

  @Override
  public void copyRow(int row, double[] out, int at) {
    Arrays.fill(out, at, at + features(), 0.0);
    for (int k = rowStarts[row]; k < rowStarts[row + 1]; k++) {
      out[at + columns[k]] = values.get(k);
    }
  }

  @Override
  public long packedBytes() {
    return super.packedBytes()
        + values.bytes()
        + (long) Integer.BYTES * (columns.length + rowStarts.length);
  }

  /**
   * Present entries one by one, then {@code mean²} for the weight of the absent ones. That weight
   * is a difference of totals, exact for whole weights; nothing else cancels.
   */
  @Override
  public double[] weightedSquaredDeviations(double[] means) {
    double[] sums = new double[features()];
    double[] presentWeights = new double[features()];
    for (int i = 0; i < rows(); i++) {
      for (int k = rowStarts[i]; k < rowStarts[i + 1]; k++) {
        int j = columns[k];
        double deviation = values.get(k) - means[j];
        sums[j] += weight(i) * deviation * deviation;
        presentWeights[j] += weight(i);
      }
    }
    double total = totalWeight();
    for (int j = 0; j < sums.length; j++) {
      sums[j] += Math.max(total - presentWeights[j], 0.0) * means[j] * means[j];
    }
    return sums;
  }
}
