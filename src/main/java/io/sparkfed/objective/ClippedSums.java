package io.sparkfed.objective;

import io.sparkfed.data.Examples;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.ModelShape;

/**
 * Sums over a worker's rows to which no row adds more than a bound, whatever stands in it.
 *
 * <p>A row's own length is cut off a little below the bound, by {@link #MARGIN}, and sums are made
 * in more than double precision: with all rounding, one row more or less moves a sum by no more
 * than {@link #bound}.
 */
public final class ClippedSums {
  /** What rounding may add to a row's own length. */
  private static final double MARGIN = 1.0 - 0x1p-30;

  /** What rounding may add to the difference of two sums, in bounds. */
  private static final double ROUNDING = 1.0 + 0x1p-10;

  private ClippedSums() {}

  /** Returns how far a row moves a sum, given what it may add at most. */
  public static double bound(double most) {
    return most * ROUNDING;
  }

  /**
   * Returns the sum of the rows' gradients at a model, each in the coordinates {@code A z} and no
   * longer than a bound.
   *
   * @param model in the units of the cut's scaling, length d
   * @param whitening packed upper triangle of A, a symmetric matrix of order q; empty for the
   *     identity
   * @param clip C
   * @return length d: for each output A times the sum
   */
  public static double[] gradient(
      double[] model,
      VectorLoss loss,
      Examples rows,
      ModelShape shape,
      RowCut cut,
      double[] whitening,
      double clip) {
    int order = SampledGram.order(shape);
    int outputs = shape.outputs();
    double[] z = new double[order];
    double[] scores = new double[outputs];
    double[] slopes = new double[outputs];
    double[] sums = new double[shape.size()];
    for (int i = 0; i < rows.rows(); i++) {
      fill(z, rows, i, shape, cut);
      for (int k = 0; k < outputs; k++) {
        scores[k] = rows.offset(i);
        for (int j = 0; j < order; j++) {
          scores[k] += model[shape.place(k, j)] * z[j];
        }
      }
      loss.gradient(scores, rows.label(i), slopes);
      double[] turned = times(whitening, z);
      double weight = cut.weight(rows, i);
      double length = weight * norm(slopes) * norm(turned);
      if (!(length < Double.POSITIVE_INFINITY)) {
        continue;
      }
      double factor = weight * (length > clip * MARGIN ? clip * MARGIN / length : 1.0);
      for (int k = 0; k < outputs; k++) {
        for (int j = 0; j < order; j++) {
          sums[shape.place(k, j)] += factor * slopes[k] * turned[j];
        }
      }
    }
    return sums;
  }

  /**
   * Returns the sum of {@code z z'} over the rows, each z shortened to the cut's norm. With a label
   * z has one entry more, {@code labelScale (y - labelMiddle)}.
   *
   * @param labelScale 0 for no label
   * @param mostLabel the length that the label's entry is shortened to
   * @return packed upper triangle, off-diagonal entries times the root of 2, so that the vector's
   *     length is the matrix's
   */
  public static double[] products(
      Examples rows,
      ModelShape shape,
      RowCut cut,
      double labelMiddle,
      double labelScale,
      double mostLabel) {
    int order = SampledGram.order(shape);
    int width = order + (labelScale == 0.0 ? 0 : 1);
    double[] z = new double[order];
    double[] a = new double[width];
    double[] sums = new double[SymmetricMatrix.packedLength(width)];
    for (int i = 0; i < rows.rows(); i++) {
      fill(z, rows, i, shape, cut);
      double length = norm(z);
      if (!(length < Double.POSITIVE_INFINITY)) {
        continue;
      }
      double most = cut.norm() * MARGIN;
      double factor = length > most ? most / length : 1.0;
      for (int j = 0; j < order; j++) {
        a[j] = factor * z[j];
      }
      if (width > order) {
        double label = labelScale * (rows.label(i) - labelMiddle);
        a[order] = Math.max(-mostLabel * MARGIN, Math.min(mostLabel * MARGIN, label));
      }
      double weight = cut.weight(rows, i);
      for (int j = 0, at = 0; j < width; j++) {
        for (int m = j; m < width; m++, at++) {
          sums[at] += weight * (m == j ? 1.0 : Math.sqrt(2.0)) * a[j] * a[m];
        }
      }
    }
    return sums;
  }

  private static void fill(double[] z, Examples rows, int row, ModelShape shape, RowCut cut) {
    rows.copyRow(row, z, 0);
    cut.scaling().rowToScaled(z, 0);
    if (shape.hasIntercept()) {
      z[z.length - 1] = 1.0;
    }
  }

  private static double norm(double[] values) {
    double squares = 0.0;
    for (double value : values) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }

  private static double[] times(double[] packed, double[] z) {
    if (packed.length == 0) {
      return z;
    }
    double[] out = new double[z.length];
    for (int i = 0; i < z.length; i++) {
      for (int j = 0; j < z.length; j++) {
        out[i] += packed[SymmetricMatrix.at(z.length, Math.min(i, j), Math.max(i, j))] * z[j];
      }
    }
    return out;
  }
}
