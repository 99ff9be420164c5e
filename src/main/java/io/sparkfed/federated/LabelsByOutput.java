package io.sparkfed.federated;

import io.sparkfed.data.Examples;
import io.sparkfed.model.ModelShape;

/** What {@link io.sparkfed.model.LabelTotals} are summed from. Runs at the worker. */
final class LabelsByOutput {
  private LabelsByOutput() {}

  /** Returns the sum of weighted labels, or the weight of each class. */
  static double[] sums(Examples rows, ModelShape shape) {
    double[] sums = new double[shape.outputs()];
    for (int i = 0; i < rows.rows(); i++) {
      if (shape.outputs() == 1) {
        sums[0] += rows.weight(i) * rows.label(i);
      } else {
        sums[(int) rows.label(i)] += rows.weight(i);
      }
    }
    return sums;
  }
}
