package io.sparkfed.objective;

import io.sparkfed.data.DataException;
import io.sparkfed.data.Examples;
import io.sparkfed.loss.Loss;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.CompensatedSums;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;

/**
 * Sums over a worker's rows to which no row adds more than a bound, whatever stands in it.
 *
 * <p>That must hold of the sums as they are computed: rounding depends on all rows, and what one
 * row changes of it is no less told than the row's own term (Casacuberta et al., "Widespread
 * Underestimation of Sensitivity in Differentially Private Libraries", CCS 2022). With {@code u =
 * 2^-53}, rows n, order q of the coordinates, and at most B rows added up plainly before their sum
 * is added in twice the precision:
 *
 * <ul>
 *   <li>A row's term has, in real numbers, at most the length C. Its slopes r are cut to {@code (1
 *       - 2^-24) C / L}; L and r are rounded, relatively by less than {@code 2^12 (q + 4) u}, which
 *       the margin holds for all q below {@link #MOST_ORDER}. A row of which a length is no number,
 *       or above 2^300, adds nothing.
 *   <li>A gradient's sum in the units of the scaling is off, entry by entry, by no more than {@code
 *       (B + 8) u} times the sum of {@code |r_i| (|z_i| + 2 |c|)}, c being the scaling's shift
 *       where it's taken off afterwards; multiplying by an A adds {@code q u} of the same. As
 *       {@code |r_i| |A|_F (|z_i| + 2 |c|)} is at most {@code 2^12 C} ({@link RowLengths}), a
 *       gradient is off by at most {@code n (B + q + 16) u 2^12 C}, whatever A's condition; without
 *       A and shift by {@code n (B + 16) u C}.
 *   <li>Products, and Hessians of rows that are whitened one by one, are off by at most {@code n (B
 *       + 8) u} bounds: the terms of an entry, and of what goes with a Hessian, are bounded as they
 *       are, and nothing cancels.
 * </ul>
 *
 * <p>Two sums are off by twice as much, for which {@link #bound} allows a 1024th of C. More rows
 * than {@link #mostRows}, 6 million with 50 features and 900,000 with 1000, are refused. What
 * underflows is below 2^-900 of all this.
 */
public final class ClippedSums {
  /** Less than 1 by what rounding may add to a length, or a mean, that is cut to a bound. */
  public static final double MARGIN = 1.0 - 0x1p-24;

  /** What the squared gradients that go with a Hessian are multiplied with. */
  static final double PART_OF_SQUARES = 0.5;

  /** What rounding may add to the difference of two sums, in bounds. */
  private static final double ROUNDING = 0x1p-10;

  private static final double UNIT = 0x1p-53;
  private static final int MOST_ORDER = 1 << 15;
  private static final int MOST_ROWS = 1 << 27;
  private static final double MOST_BOUND = 0x1p100;

  private ClippedSums() {}

  /** Returns how far a row moves a sum, given what it may add at most. */
  public static double bound(double most) {
    return most * (1.0 + ROUNDING);
  }

  /**
   * Returns how many rows a worker may have, so that {@link #bound} is one, at most 2^27.
   *
   * @param whitens whether there is an A, which rounds, too
   * @param shifts whether the scaling moves features
   */
  public static int mostRows(ModelShape shape, boolean whitens, boolean shifts) {
    double steps =
        ClippedGradient.mostRowsOfASum(shape) + 16.0 + (whitens ? SampledGram.order(shape) : 0.0);
    double grown = whitens || shifts ? 1.0 / RowLengths.LEAST_PART : 1.0;
    return (int) Math.min(MOST_ROWS, ROUNDING / (2.0 * steps * UNIT * grown));
  }

  /**
   * Checks a bound's range.
   *
   * @throws IllegalArgumentException if it isn't within 2^-100 and 2^100
   */
  public static double checked(String name, double bound) {
    if (!(bound >= 1.0 / MOST_BOUND && bound <= MOST_BOUND)) {
      throw new IllegalArgumentException(
          name + " must be within 1e-30 and 1e30. Provided value: " + bound);
    }
    return bound;
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
   * @throws IllegalArgumentException if an argument is out of range, or not of the rows' features
   * @throws DataException if there are more rows than {@link #mostRows}
   */
  public static double[] gradient(
      double[] model,
      VectorLoss loss,
      Examples rows,
      ModelShape shape,
      RowCut cut,
      double[] whitening,
      double clip) {
    requireOf(rows, shape, cut);
    requireFew(
        rows, shape, whitening.length > 0, RowLengths.shifts(cut.scaling(), shape.features()));
    requireOrder(whitening, SampledGram.order(shape));
    RowLengths lengths =
        RowLengthsKept.of(rows, new RowLengths.Key(loss, shape, cut.scaling(), whitening));
    double limit = checked("clip", clip) * MARGIN;
    double[] sum = new ClippedGradient(loss, rows, shape, cut, lengths, limit).at(model);
    return whitening.length == 0 ? sum : turned(sum, shape, whitening);
  }

  /** Returns A times each output's part of a vector. */
  private static double[] turned(double[] sum, ModelShape shape, double[] whitening) {
    double[] out = new double[sum.length];
    double[] part = new double[SampledGram.order(shape)];
    for (int k = 0; k < shape.outputs(); k++) {
      for (int j = 0; j < part.length; j++) {
        part[j] = sum[shape.place(k, j)];
      }
      double[] turned = SymmetricMatrix.times(whitening, part);
      for (int j = 0; j < part.length; j++) {
        out[shape.place(k, j)] = turned[j];
      }
    }
    return out;
  }

  /**
   * Returns the sum of {@code z z'} over the rows, each z shortened to the cut's norm. With a label
   * z has one entry more, {@code labelScale (y - labelMiddle)}, which is shortened by the same
   * factor: least squares of such rows are of weighted ones, and so without bias.
   *
   * @param labelScale 0 for no label
   * @param mostLabel the length that the label's entry is cut to before
   * @return packed upper triangle, off-diagonal entries times the root of 2, so that the vector's
   *     length is the matrix's
   * @throws IllegalArgumentException if an argument is out of range, or not of the rows' features
   * @throws DataException if there are more rows than {@link #mostRows}
   */
  public static double[] products(
      Examples rows,
      ModelShape shape,
      RowCut cut,
      double labelMiddle,
      double labelScale,
      double mostLabel) {
    requireOf(rows, shape, cut);
    requireFew(rows, shape, false, false);
    if (labelScale != 0.0) {
      checked("mostLabel", mostLabel);
    }
    return new ClippedProducts(rows, shape, cut)
        .of(labelMiddle, labelScale, mostLabel * MARGIN, cut.norm() * MARGIN);
  }

  /**
   * Returns the sum of {@code min(1, |z|² / R²)} over the rows that weigh something, R being the
   * cut's norm.
   *
   * @throws DataException if there are more rows than {@link #mostRows}
   */
  public static double squaredLengths(
      VectorLoss loss, Examples rows, ModelShape shape, RowCut cut) {
    requireOf(rows, shape, cut);
    requireFew(rows, shape, false, false);
    RowLengths.Key unturned = new RowLengths.Key(loss, shape, cut.scaling(), new double[0]);
    double[] inverses = RowLengths.of(rows, unturned).inverses();
    CompensatedSums sum = new CompensatedSums(1);
    for (int i = 0; i < inverses.length; i++) {
      if (inverses[i] > 0.0 && cut.weight(rows, i) > 0.0) {
        double part = Math.min(1.0, 1.0 / (inverses[i] * cut.norm()));
        sum.add(0, part * part);
      }
    }
    return sum.rounded()[0];
  }

  /**
   * Returns the sum of {@code w l''(s, y) (A z)(A z)'} over the rows, at a model, each no longer
   * than a bound (Frobenius).
   *
   * @param model in the units of the cut's scaling, length d = q
   * @param whitening packed upper triangle of A, of order q; empty for the identity
   * @param most the bound
   * @return packed upper triangle, off-diagonal entries times the root of 2
   * @throws IllegalArgumentException if an argument is out of range, or not of the rows' features
   * @throws DataException if there are more rows than {@link #mostRows}
   */
  public static double[] hessian(
      double[] model,
      Loss loss,
      Examples rows,
      ModelShape shape,
      RowCut cut,
      double[] whitening,
      double most) {
    return hessian(model, loss, rows, shape, cut, whitening, most, 0.0);
  }

  /**
   * Returns the same of gradients that are cut, and, behind it, how long these are and how much the
   * cut takes off.
   *
   * <p>With {@code g = w |l'(s, y)| |A z|}, the length of a row's gradient before it is cut to C,
   * the sum has of a row
   *
   * <ul>
   *   <li>{@code w l'' (A z)(A z)'} if g is below C, as above, and otherwise nothing: a gradient
   *       that is cut doesn't change with the score. So it's the sum of the cut gradients'
   *       derivatives;
   *   <li>{@code most/2 min(g, C)² / C²};
   *   <li>{@code most (min(g, 2 C) - min(g, C)) / C}, with the sign of {@code l'}.
   * </ul>
   *
   * <p>A row whose g is below C adds nothing to the last, and its matrix and its square are no
   * longer than {@code most} and {@code most/2}; of any other row these are 0 and {@code most/2},
   * and the last is at most {@code most}. So both are no longer than {@code sqrt(1 + 1/4) most}
   * ({@link #mostOfCut}).
   *
   * @param clip C
   * @return packed upper triangle, off-diagonal entries times the root of 2, then the two numbers
   * @throws IllegalArgumentException if an argument is out of range, or not of the rows' features
   * @throws DataException if there are more rows than {@link #mostRows}
   */
  public static double[] hessianOfCut(
      double[] model,
      Loss loss,
      Examples rows,
      ModelShape shape,
      RowCut cut,
      double[] whitening,
      double most,
      double clip) {
    return hessian(model, loss, rows, shape, cut, whitening, most, checked("clip", clip) * MARGIN);
  }

  private static double[] hessian(
      double[] model,
      Loss loss,
      Examples rows,
      ModelShape shape,
      RowCut cut,
      double[] whitening,
      double most,
      double clip) {
    requireOf(rows, shape, cut);
    requireFew(rows, shape, false, false);
    requireOrder(whitening, SampledGram.order(shape));
    double limit = checked("most", most) * MARGIN;
    return new ClippedHessian(loss, rows, shape, cut, whitening).at(model, limit, clip);
  }

  /** Returns how long a row's part of {@link #hessianOfCut} is at most. */
  public static double mostOfCut(double most) {
    return most * Math.sqrt(1.0 + PART_OF_SQUARES * PART_OF_SQUARES);
  }

  /**
   * Returns the sum of squared lengths of cut gradients that {@link #hessianOfCut} has a part of.
   */
  public static double squares(double part, double most, double clip) {
    return part / (PART_OF_SQUARES * most) * clip * clip;
  }

  private static void requireOrder(double[] whitening, int order) {
    if (whitening.length > 0
        && (order >= MOST_ORDER || whitening.length != SymmetricMatrix.packedLength(order))) {
      throw new IllegalArgumentException(
          "a whitening must have an order of " + order + ", and one below " + MOST_ORDER);
    }
  }

  /** What is asked of other columns than the rows have, or in other units, has no bound. */
  private static void requireOf(Examples rows, ModelShape shape, RowCut cut) {
    Scaling scaling = cut.scaling();
    if (rows.features() != shape.features() || !scaling.shape().equals(shape)) {
      throw new IllegalArgumentException(
          "the model and the scaling must be of the rows' "
              + rows.features()
              + " features. Provided: "
              + shape.features()
              + " and "
              + scaling.shape().features());
    }
  }

  private static void requireFew(Examples rows, ModelShape shape, boolean whitens, boolean shifts) {
    int most = mostRows(shape, whitens, shifts);
    if (rows.rows() > most) {
      throw new DataException(
          "under privacy a worker may have at most "
              + most
              + " training rows of "
              + shape.features()
              + " features: with more, rounding would tell of rows beside the noise");
    }
  }
}
