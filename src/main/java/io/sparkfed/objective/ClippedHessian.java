package io.sparkfed.objective;

import io.sparkfed.data.Examples;
import io.sparkfed.loss.Loss;
import io.sparkfed.math.CompensatedSums;
import io.sparkfed.math.Kernels;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.ModelShape;
import java.util.Arrays;

/**
 * The sum of {@code d y y'} over rows, where y is a row in whitened coordinates and d its weight
 * times its loss's curvature, or less. Whatever y is rounded to is taken for the row. Not
 * thread-safe.
 */
final class ClippedHessian {
  private static final int ROWS_OF_A_BLOCK = 64;
  private static final int VALUES_OF_A_BLOCK = 1 << 16;

  /** Rows of a larger one are none of numbers. */
  private static final double MOST_SQUARES = 0x1p600;

  private final Loss loss;
  private final Examples rows;
  private final ModelShape shape;
  private final RowCut cut;
  private final double[] whitening;

  ClippedHessian(Loss loss, Examples rows, ModelShape shape, RowCut cut, double[] whitening) {
    this.loss = loss;
    this.rows = rows;
    this.shape = shape;
    this.cut = cut;
    this.whitening = whitening;
  }

  /**
   * Returns the sum, packed, off-diagonal entries times the root of 2.
   *
   * @param limit of a row's {@code d |y|²}
   */
  double[] at(double[] model, double limit) {
    Kernels kernels = Kernels.best();
    int order = SampledGram.order(shape);
    int width = Kernels.padded(order);
    int most = Math.max(1, Math.min(ROWS_OF_A_BLOCK, VALUES_OF_A_BLOCK / width));
    boolean whitens = whitening.length > 0;
    double[] a = whitens ? RowLengths.square(whitening, order, width) : new double[0];
    double[] z = new double[most * width];
    double[] y = whitens ? new double[most * width] : z;
    double[] factors = new double[Kernels.padded(most)];
    double[] panel = new double[most * Kernels.LANES];
    double[] partial = new double[Math.multiplyExact(width, width)];
    double[] packed = new double[SymmetricMatrix.packedLength(order)];
    CompensatedSums sums = new CompensatedSums(packed.length);
    for (int from = 0; from < rows.rows(); from += most) {
      int count = Math.min(most, rows.rows() - from);
      for (int i = 0; i < count; i++) {
        int at = i * width;
        RowLengths.fill(z, at, rows, from + i, shape, cut.scaling());
        double score = Kernels.dot(z, at, model, 0, order) + rows.offset(from + i);
        double label = rows.label(from + i);
        factors[i] =
            loss.acceptsLabel(label)
                ? cut.weight(rows, from + i) * loss.curvature(score, label)
                : Double.NaN;
      }
      if (whitens) {
        kernels.multiply(z, 0, width, count, order, a, width, y);
      }
      for (int i = 0; i < count; i++) {
        double squares = Kernels.dot(y, i * width, y, i * width, order);
        factors[i] = kept(factors[i], squares, limit);
        if (factors[i] == 0.0) {
          Arrays.fill(y, i * width, (i + 1) * width, 0.0);
        }
      }
      kernels.addSymmetricProducts(y, width, count, width, factors, panel, partial);
      ClippedProducts.pack(partial, width, order, packed);
      sums.add(packed);
      Arrays.fill(partial, 0.0);
    }
    double[] sum = sums.rounded();
    ClippedProducts.spread(sum, order);
    return sum;
  }

  /** Returns as much of a factor as a row may have; 0 for what is no number. */
  private static double kept(double factor, double squares, double limit) {
    if (!(squares < MOST_SQUARES && squares > 1.0 / MOST_SQUARES && factor > 0.0)) {
      return 0.0;
    }
    return Math.min(factor, limit / squares);
  }
}
