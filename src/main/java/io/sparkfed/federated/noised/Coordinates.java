package io.sparkfed.federated.noised;

import io.sparkfed.math.Eigen;
import io.sparkfed.math.SymmetricMatrix;
import java.util.Arrays;

/**
 * The coordinates in which gradients are cut and noised: {@code A z} for a symmetric A of order q,
 * or {@code a z}.
 *
 * @param whitening packed upper triangle of A; empty for a multiple of the identity
 * @param factor a, where that is so; otherwise 1
 */
record Coordinates(double[] whitening, double factor) {
  /** The largest ratio of lengths that A may make of vectors; gradients' rounding depends on it. */
  static final double MOST_CONDITION = 4096.0;

  /**
   * Returns the coordinates in which rows have mean square 1 in each direction, as far as can be
   * seen through noise: {@code A = sqrt(n) V diag(lambda^-1/2) V'}.
   *
   * @param products {@code sum z z'} with noise
   * @param rows n
   * @param deviation of the noise on a diagonal entry: eigenvalues below its root of q times it say
   *     nothing, and stand at that
   */
  static Coordinates whitening(SymmetricMatrix products, double rows, double deviation) {
    int order = products.order();
    Eigen eigen = Eigen.of(products);
    double largest = eigen.values()[order - 1];
    double least =
        Math.max(
            Math.max(deviation * Math.sqrt(order), Double.MIN_NORMAL),
            Math.max(largest, 0.0) / (MOST_CONDITION * MOST_CONDITION));
    double[] packed = eigen.with(v -> Math.sqrt(rows / Math.max(v, least))).packed();
    return new Coordinates(packed, 1.0);
  }

  /** Returns multiples of the coordinates as they are. */
  static Coordinates scaled(double factor) {
    return new Coordinates(new double[0], factor);
  }

  /** Returns whether A makes all directions of rows equally long. */
  boolean isWhite() {
    return whitening.length > 0;
  }

  /** Returns A times a vector. */
  double[] times(double[] vector) {
    if (!isWhite()) {
      return Arrays.stream(vector).map(v -> v * factor).toArray();
    }
    return SymmetricMatrix.times(whitening, vector);
  }

  /** Returns the coordinates of the last of q unit vectors: an intercept of 1. */
  double[] ofLast(int order) {
    double[] unit = new double[order];
    unit[order - 1] = isWhite() ? 1.0 : 1.0 / factor;
    return isWhite() ? SymmetricMatrix.of(order, whitening).cholesky().solve(unit) : unit;
  }
}
