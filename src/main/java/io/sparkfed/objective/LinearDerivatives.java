package io.sparkfed.objective;

import io.sparkfed.data.Examples;
import io.sparkfed.loss.Loss;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.math.Vectors;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import java.util.Arrays;

/**
 * One worker's sums of a loss of one score, of its gradient and of its Hessian at one point,
 * without penalty:
 *
 * <pre>  sum_i c_i l(s_i, y_i),  sum_i c_i l'(s_i, y_i) z_i,  sum_i c_i l''(s_i, y_i) z_i z_i'
 * </pre>
 *
 * <p>with {@code s_i = z_i'w + o_i} and the offset o, where {@code z_i} are the row's features in
 * the units of the scaling and, with an intercept, a 1 after them. Rows are standardised one by one
 * before anything is multiplied, so nothing cancels where means are large against deviations. In
 * return sparse rows become dense, which is no matter for the orders d that a Hessian is affordable
 * for: its cost is {@code n d²/2} multiplications.
 */
public final class LinearDerivatives {
  /** Rows added to the Hessian at a time, so that it passes through the cache once for all four. */
  private static final int BLOCK = 4;

  private final ModelShape shape;
  private final double[] gradient;
  private final double[] hessian;
  private final double[][] block;
  private final double[] curvatures = new double[BLOCK];
  private int filled;
  private double value;

  private LinearDerivatives(ModelShape shape) {
    this.shape = shape;
    this.gradient = new double[shape.size()];
    this.hessian = new double[SymmetricMatrix.packedLength(shape.size())];
    this.block = new double[BLOCK][shape.size()];
  }

  /** A factor of a row in the Hessian: its loss's curvature, or its Fisher information. */
  @FunctionalInterface
  public interface Curvature {
    /** Returns the factor at a score; at least 0. */
    double at(double score, double label);
  }

  /** Returns the sums at {@code w}, given in the units of the scaling. */
  public static LinearDerivatives at(
      double[] w, Loss loss, Examples rows, ModelShape shape, Scaling scaling) {
    return at(w, loss, loss::curvature, rows, shape, scaling);
  }

  /** Returns the sums at {@code w} with another curvature than the loss's. */
  public static LinearDerivatives at(
      double[] w,
      Loss loss,
      Curvature curvature,
      Examples rows,
      ModelShape shape,
      Scaling scaling) {
    LinearDerivatives sums = new LinearDerivatives(shape);
    for (int i = 0; i < rows.rows(); i++) {
      sums.add(i, w, loss, curvature, rows, scaling);
    }
    sums.flush();
    return sums;
  }

  private void add(
      int row, double[] w, Loss loss, Curvature curvature, Examples rows, Scaling scaling) {
    double[] z = block[filled];
    Arrays.fill(z, 0.0);
    rows.addScaled(row, 1.0, z, 0);
    scaling.rowToScaled(z);
    shape.addToIntercept(1.0, z);
    double score = Vectors.dot(z, 0, w, z.length) + rows.offset(row);
    double label = rows.label(row);
    double weight = rows.weight(row);
    value += weight * loss.value(score, label);
    Vectors.addScaled(weight * loss.gradient(score, label), z, 0, gradient, z.length);
    curvatures[filled] = weight * curvature.at(score, label);
    filled++;
    if (filled == BLOCK) {
      flush();
    }
  }

  private void flush() {
    for (int k = filled; k < BLOCK; k++) {
      Arrays.fill(block[k], 0.0);
      curvatures[k] = 0.0;
    }
    filled = 0;
    double[] z0 = block[0];
    double[] z1 = block[1];
    double[] z2 = block[2];
    double[] z3 = block[3];
    int d = z0.length;
    for (int j = 0, start = 0; j < d; start += d - j, j++) {
      double a0 = curvatures[0] * z0[j];
      double a1 = curvatures[1] * z1[j];
      double a2 = curvatures[2] * z2[j];
      double a3 = curvatures[3] * z3[j];
      int shift = start - j;
      for (int k = j; k < d; k++) {
        hessian[shift + k] += a0 * z0[k] + a1 * z1[k] + a2 * z2[k] + a3 * z3[k];
      }
    }
  }

  /** Returns the sum of losses. */
  public double value() {
    return value;
  }

  /** Returns the gradient, length d. */
  public double[] gradient() {
    return gradient.clone();
  }

  /** Returns the packed upper triangle of the Hessian; see {@link SymmetricMatrix}. */
  public double[] hessian() {
    return hessian.clone();
  }
}
