package io.sparkfed.objective;

import io.sparkfed.data.Examples;
import io.sparkfed.math.Kernels;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;

/**
 * One worker's {@code sum_i c_i z_i z_i'}, estimated from rows at even distances: {@code z_i} are a
 * row's features in the units of the scaling and, with an intercept, a 1 after them. It is what the
 * Hessian of every linear model is made of, but for the rows' curvatures.
 */
public final class SampledGram {
  private static final int ROWS_OF_A_BLOCK = 64;

  private SampledGram() {}

  /** Returns q: the features and the intercept. */
  public static int order(ModelShape shape) {
    return shape.features() + (shape.hasIntercept() ? 1 : 0);
  }

  /**
   * Returns the packed upper triangle of order q ({@link SymmetricMatrix}), scaled up to the weight
   * of all rows; zeros where the sample has no weight.
   *
   * @param most how many rows are looked at, at least 1; all where there are fewer
   */
  public static double[] of(Examples rows, ModelShape shape, Scaling scaling, int most) {
    int order = order(shape);
    int width = Kernels.padded(order);
    int count = Math.min(most, rows.rows());
    double[] z = new double[ROWS_OF_A_BLOCK * width];
    double[] weights = new double[ROWS_OF_A_BLOCK];
    double[] panel = new double[ROWS_OF_A_BLOCK * Kernels.LANES];
    double[] sums = new double[width * width];
    double sampled = 0.0;
    for (int from = 0; from < count; from += ROWS_OF_A_BLOCK) {
      int block = Math.min(ROWS_OF_A_BLOCK, count - from);
      for (int i = 0; i < block; i++) {
        int row = (int) ((long) (from + i) * rows.rows() / count);
        rows.copyRow(row, z, i * width);
        scaling.rowToScaled(z, i * width);
        if (shape.hasIntercept()) {
          z[i * width + order - 1] = 1.0;
        }
        weights[i] = rows.weight(row);
        sampled += weights[i];
      }
      Kernels.best().addSymmetricProducts(z, width, block, width, weights, panel, sums);
    }
    double[] packed = new double[SymmetricMatrix.packedLength(order)];
    double factor = sampled > 0.0 ? rows.totalWeight() / sampled : 0.0;
    for (int i = 0, at = 0; i < order; i++) {
      for (int j = i; j < order; j++, at++) {
        packed[at] = factor * sums[i * width + j];
      }
    }
    return packed;
  }
}
