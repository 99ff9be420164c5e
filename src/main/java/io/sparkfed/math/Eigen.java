package io.sparkfed.math;

import dev.ludovic.netlib.lapack.LAPACK;
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
}
