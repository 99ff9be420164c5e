package io.sparkfed.server;

import io.sparkfed.math.Cholesky;
import io.sparkfed.math.SingularMatrixException;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.ModelShape;
import java.util.Optional;

/**
 * About the Hessian of the objective: one positive definite matrix for the coefficients of each
 * output. A search that starts from it needn't learn how features are correlated.
 */
public final class Preconditioner {
  /** Part of the diagonal that is added: an estimate from a sample must not be nearly singular. */
  private static final double DAMPING = 1e-4;

  private final ModelShape shape;
  private final SymmetricMatrix matrix;
  private final Cholesky factors;
  private final boolean isRegular;

  private Preconditioner(
      ModelShape shape, SymmetricMatrix matrix, Cholesky factors, boolean isRegular) {
    this.shape = shape;
    this.matrix = matrix;
    this.factors = factors;
    this.isRegular = isRegular;
  }

  /**
   * Returns the preconditioner, empty where the matrix isn't positive definite.
   *
   * @param matrix of the features and, with an intercept, that after them; one output's
   */
  public static Optional<Preconditioner> of(ModelShape shape, SymmetricMatrix matrix) {
    double[] added = matrix.diagonal();
    for (int j = 0; j < added.length; j++) {
      added[j] *= DAMPING;
    }
    try {
      Cholesky factors = matrix.withoutZeroRows().plusDiagonal(added).cholesky();
      return Optional.of(new Preconditioner(shape, matrix, factors, isRegular(matrix)));
    } catch (SingularMatrixException e) {
      return Optional.empty();
    }
  }

  private static boolean isRegular(SymmetricMatrix matrix) {
    try {
      return matrix.withoutZeroRows().cholesky().conditionNumber() * DAMPING <= 1.0;
    } catch (SingularMatrixException e) {
      return false;
    }
  }

  /** Returns whether the matrix is so far from a singular one that what was added is little. */
  public boolean isRegular() {
    return isRegular;
  }

  /** Returns the matrix it was made of. */
  public SymmetricMatrix matrix() {
    return matrix;
  }

  /** Returns the inverse times a gradient. */
  double[] solve(double[] gradient) {
    double[] result = new double[gradient.length];
    double[] own = new double[matrix.order()];
    for (int k = 0; k < shape.outputs(); k++) {
      for (int j = 0; j < own.length; j++) {
        own[j] = gradient[shape.place(k, j)];
      }
      double[] solved = factors.solve(own);
      for (int j = 0; j < own.length; j++) {
        result[shape.place(k, j)] = solved[j];
      }
    }
    return result;
  }
}
