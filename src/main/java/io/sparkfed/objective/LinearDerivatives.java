package io.sparkfed.objective;

import io.sparkfed.data.Examples;
import io.sparkfed.data.ScoreSink;
import io.sparkfed.loss.Loss;
import io.sparkfed.loss.ScoreBlock;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.Kernels;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;

/**
 * One worker's sums of a loss of K scores, of its gradient and of its Hessian at one point, without
 * penalty; for outputs k and m
 *
 * <pre>  sum_i c_i l(s_i, y_i),  sum_i c_i l_k(s_i, y_i) z_i,  sum_i c_i l_km(s_i, y_i) z_i z_i'
 * </pre>
 *
 * <p>with {@code s_ik = z_i'w_k + o_i}, the offset o and derivatives {@code l_k}, {@code l_km} by
 * scores, where {@code z_i} are the row's features in the units of the scaling and, with an
 * intercept, a 1 after them. All sums are in the order of the rows.
 *
 * <p>Dense rows are standardized one by one before anything is multiplied, so nothing cancels where
 * means are large against deviations. With q features and intercept the cost is {@code n q²/2}
 * multiplications for each of {@code K (K + 1) / 2} pairs of outputs.
 *
 * <p>Sparse rows with e entries cost {@code n e²/2}. They are scaled, {@code u_i}, and the shift by
 * c, the means in deviations, is done on the sums, which for d = l_km are
 *
 * <pre>  sum d z z' = sum d u u' - (sum d u) c' - c (sum d u)' + (sum d) c c'
 * </pre>
 *
 * <p>There it cancels {@code log2(1 + c²)} bits; so where an entry of c is above 8, sparse rows are
 * worked on as dense ones.
 */
public final class LinearDerivatives {
  private static final double MOST_SHIFT = 8.0;
  private static final int MOST_ROWS = 64;

  /** Rows and what is made of them stay within the second-level cache. */
  private static final int VALUES_OF_A_BLOCK = 1 << 16;

  private final ScoreSink sink;
  private final ModelShape shape;
  private final Scaling scaling;
  private final double[] gradient;
  private final double[] hessian;
  private double value;

  private LinearDerivatives(ModelShape shape, Scaling scaling, ScoreSink sink) {
    this.sink = sink;
    this.shape = shape;
    this.scaling = scaling;
    this.gradient = new double[shape.size()];
    this.hessian = new double[SymmetricMatrix.packedLength(shape.size())];
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
    return at(w, loss, rows, shape, scaling, ScoreSink.NONE);
  }

  /** Does the same, and shows the rows' scores in passing. */
  public static LinearDerivatives at(
      double[] w,
      VectorLoss loss,
      Examples rows,
      ModelShape shape,
      Scaling scaling,
      ScoreSink sink) {
    return sums(w, loss, null, rows, shape, scaling, sink);
  }

  /** Returns the sums at {@code w} with another curvature than the loss's. */
  public static LinearDerivatives at(
      double[] w,
      VectorLoss loss,
      Curvature curvature,
      Examples rows,
      ModelShape shape,
      Scaling scaling) {
    return sums(w, loss, curvature, rows, shape, scaling, ScoreSink.NONE);
  }

  /** A curvature of null is the loss's. */
  private static LinearDerivatives sums(
      double[] w,
      VectorLoss loss,
      Curvature curvature,
      Examples rows,
      ModelShape shape,
      Scaling scaling,
      ScoreSink sink) {
    LinearDerivatives sums = new LinearDerivatives(shape, scaling, sink);
    if (rows.isSparse() && sums.isShiftSmall()) {
      sums.addSparse(w, loss, curvature, rows);
    } else {
      sums.addDense(w, loss, curvature, rows, Kernels.best(), MOST_ROWS);
    }
    return sums;
  }

  private boolean isShiftSmall() {
    for (int j = 0; j < shape.features(); j++) {
      if (Math.abs(scaling.shift(j)) > MOST_SHIFT) {
        return false;
      }
    }
    return true;
  }

  /** For tests: the sums of dense rows by certain kernels, {@code rowsOfABlock} at a time. */
  static LinearDerivatives ofDense(
      double[] w,
      VectorLoss loss,
      Examples rows,
      ModelShape shape,
      Scaling scaling,
      Kernels kernels,
      int rowsOfABlock) {
    LinearDerivatives sums = new LinearDerivatives(shape, scaling, ScoreSink.NONE);
    sums.addDense(w, loss, null, rows, kernels, rowsOfABlock);
    return sums;
  }

  private void addDense(
      double[] w,
      VectorLoss loss,
      Curvature curvature,
      Examples rows,
      Kernels kernels,
      int rowsOfABlock) {
    int outputs = shape.outputs();
    int order = blockOrder(shape);
    int width = Kernels.padded(order);
    // An odd number of cache lines: rows then don't compete for the same places of the cache.
    int rowStride = width / Kernels.LANES % 2 == 1 ? width : width + Kernels.LANES;
    int most = Math.max(1, Math.min(rowsOfABlock, VALUES_OF_A_BLOCK / rowStride));
    int stride = outputs == 1 ? 1 : Kernels.padded(outputs);
    double[] z = new double[most * rowStride];
    double[] coefficients = new double[width * stride];
    double[] slopeSums = new double[width * stride];
    for (int k = 0; k < outputs; k++) {
      for (int j = 0; j < order; j++) {
        coefficients[j * stride + k] = w[shape.place(k, j)];
      }
    }
    double[][] blocks = new double[SymmetricMatrix.packedLength(outputs)][width * width];
    Rows scratch = new Rows(most, outputs, stride, sink);
    double[] lanes = new double[most * Kernels.LANES];
    for (int from = 0; from < rows.rows(); from += most) {
      int count = Math.min(most, rows.rows() - from);
      for (int i = 0; i < count; i++) {
        rows.copyRow(from + i, z, i * rowStride);
        scaling.rowToScaled(z, i * rowStride);
        if (shape.hasIntercept()) {
          z[i * rowStride + order - 1] = 1.0;
        }
      }
      if (stride == 1) {
        kernels.dots(z, 0, rowStride, count, order, coefficients, lanes, scratch.scores);
      } else {
        kernels.multiply(z, 0, rowStride, count, order, coefficients, stride, scratch.scores);
      }
      value = scratch.evaluate(from, count, loss, curvature, rows, value);
      if (stride == 1) {
        kernels.addRows(z, 0, rowStride, count, order, scratch.scores, slopeSums);
      } else {
        kernels.addProducts(z, 0, rowStride, count, order, scratch.scores, stride, slopeSums);
      }
      for (int pair = 0; pair < blocks.length; pair++) {
        kernels.addSymmetricProducts(
            z, rowStride, count, width, scratch.factors[pair], lanes, blocks[pair]);
      }
    }
    for (int k = 0; k < outputs; k++) {
      for (int j = 0; j < order; j++) {
        gradient[shape.place(k, j)] = slopeSums[j * stride + k];
      }
    }
    for (int k = 0, pair = 0; k < outputs; k++) {
      for (int m = k; m < outputs; m++, pair++) {
        for (int i = 0; i < order; i++) {
          for (int j = i; j < order; j++) {
            set(k, m, i, j, blocks[pair][i * width + j]);
          }
        }
      }
    }
  }

  /** Sets the entries of the pair of outputs (k, m) and the columns (i, j). */
  private void set(int k, int m, int i, int j, double entry) {
    int size = shape.size();
    hessian[SymmetricMatrix.at(size, shape.place(k, i), shape.place(m, j))] = entry;
    hessian[SymmetricMatrix.at(size, shape.place(k, j), shape.place(m, i))] = entry;
  }

  private void addSparse(double[] w, VectorLoss loss, Curvature curvature, Examples rows) {
    int outputs = shape.outputs();
    int features = shape.features();
    double[] raw = scaling.toRaw(w);
    double[] scale = scaling.weightFactors();
    int pairs = SymmetricMatrix.packedLength(outputs);
    double[][] products = new double[pairs][SymmetricMatrix.packedLength(features)];
    double[][] sums = new double[pairs][features];
    double[] totals = new double[pairs];
    Rows row = new Rows(1, outputs, outputs, sink);
    int[] columns = new int[features];
    double[] values = new double[features];
    for (int i = 0; i < rows.rows(); i++) {
      rows.scores(i, shape, raw, row.scores);
      value = row.evaluateScores(i, 1, loss, curvature, rows, value);
      for (int k = 0; k < outputs; k++) {
        rows.addScaled(i, row.scores[k], gradient, shape.weightsFrom(k));
        shape.addToIntercept(k, row.scores[k], gradient);
      }
      int entries = rows.entries(i, columns, values);
      for (int e = 0; e < entries; e++) {
        values[e] *= scale[columns[e]];
      }
      for (int pair = 0; pair < pairs; pair++) {
        double d = row.factors[pair][0];
        totals[pair] += d;
        for (int e = 0; e < entries; e++) {
          double factor = d * values[e];
          sums[pair][columns[e]] += factor;
          int start = SymmetricMatrix.rowStart(features, columns[e]) - columns[e];
          for (int g = e; g < entries; g++) {
            products[pair][start + columns[g]] += factor * values[g];
          }
        }
      }
    }
    scaling.gradientToScaled(gradient);
    for (int k = 0, pair = 0; k < outputs; k++) {
      for (int m = k; m < outputs; m++, pair++) {
        double[] s = sums[pair];
        double total = totals[pair];
        for (int i = 0, at = 0; i < features; i++) {
          double c = scaling.shift(i);
          for (int j = i; j < features; j++, at++) {
            double b = scaling.shift(j);
            set(k, m, i, j, (products[pair][at] - s[i] * b) - c * (s[j] - total * b));
          }
          if (shape.hasIntercept()) {
            set(k, m, i, features, s[i] - total * c);
          }
        }
        if (shape.hasIntercept()) {
          set(k, m, features, features, total);
        }
      }
    }
  }

  /** Scratch: what losses make of the rows of a block. */
  private static final class Rows {
    private final ScoreSink sink;
    private final int outputs;
    private final int stride;

    /** The rows' scores, then their weighted slopes. */
    private final double[] scores;

    /** For each pair of outputs the rows' weighted factors. */
    private final double[][] factors;

    private final double[] curvatures;
    private final double[] rowScores;
    private final double[] labels;
    private final ScoreBlock block;

    Rows(int most, int outputs, int stride, ScoreSink sink) {
      this.sink = sink;
      this.outputs = outputs;
      this.stride = stride;
      this.scores = new double[Kernels.padded(most) * stride];
      this.factors = new double[SymmetricMatrix.packedLength(outputs)][Kernels.padded(most)];
      this.curvatures = new double[outputs * outputs];
      this.rowScores = new double[outputs];
      this.labels = new double[Kernels.padded(most)];
      this.block = new ScoreBlock(most, outputs, stride);
    }

    /** Adds the offsets, then does what {@link #evaluateScores} does. */
    double evaluate(
        int from, int count, VectorLoss loss, Curvature curvature, Examples rows, double value) {
      if (rows.hasOffsets()) {
        for (int i = 0; i < count; i++) {
          for (int k = 0; k < outputs; k++) {
            scores[i * stride + k] += rows.offset(from + i);
          }
        }
      }
      return evaluateScores(from, count, loss, curvature, rows, value);
    }

    /** Makes factors and slopes of the scores, and returns the value with these rows' added. */
    double evaluateScores(
        int from, int count, VectorLoss loss, Curvature curvature, Examples rows, double value) {
      rows.copyLabels(from, count, labels);
      sink.scores(from, count, scores, stride, labels);
      block.take(count, scores, labels);
      if (curvature == null && loss instanceof Loss single) {
        single.derivatives(block, factors[0]);
      } else {
        writeCurvatures(count, loss, curvature);
        loss.valuesAndGradients(block);
      }
      sink.losses(from, count, block.values());
      double sum = value;
      for (int i = 0; i < count; i++) {
        sum += rows.weight(from + i) * block.values()[i];
      }
      if (rows.isWeighted()) {
        weigh(from, count, rows);
      }
      return sum;
    }

    private void writeCurvatures(int count, VectorLoss loss, Curvature curvature) {
      for (int i = 0; i < count; i++) {
        System.arraycopy(scores, i * stride, rowScores, 0, outputs);
        if (curvature == null) {
          loss.curvature(rowScores, labels[i], curvatures);
        } else {
          curvature.at(rowScores, labels[i], curvatures);
        }
        for (int k = 0, pair = 0; k < outputs; k++) {
          for (int m = k; m < outputs; m++, pair++) {
            factors[pair][i] = curvatures[k * outputs + m];
          }
        }
      }
    }

    private void weigh(int from, int count, Examples rows) {
      for (int i = 0; i < count; i++) {
        double weight = rows.weight(from + i);
        for (double[] factor : factors) {
          factor[i] *= weight;
        }
        for (int k = i * stride; k < i * stride + outputs; k++) {
          scores[k] *= weight;
        }
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
