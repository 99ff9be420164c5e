package io.sparkfed.objective;

import io.sparkfed.data.Examples;
import io.sparkfed.data.RowSweep;
import io.sparkfed.loss.ScoreBlock;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.CompensatedSums;
import io.sparkfed.math.Kernels;
import io.sparkfed.model.ModelShape;
import java.util.Arrays;

/**
 * One pass over rows that sums their gradients, each with its slopes cut to {@code limit / L}. Rows
 * are added up plainly some at a time, and those sums in twice the precision.
 *
 * <p>Rows are read where they lie, in raw units, as other gradients do, and the sum is turned into
 * the units of the scaling. Where that would lose digits, or a row is none of numbers, each row is
 * turned into these units before it is multiplied. Not thread-safe.
 */
final class ClippedGradient {
  /** So few that rounding is small, so many that adding up their sums costs little. */
  private static final int LEAST_ROWS_OF_A_SUM = 32;

  /** As many as a block may have more than that. */
  private static final int MOST_ROWS_OF_A_BLOCK = 64;

  /** Long vectors are added up after so many numbers for each row. */
  private static final int NUMBERS_A_ROW = 64;

  private static final int VALUES_OF_A_BLOCK = 4096;

  private final VectorLoss loss;
  private final Examples rows;
  private final ModelShape shape;
  private final RowCut cut;
  private final RowLengths lengths;
  private final double limit;
  private final int rowsOfASum;
  private final double[] taken;
  private final CompensatedSums sums;

  /**
   * @param limit what a row's gradient may be long in whitened coordinates
   */
  ClippedGradient(
      VectorLoss loss,
      Examples rows,
      ModelShape shape,
      RowCut cut,
      RowLengths lengths,
      double limit) {
    this.loss = loss;
    this.rows = rows;
    this.shape = shape;
    this.cut = cut;
    this.lengths = lengths;
    this.limit = limit;
    this.rowsOfASum = Math.max(LEAST_ROWS_OF_A_SUM, shape.size() / NUMBERS_A_ROW);
    this.taken = new double[shape.size()];
    this.sums = new CompensatedSums(shape.size());
  }

  /** Returns how many rows are added up plainly at most. */
  static int mostRowsOfASum(ModelShape shape) {
    return Math.max(LEAST_ROWS_OF_A_SUM, shape.size() / NUMBERS_A_ROW) + MOST_ROWS_OF_A_BLOCK;
  }

  /**
   * Returns the sum in the units of the scaling, length d.
   *
   * @param model in these units
   */
  double[] at(double[] model) {
    return lengths.isSwept() ? swept(model) : turned(model);
  }

  private double[] swept(double[] model) {
    RowSweep sweep = new RowSweep(rows, shape);
    ScoreBlock block = new ScoreBlock(sweep.most(), shape.outputs(), sweep.stride());
    sweep.begin(cut.scaling().toRaw(model));
    int since = 0;
    for (int from = 0; from < rows.rows(); from += sweep.most()) {
      sweep.take(from, Math.min(rows.rows(), from + sweep.most()));
      double[] slopes = sweep.scores();
      block.take(sweep.count(), slopes, sweep.labels());
      loss.gradients(block);
      shorten(from, sweep.count(), slopes, sweep.stride());
      sweep.addGradient();
      since += sweep.count();
      if (since >= rowsOfASum || from + sweep.most() >= rows.rows()) {
        sweep.gradient(taken);
        sums.add(taken);
        sweep.restart();
        since = 0;
      }
    }
    double[] sum = sums.rounded();
    cut.scaling().gradientToScaled(sum);
    return sum;
  }

  private double[] turned(double[] model) {
    Kernels kernels = Kernels.best();
    int order = SampledGram.order(shape);
    int outputs = shape.outputs();
    int width = Kernels.padded(order);
    int stride = outputs == 1 ? 1 : Kernels.padded(outputs);
    int most = Math.max(8, Math.min(MOST_ROWS_OF_A_BLOCK, VALUES_OF_A_BLOCK / width / 8 * 8));
    double[] z = new double[most * width];
    double[] coefficients = new double[width * stride];
    for (int k = 0; k < outputs; k++) {
      for (int j = 0; j < order; j++) {
        coefficients[j * stride + k] = model[shape.place(k, j)];
      }
    }
    double[] partial = new double[width * stride];
    double[] slopes = new double[most * stride];
    double[] lanes = new double[most * Kernels.LANES];
    double[] labels = new double[most];
    ScoreBlock block = new ScoreBlock(most, outputs, stride);
    int since = 0;
    for (int from = 0; from < rows.rows(); from += most) {
      int count = Math.min(most, rows.rows() - from);
      for (int i = 0; i < count; i++) {
        boolean counts = lengths.inverses()[from + i] > 0.0;
        // Any number would do; 1 is a label of each loss.
        labels[i] = counts ? rows.label(from + i) : 1.0;
        if (counts) {
          RowLengths.fill(z, i * width, rows, from + i, shape, cut.scaling());
        } else {
          Arrays.fill(z, i * width, (i + 1) * width, 0.0);
        }
      }
      if (stride == 1) {
        kernels.dots(z, 0, width, count, order, coefficients, lanes, slopes);
      } else {
        kernels.multiply(z, 0, width, count, order, coefficients, stride, slopes);
      }
      for (int i = 0; rows.hasOffsets() && i < count; i++) {
        for (int k = 0; k < outputs; k++) {
          slopes[i * stride + k] += rows.offset(from + i);
        }
      }
      block.take(count, slopes, labels);
      loss.gradients(block);
      shorten(from, count, slopes, stride);
      if (stride == 1) {
        kernels.addRows(z, 0, width, count, order, slopes, partial);
      } else {
        kernels.addProducts(z, 0, width, count, order, slopes, stride, partial);
      }
      since += count;
      if (since >= rowsOfASum || from + most >= rows.rows()) {
        for (int k = 0; k < outputs; k++) {
          for (int j = 0; j < order; j++) {
            taken[shape.place(k, j)] = partial[j * stride + k];
          }
        }
        sums.add(taken);
        Arrays.fill(partial, 0.0);
        since = 0;
      }
    }
    return sums.rounded();
  }

  /** Weighs slopes, and cuts them: what is no number counts nothing. */
  private void shorten(int from, int count, double[] slopes, int stride) {
    double[] inverses = lengths.inverses();
    if (stride == 1) {
      for (int i = 0; i < count; i++) {
        double slope = slopes[i];
        double length = kept(cut.weight(rows, from + i) * Math.abs(slope), inverses[from + i]);
        slopes[i] = Math.copySign(length, slope);
      }
      return;
    }
    int outputs = shape.outputs();
    for (int i = 0; i < count; i++) {
      int at = i * stride;
      double squares = 0.0;
      for (int k = at; k < at + outputs; k++) {
        squares += slopes[k] * slopes[k];
      }
      double length = Math.sqrt(squares);
      double kept = kept(cut.weight(rows, from + i) * length, inverses[from + i]);
      if (!(kept > 0.0 && length < Double.POSITIVE_INFINITY)) {
        Arrays.fill(slopes, at, at + outputs, 0.0);
      } else if (kept != length) {
        double factor = kept / length;
        for (int k = at; k < at + outputs; k++) {
          slopes[k] *= factor;
        }
      }
    }
  }

  /** Returns a length of slopes, as much of it as a row may have. */
  private double kept(double length, double inverse) {
    double most = limit * inverse;
    if (length <= most) {
      return length;
    }
    return length > most ? most : 0.0;
  }
}
