package io.sparkfed.data;

import io.sparkfed.math.Kernels;
import io.sparkfed.model.ModelShape;
import java.util.Arrays;

/**
 * Passes over rows, some at a time, such that a block's scores and what it adds to the gradient are
 * computed while its rows are in the cache: memory is read once. Use: {@link #begin}; for each
 * block {@link #take}, {@link #scores}, make slopes of the scores in place, {@link #addGradient};
 * {@link #gradient}.
 *
 * <p>Every sum over rows is in their order, so its bits don't depend on how rows are cut into
 * blocks. Outputs K &gt; 1 are padded to a multiple of {@link Kernels#LANES}: {@link #stride}.
 *
 * <p>Nothing is allocated after construction. Not thread-safe.
 */
public final class RowSweep {
  /** So many that vectors of losses keep the core busy, so few that rows stay in its cache. */
  private static final int VALUES_OF_A_BLOCK = 2048;

  private static final int LEAST_ROWS = 8;
  private static final int MOST_ROWS = 64;

  private final Kernels kernels;
  private final Examples rows;
  private final ModelShape shape;
  private final int width;
  private final int stride;
  private final int most;

  /** The sparse rows; null for dense ones. */
  private final SparseExamples sparse;

  private final DenseValues values;

  /** Dense rows that don't lie end to end as doubles are copied here. */
  private final double[] copied;

  /** With K > 1: row j has the weights of feature j of all outputs. */
  private final double[] weights;

  /** As {@link #weights}. */
  private final double[] sums;

  private final double[] intercepts;
  private final double[] ofIntercepts;
  private final double[] scores;
  private final double[] lanes;
  private final double[] labels;
  private final double[] rowWeights;

  private int count;
  private int[] order;
  private int first;
  private double[] block;
  private int blockStart;

  /** Creates a pass over rows, with the fastest kernels and blocks for them. */
  public RowSweep(Examples rows, ModelShape shape) {
    this(rows, shape, Kernels.best(), rowsOfABlock(shape.features()));
  }

  RowSweep(Examples rows, ModelShape shape, Kernels kernels, int rowsOfABlock) {
    this.kernels = kernels;
    this.rows = rows;
    this.shape = shape;
    this.width = shape.features();
    this.stride = shape.outputs() == 1 ? 1 : Kernels.padded(shape.outputs());
    this.most = Math.max(1, Math.min(rowsOfABlock, rows.rows()));
    this.sparse = rows instanceof SparseExamples s ? s : null;
    this.values = rows instanceof DenseExamples dense ? dense.values() : null;
    this.copied = new double[values == null ? 0 : most * width + Kernels.LANES];
    this.weights = new double[Math.multiplyExact(Kernels.padded(width), stride)];
    this.sums = new double[weights.length];
    this.intercepts = new double[shape.outputs()];
    this.ofIntercepts = new double[shape.outputs()];
    this.scores = new double[Kernels.padded(most) * stride];
    this.lanes = new double[values == null ? 0 : most * Kernels.LANES];
    this.labels = new double[Kernels.padded(most)];
    this.rowWeights = new double[most];
    Arrays.fill(rowWeights, 1.0);
  }

  /** Returns how many rows a block has. */
  static int rowsOfABlock(int features) {
    return Math.max(
        LEAST_ROWS, Math.min(MOST_ROWS, VALUES_OF_A_BLOCK / Math.max(1, features) / 8 * 8));
  }

  /** Returns the most rows that a block may have. */
  public int most() {
    return most;
  }

  /** Returns by how much the scores of a row are after those of the row before. */
  public int stride() {
    return stride;
  }

  /**
   * Starts a pass: the gradient is 0.
   *
   * @param raw coefficients in the units of the rows
   */
  public void begin(double[] raw) {
    restart();
    for (int k = 0; k < intercepts.length; k++) {
      intercepts[k] = shape.intercept(raw, k);
      int from = shape.weightsFrom(k);
      for (int j = 0; j < width; j++) {
        weights[j * stride + k] = raw[from + j];
      }
    }
  }

  /** Lets the gradient be 0 again, at the same coefficients. */
  public void restart() {
    Arrays.fill(sums, 0.0);
    Arrays.fill(ofIntercepts, 0.0);
  }

  /** Takes the rows {@code from .. to - 1}, at most {@link #most}. */
  public void take(int from, int to) {
    order = null;
    first = from;
    count = to - from;
    rows.copyLabels(from, count, labels);
    if (rows.isWeighted()) {
      rows.copyWeights(from, count, rowWeights);
    }
    if (values == null) {
      return;
    }
    block = count == 0 ? null : values.inPlace(from, count);
    if (block == null) {
      values.copy(from, count, copied, 0);
      block = copied;
      blockStart = 0;
    } else {
      blockStart = values.place(from);
    }
  }

  /** Takes the rows {@code order[from] .. order[to - 1]}, at most {@link #most}. */
  public void take(int[] order, int from, int to) {
    this.order = order;
    first = from;
    count = to - from;
    for (int i = 0; i < count; i++) {
      int row = order[from + i];
      labels[i] = rows.label(row);
      rowWeights[i] = rows.weight(row);
      if (values != null) {
        values.copy(row, 1, copied, i * width);
      }
    }
    block = copied;
    blockStart = 0;
  }

  /** Returns the number of rows of the block. */
  public int count() {
    return count;
  }

  /** Returns the labels of the block's rows. */
  public double[] labels() {
    return labels;
  }

  /** Returns the weights of the block's rows. */
  public double[] weights() {
    return rowWeights;
  }

  private int row(int i) {
    return order == null ? first + i : order[first + i];
  }

  /**
   * Computes the scores of the block's rows, K for each. The array is overwritten with slopes for
   * {@link #addGradient}; what is between the K numbers of rows is 0 and must stay so.
   */
  public double[] scores() {
    if (stride == 1) {
      if (sparse == null) {
        kernels.dots(block, blockStart, width, count, width, weights, lanes, scores);
      } else {
        for (int i = 0; i < count; i++) {
          scores[i] = sparse.dot(row(i), weights, 0);
        }
      }
    } else if (sparse == null) {
      kernels.multiply(block, blockStart, width, count, width, weights, stride, scores);
    } else {
      Arrays.fill(scores, 0, count * stride, 0.0);
      for (int i = 0; i < count; i++) {
        sparse.addProduct(row(i), weights, stride, scores, i * stride);
      }
    }
    if (stride == 1) {
      double intercept = intercepts[0];
      for (int i = 0; i < count; i++) {
        scores[i] += intercept;
      }
    } else {
      for (int i = 0; i < count; i++) {
        for (int k = 0; k < intercepts.length; k++) {
          scores[i * stride + k] += intercepts[k];
        }
      }
    }
    if (rows.hasOffsets()) {
      for (int i = 0; i < count; i++) {
        double offset = rows.offset(row(i));
        for (int k = 0; k < intercepts.length; k++) {
          scores[i * stride + k] += offset;
        }
      }
    }
    return scores;
  }

  /** Adds the block's rows times the slopes that the array of {@link #scores} now holds. */
  public void addGradient() {
    if (stride == 1) {
      double sum = ofIntercepts[0];
      for (int i = 0; i < count; i++) {
        sum += scores[i];
      }
      ofIntercepts[0] = sum;
    } else {
      for (int i = 0; i < count; i++) {
        for (int k = 0; k < ofIntercepts.length; k++) {
          ofIntercepts[k] += scores[i * stride + k];
        }
      }
    }
    if (stride == 1) {
      if (sparse == null) {
        kernels.addRows(block, blockStart, width, count, width, scores, sums);
      } else {
        for (int i = 0; i < count; i++) {
          sparse.addScaled(row(i), scores[i], sums, 0);
        }
      }
    } else if (sparse == null) {
      kernels.addProducts(block, blockStart, width, count, width, scores, stride, sums);
    } else {
      for (int i = 0; i < count; i++) {
        sparse.addOuterProduct(row(i), scores, i * stride, stride, sums);
      }
    }
  }

  /** Writes the sum of what was added since the pass began, as a gradient in units of the rows. */
  public void gradient(double[] out) {
    for (int k = 0; k < ofIntercepts.length; k++) {
      int to = shape.weightsFrom(k);
      for (int j = 0; j < width; j++) {
        out[to + j] = sums[j * stride + k];
      }
    }
    if (shape.hasIntercept()) {
      System.arraycopy(ofIntercepts, 0, out, shape.weightCount(), ofIntercepts.length);
    }
  }
}
