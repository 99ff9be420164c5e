package io.sparkfed.data;

/** Rows in one row-major array. */
final class DenseExamples extends Examples {
  private static final long serialVersionUID = 2L;

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
