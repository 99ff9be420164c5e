package io.sparkfed.objective;

import io.sparkfed.data.Examples;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.math.Vectors;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import java.util.Arrays;

/**
 * One worker's sums of a loss of K scores, of its gradient and of its Hessian at one point, without
 * penalty; for outputs k and m
 *
 * <pre>  sum_i c_i l(s_i, y_i),  sum_i c_i l_k(s_i, y_i) z_i,  sum_i c_i l_km(s_i, y_i) z_i z_i'
 * </pre>
 *
 * <p>with {@code s_ik = z_i'w_k + o_i}, the offset o and derivatives {@code l_k}, {@code l_km} by
 * scores, where {@code z_i} are the row's features in the units of the scaling and, with an
 * intercept, a 1 after them. Rows are standardised one by one before anything is multiplied, so
 * nothing cancels where means are large against deviations. In return sparse rows become dense,
 * which is no matter for the orders that a Hessian is affordable for: with q features and intercept
 * its cost is {@code n q²/2} multiplications for each of {@code K (K + 1) / 2} pairs of outputs.
 */
public final class LinearDerivatives {
  /** Rows added to the Hessian at a time, so that it passes through the cache once for all four. */
  private static final int BLOCK = 4;

  private final ModelShape shape;
  private final double[] gradient;

  /** The pairs (0, 0), (0, 1) .. (1, 1) .., each the packed upper triangle of a symmetric block. */
  private final double[][] hessians;

  private final double[][] block;
  private final double[][] curvatures;
  private final double[] scores;
  private final double[] slopes;
  private int filled;
  private double value;

  private LinearDerivatives(ModelShape shape) {
    this.shape = shape;
    int outputs = shape.outputs();
    int order = blockOrder(shape);
    this.gradient = new double[shape.size()];
    this.hessians =
        new double[SymmetricMatrix.packedLength(outputs)][SymmetricMatrix.packedLength(order)];
    this.block = new double[BLOCK][order];
    this.curvatures = new double[BLOCK][outputs * outputs];
    this.scores = new double[outputs];
    this.slopes = new double[outputs];
  }

  private static int blockOrder(ModelShape shape) {
    return shape.features() + (shape.hasIntercept() ? 1 : 0);
  }

  /** The factors of a row in the Hessian: its loss's curvature, or its Fisher information. */
  @FunctionalInterface
  public interface Curvature {
    /**
     * Writes the factors at a row's scores: a positive semidefinite K x K matrix, row-major.
     *
     * @param scores length K; not changed
     */
    void at(double[] scores, double label, double[] curvatureOut);
  }

  /** Returns the sums at {@code w}, given in the units of the scaling. */
  public static LinearDerivatives at(
      double[] w, VectorLoss loss, Examples rows, ModelShape shape, Scaling scaling) {
    return at(w, loss, loss::curvature, rows, shape, scaling);
  }

  /** Returns the sums at {@code w} with another curvature than the loss's. */
  public static LinearDerivatives at(
      double[] w,
      VectorLoss loss,
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
      int row, double[] w, VectorLoss loss, Curvature curvature, Examples rows, Scaling scaling) {
    int features = shape.features();
    double[] z = block[filled];
    Arrays.fill(z, 0.0);
    rows.addScaled(row, 1.0, z, 0);
    scaling.rowToScaled(z);
    if (shape.hasIntercept()) {
      z[features] = 1.0;
    }
    for (int k = 0; k < scores.length; k++) {
      scores[k] =
          Vectors.dot(z, 0, w, shape.weightsFrom(k), features)
              + shape.intercept(w, k)
              + rows.offset(row);
    }
    double label = rows.label(row);
    double weight = rows.weight(row);
    value += weight * loss.value(scores, label);
    loss.gradient(scores, label, slopes);
    for (int k = 0; k < slopes.length; k++) {
      double slope = weight * slopes[k];
      Vectors.addScaled(slope, z, 0, gradient, shape.weightsFrom(k), features);
      shape.addToIntercept(k, slope, gradient);
    }
    double[] factors = curvatures[filled];
    curvature.at(scores, label, factors);
    for (int k = 0; k < factors.length; k++) {
      factors[k] *= weight;
    }
    filled++;
    if (filled == BLOCK) {
      flush();
    }
  }

  private void flush() {
    for (int b = filled; b < BLOCK; b++) {
      Arrays.fill(block[b], 0.0);
      Arrays.fill(curvatures[b], 0.0);
    }
    filled = 0;
    int outputs = shape.outputs();
    for (int k = 0, pair = 0; k < outputs; k++) {
      for (int m = k; m < outputs; m++, pair++) {
        addBlock(k * outputs + m, hessians[pair]);
      }
    }
  }

  private void addBlock(int factor, double[] hessian) {
    double[] z0 = block[0];
    double[] z1 = block[1];
    double[] z2 = block[2];
    double[] z3 = block[3];
    int d = z0.length;
    for (int j = 0, start = 0; j < d; start += d - j, j++) {
      double a0 = curvatures[0][factor] * z0[j];
      double a1 = curvatures[1][factor] * z1[j];
      double a2 = curvatures[2][factor] * z2[j];
      double a3 = curvatures[3][factor] * z3[j];
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
    int size = shape.size();
    int order = blockOrder(shape);
    double[] packed = new double[SymmetricMatrix.packedLength(size)];
    for (int k = 0, pair = 0; k < shape.outputs(); k++) {
      for (int m = k; m < shape.outputs(); m++, pair++) {
        for (int i = 0, at = 0; i < order; i++) {
          for (int j = i; j < order; j++, at++) {
            double entry = hessians[pair][at];
            packed[SymmetricMatrix.at(size, shape.place(k, i), shape.place(m, j))] = entry;
            packed[SymmetricMatrix.at(size, shape.place(k, j), shape.place(m, i))] = entry;
          }
        }
      }
    }
    return packed;
  }
}
