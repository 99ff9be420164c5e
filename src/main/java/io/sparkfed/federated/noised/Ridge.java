package io.sparkfed.federated.noised;

import io.sparkfed.math.Cholesky;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.SampledGram;

/**
 * A ridge penalty on the weights of the columns as they are; it knows no rows, and costs nothing.
 * An instance is its part of a step, which has no noise: to the minimum beside the way back.
 */
final class Ridge {
  private final ModelShape shape;
  private final Cholesky step;

  /**
   * Prepares steps.
   *
   * @param l2 the penalty's factor, times how long a step is
   */
  Ridge(double l2, Scaling scaling, ModelShape shape, Coordinates coordinates) {
    int order = SampledGram.order(shape);
    this.shape = shape;
    this.step = step(diagonal(l2, scaling, shape, order), coordinates);
  }

  /** Returns where the penalty takes a model, in the coordinates of the descent. */
  double[] shrunk(double[] moved) {
    double[] out = new double[moved.length];
    for (int k = 0; k < shape.outputs(); k++) {
      put(step.solve(own(moved, k, shape)), k, shape, out);
    }
    return out;
  }

  /** Returns one output's coordinates. */
  static double[] own(double[] vector, int output, ModelShape shape) {
    double[] own = new double[SampledGram.order(shape)];
    for (int j = 0; j < own.length; j++) {
      own[j] = vector[shape.place(output, j)];
    }
    return own;
  }

  /** Puts one output's coordinates in their places. */
  static void put(double[] own, int output, ModelShape shape, double[] out) {
    for (int j = 0; j < own.length; j++) {
      out[shape.place(output, j)] = own[j];
    }
  }

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
