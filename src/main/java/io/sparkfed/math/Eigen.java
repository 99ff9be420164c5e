package io.sparkfed.math;

import dev.ludovic.netlib.lapack.LAPACK;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.netlib.util.intW;

/**
 * Eigenvalues and vectors of a symmetric matrix, by LAPACK's {@code dsyev}.
 *
 * @param values ascending
 * @param vectors orthonormal, one after the other in the order of the values
 */
public record Eigen(double[] values, double[] vectors) {

  /**
   * Returns those of a matrix.
   *
   * @throws IllegalArgumentException if a number is not finite
   */
  public static Eigen of(SymmetricMatrix matrix) {
    int order = matrix.order();
    double[] full = new double[order * order];
    for (int i = 0; i < order; i++) {
      for (int j = 0; j < order; j++) {
        full[i * order + j] = matrix.get(i, j);
        if (!Double.isFinite(full[i * order + j])) {
          throw new IllegalArgumentException("a matrix with eigenvalues must be finite");
        }
      }
    }
    double[] values = new double[order];
    intW info = new intW(0);
    double[] size = new double[1];
    LAPACK.getInstance().dsyev("V", "U", order, full, order, values, size, -1, info);
    double[] work = new double[(int) size[0]];
    LAPACK.getInstance().dsyev("V", "U", order, full, order, values, work, work.length, info);
    if (info.val != 0) {
      throw new IllegalStateException("the eigenvalues of a finite matrix were not found");
    }
    return new Eigen(values, full);
  }

  /** Returns the matrix of the same vectors with other eigenvalues, made of these. */
  public SymmetricMatrix with(DoubleUnaryOperator other) {
    int order = values.length;
    double[] others = Arrays.stream(values).map(other).toArray();
    double[] packed = new double[SymmetricMatrix.packedLength(order)];
    for (int i = 0, at = 0; i < order; i++) {
      for (int j = i; j < order; j++, at++) {
        double sum = 0.0;
        for (int k = 0; k < order; k++) {
          sum += others[k] * vectors[k * order + i] * vectors[k * order + j];
        }
        packed[at] = sum;
      }
    }
    return SymmetricMatrix.of(order, packed);
  }
}
