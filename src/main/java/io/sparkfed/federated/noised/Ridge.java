package io.sparkfed.federated.noised;

import io.sparkfed.math.Cholesky;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;

/**
 * A ridge penalty on the weights of the columns as they are; it knows no rows, and costs nothing.
 */
final class Ridge {
  private Ridge() {}

  /**
   * Returns what the penalty has on the diagonal, for each of q columns in the units of a scaling;
   * nothing for the intercept.
   */
  static double[] diagonal(double l2, Scaling scaling, ModelShape shape, int order) {
    double[] factors = scaling.weightFactors();
    double[] ridge = new double[order];
    for (int j = 0; j < shape.features(); j++) {
      double factor = factors.length == 0 ? 1.0 : factors[j];
      ridge[j] = l2 * factor * factor;
    }
    return ridge;
  }

  /**
   * Returns {@code I + A D A}: what a step to the penalty's minimum, beside the way back, solves.
   */
  static Cholesky step(double[] diagonal, Coordinates coordinates) {
    int order = diagonal.length;
    double[] packed = new double[SymmetricMatrix.packedLength(order)];
    for (int i = 0; i < order; i++) {
      double[] unit = new double[order];
      unit[i] = 1.0;
      double[] column = coordinates.times(unit);
      for (int j = 0; j < order; j++) {
        column[j] *= diagonal[j];
      }
      double[] back = coordinates.times(column);
      for (int j = i; j < order; j++) {
        packed[SymmetricMatrix.at(order, i, j)] = back[j] + (i == j ? 1.0 : 0.0);
      }
    }
    return SymmetricMatrix.of(order, packed).cholesky();
  }
}
