package io.sparkfed.math;

/**
 * The Cholesky factorization of a symmetric positive definite matrix H, after scaling it to a unit
 * diagonal: {@code S H S = U'U} with {@code S = diag(H)^(-1/2)} and U upper triangular. The scaling
 * makes the outcome independent of the units of the coordinates and is within a factor d of the
 * best one (van der Sluis, "Condition numbers and equilibration of matrices", Numerische Mathematik
 * 14, 1969).
 *
 * <p>The square of a pivot of U is {@code 1 - R²} of its column on the columns before it. Where
 * that is within rounding, {@code 8 d} units, the column is taken as dependent.
 */
public final class Cholesky {
  private static final double UNIT_ROUNDING = 0x1p-53;
  private static final double ROUNDINGS_OF_A_PIVOT = 8.0;

  private final int order;
  private final double[] scale;
  private final double[] factor;
  private final double norm;

  Cholesky(SymmetricMatrix matrix) {
    this.order = matrix.order();
    this.scale = new double[order];
    double[] diagonal = matrix.diagonal();
    for (int j = 0; j < order; j++) {
      if (!(diagonal[j] > 0.0) || Double.isInfinite(diagonal[j])) {
        throw new SingularMatrixException(j);
      }
      scale[j] = 1.0 / Math.sqrt(diagonal[j]);
    }
    this.factor = matrix.packed();
    for (int i = 0, at = 0; i < order; i++) {
      for (int j = i; j < order; j++, at++) {
        factor[at] = i == j ? 1.0 : factor[at] * scale[i] * scale[j];
      }
    }
    this.norm = norm(factor, order);
    factorise();
  }

  /** The outer-product form: each finished row of U is taken out of the rows below it. */
  private void factorise() {
    double least = ROUNDINGS_OF_A_PIVOT * order * UNIT_ROUNDING;
    for (int k = 0; k < order; k++) {
      int row = SymmetricMatrix.rowStart(order, k);
      double pivot = factor[row];
      if (!(pivot > least)) {
        throw new SingularMatrixException(k);
      }
      double root = Math.sqrt(pivot);
      for (int j = 0; j < order - k; j++) {
        factor[row + j] /= root;
      }
      for (int i = k + 1; i < order; i++) {
        double u = factor[row + i - k];
        int below = SymmetricMatrix.rowStart(order, i);
        for (int j = i; j < order; j++) {
          factor[below + j - i] -= u * factor[row + j - k];
        }
      }
    }
  }

  /** Returns the solution x of {@code H x = b}. */
  public double[] solve(double[] b) {
    double[] x = new double[order];
    for (int j = 0; j < order; j++) {
      x[j] = b[j] * scale[j];
    }
    solveScaled(x, 0);
    for (int j = 0; j < order; j++) {
      x[j] *= scale[j];
    }
    return x;
  }

  /** Solves {@code U'U x = x} in place, given that x is 0 before {@code firstNonZero}. */
  private void solveScaled(double[] x, int firstNonZero) {
    for (int k = firstNonZero; k < order; k++) {
      int row = SymmetricMatrix.rowStart(order, k);
      x[k] /= factor[row];
      for (int j = k + 1; j < order; j++) {
        x[j] -= factor[row + j - k] * x[k];
      }
    }
    for (int k = order - 1; k >= 0; k--) {
      int row = SymmetricMatrix.rowStart(order, k);
      double sum = x[k];
      for (int j = k + 1; j < order; j++) {
        sum -= factor[row + j - k] * x[j];
      }
      x[k] = sum / factor[row];
    }
  }

  /** Returns {@code H^-1}. */
  public SymmetricMatrix inverse() {
    double[] inverse = scaledInverse();
    for (int i = 0, at = 0; i < order; i++) {
      for (int j = i; j < order; j++, at++) {
        inverse[at] *= scale[i] * scale[j];
      }
    }
    return SymmetricMatrix.of(order, inverse);
  }

  /** The inverse of the matrix scaled to a unit diagonal, packed. */
  private double[] scaledInverse() {
    double[] inverse = new double[factor.length];
    for (int i = 0; i < order; i++) {
      double[] column = new double[order];
      column[i] = 1.0;
      solveScaled(column, i);
      System.arraycopy(column, i, inverse, SymmetricMatrix.rowStart(order, i), order - i);
    }
    return inverse;
  }

  /**
   * Returns the condition number of H scaled to a unit diagonal, in the 1-norm: by how much a
   * relative error of its entries may be magnified in a solution.
   */
  public double conditionNumber() {
    return norm * norm(scaledInverse(), order);
  }

  private static double norm(double[] packed, int order) {
    double[] columns = new double[order];
    for (int i = 0, at = 0; i < order; i++) {
      for (int j = i; j < order; j++, at++) {
        columns[i] += Math.abs(packed[at]);
        if (i != j) {
          columns[j] += Math.abs(packed[at]);
        }
      }
    }
    double largest = 0.0;
    for (double column : columns) {
      largest = Math.max(largest, column);
    }
    return largest;
  }
}
