package io.sparkfed.objective;

import io.sparkfed.data.Examples;
import io.sparkfed.math.CompensatedSums;
import io.sparkfed.math.Kernels;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.ModelShape;
import java.util.Arrays;

/**
 * The sum of {@code w a a'} over rows, where a is a row in the units of the scaling and maybe its
 * label, shortened together: a row that is longer than it may be counts less, and its label is
 * still what its features make of it. Sparse rows stay sparse where the scaling doesn't shift them.
 * Not thread-safe.
 */
final class ClippedProducts {
  private static final int ROWS_OF_A_BLOCK = 64;
  private static final int VALUES_OF_A_BLOCK = 1 << 16;

  /** A row's entries above it, squared, are no numbers. */
  private static final double MOST_LENGTH = 0x1p500;

  private final Examples rows;
  private final ModelShape shape;
  private final RowCut cut;
  private final int order;

  ClippedProducts(Examples rows, ModelShape shape, RowCut cut) {
    this.rows = rows;
    this.shape = shape;
    this.cut = cut;
    this.order = SampledGram.order(shape);
  }

  /** Where a's last entry comes from. */
  private record Label(double middle, double scale, double most) {
    /** NaN where the label is none. */
    double of(double label) {
      return Math.max(-most, Math.min(most, scale * (label - middle)));
    }
  }

  /**
   * Returns the sum, packed, off-diagonal entries times the root of 2.
   *
   * @param scale of a label; 0 for none
   * @param most of a label's entry
   * @param norm of the other entries: where they are longer, all are shortened alike
   */
  double[] of(double middle, double scale, double most, double norm) {
    Label label = scale == 0.0 ? null : new Label(middle, scale, most);
    int size = order + (label == null ? 0 : 1);
    boolean isSparse = rows.isSparse() && !RowLengths.shifts(cut.scaling(), shape.features());
    double[] sums = isSparse ? ofSparse(label, size, norm) : ofDense(label, size, norm);
    spread(sums, size);
    return sums;
  }

  /** Multiplies the off-diagonal entries of a packed matrix by the root of 2. */
  static void spread(double[] packed, int order) {
    double root = Math.sqrt(2.0);
    for (int i = 0, at = 0; i < order; i++) {
      at++;
      for (int j = i + 1; j < order; j++, at++) {
        packed[at] *= root;
      }
    }
  }

  /** Writes the upper triangle of a matrix of rows of {@code width} numbers. */
  static void pack(double[] matrix, int width, int order, double[] packedOut) {
    for (int i = 0, at = 0; i < order; i++) {
      System.arraycopy(matrix, i * width + i, packedOut, at, order - i);
      at += order - i;
    }
  }

  /** Returns what a row and its label are multiplied with, or 0 if it is not to be summed. */
  private static double factor(double squares, double norm, double label) {
    double length = Math.sqrt(squares);
    if (!(length < MOST_LENGTH) || Double.isNaN(label)) {
      return 0.0;
    }
    return length > norm ? norm / length : 1.0;
  }

  private double[] ofDense(Label label, int size, double norm) {
    int width = Kernels.padded(size);
    int most = Math.max(1, Math.min(ROWS_OF_A_BLOCK, VALUES_OF_A_BLOCK / width));
    double[] a = new double[most * width];
    double[] weights = new double[Kernels.padded(most)];
    double[] panel = new double[most * Kernels.LANES];
    double[] partial = new double[Math.multiplyExact(width, width)];
    double[] packed = new double[SymmetricMatrix.packedLength(size)];
    CompensatedSums sums = new CompensatedSums(packed.length);
    for (int from = 0; from < rows.rows(); from += most) {
      int count = Math.min(most, rows.rows() - from);
      for (int i = 0; i < count; i++) {
        int at = i * width;
        RowLengths.fill(a, at, rows, from + i, shape, cut.scaling());
        double ofLabel = label == null ? 0.0 : label.of(rows.label(from + i));
        double factor = factor(Kernels.dot(a, at, a, at, order), norm, ofLabel);
        weights[i] = cut.weight(rows, from + i);
        if (factor == 0.0) {
          Arrays.fill(a, at, at + size, 0.0);
          continue;
        }
        if (label != null) {
          a[at + order] = ofLabel;
        }
        for (int j = at; factor < 1.0 && j < at + size; j++) {
          a[j] *= factor;
        }
      }
      Kernels.best().addSymmetricProducts(a, width, count, width, weights, panel, partial);
      pack(partial, width, size, packed);
      sums.add(packed);
      Arrays.fill(partial, 0.0);
    }
    return sums.rounded();
  }

  private double[] ofSparse(Label label, int size, double norm) {
    double[] factors = cut.scaling().weightFactors();
    int[] columns = new int[shape.features() + 2];
    double[] values = new double[shape.features() + 2];
    CompensatedSums sums = new CompensatedSums(SymmetricMatrix.packedLength(size));
    for (int i = 0; i < rows.rows(); i++) {
      int entries = rows.entries(i, columns, values);
      double squares = shape.hasIntercept() ? 1.0 : 0.0;
      for (int e = 0; e < entries; e++) {
        values[e] *= factors[columns[e]];
        squares += values[e] * values[e];
      }
      if (shape.hasIntercept()) {
        columns[entries] = order - 1;
        values[entries++] = 1.0;
      }
      double ofLabel = label == null ? 0.0 : label.of(rows.label(i));
      double factor = factor(squares, norm, ofLabel);
      if (factor == 0.0) {
        continue;
      }
      if (label != null) {
        columns[entries] = order;
        values[entries++] = ofLabel;
      }
      for (int e = 0; e < entries; e++) {
        values[e] *= factor;
      }
      double weight = cut.weight(rows, i);
      for (int e = 0; e < entries; e++) {
        double weighted = weight * values[e];
        int start = SymmetricMatrix.rowStart(size, columns[e]) - columns[e];
        for (int g = e; g < entries; g++) {
          sums.add(start + columns[g], weighted * values[g]);
        }
      }
    }
    return sums.rounded();
  }
}
