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
 * times its loss's curvature, or less. Whatever y is rounded to is taken for the row. Beside it,
 * two sums of the rows' gradients, if these are cut. Not thread-safe.
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
   * Returns the sum, packed, off-diagonal entries times the root of 2; with a clip two numbers
   * more, as {@link ClippedSums#hessianOfCut} says.
   *
   * @param limit of a row's {@code d |y|²}
   * @param clip of a row's gradient; 0 for none
   */
  double[] at(double[] model, double limit, double clip) {
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
    int entries = SymmetricMatrix.packedLength(order);
    double[] packed = new double[entries + (clip > 0.0 ? 2 : 0)];
    double[] lengths = new double[most];
    CompensatedSums sums = new CompensatedSums(packed.length);
    for (int from = 0; from < rows.rows(); from += most) {
      int count = Math.min(most, rows.rows() - from);
      for (int i = 0; i < count; i++) {
        int at = i * width;
        RowLengths.fill(z, at, rows, from + i, shape, cut.scaling());
        double score = Kernels.dot(z, at, model, 0, order) + rows.offset(from + i);
        double label = rows.label(from + i);
        double weight = loss.acceptsLabel(label) ? cut.weight(rows, from + i) : Double.NaN;
        factors[i] = weight * loss.curvature(score, label);
        lengths[i] = clip > 0.0 ? weight * loss.gradient(score, label) / clip : 0.0;
      }
      if (whitens) {
        kernels.multiply(z, 0, width, count, order, a, width, y);
      }
      for (int i = 0; i < count; i++) {
        double squares = Kernels.dot(y, i * width, y, i * width, order);
        factors[i] = kept(factors[i], squares, limit);
        if (clip > 0.0 && isWithin(squares)) {
          double length = Math.abs(lengths[i]) * Math.sqrt(squares);
          // It doesn't change with the score any more.
          factors[i] = length < 1.0 ? factors[i] : 0.0;
          addCut(packed, entries, length, Math.copySign(limit, lengths[i]));
        }
        if (factors[i] == 0.0) {
          Arrays.fill(y, i * width, (i + 1) * width, 0.0);
        }
      }
      kernels.addSymmetricProducts(y, width, count, width, factors, panel, partial);
      ClippedProducts.pack(partial, width, order, packed);
      sums.add(packed);
      Arrays.fill(partial, 0.0);
      Arrays.fill(packed, entries, packed.length, 0.0);
    }
    double[] sum = sums.rounded();
    ClippedProducts.spread(sum, order);
    return sum;
  }

  /**
   * Adds what a row's gradient has to the two numbers; nothing for what is no number.
   *
   * @param length of the gradient before it is cut, in clips
   * @param limit with the sign of the slope
   */
  private static void addCut(double[] sums, int at, double length, double limit) {
    if (length >= 0.0) {
      double kept = Math.min(length, 1.0);
      sums[at] += ClippedSums.PART_OF_SQUARES * kept * kept * Math.abs(limit);
      sums[at + 1] += (Math.min(length, 2.0) - kept) * limit;
    }
  }

  /** Returns as much of a factor as a row may have; 0 for what is no number. */
  private static double kept(double factor, double squares, double limit) {
    return isWithin(squares) && factor > 0.0 ? Math.min(factor, limit / squares) : 0.0;
  }

  private static boolean isWithin(double squares) {
    return squares < MOST_SQUARES && squares > 1.0 / MOST_SQUARES;
  }
}
