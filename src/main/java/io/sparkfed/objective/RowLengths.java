package io.sparkfed.objective;

import io.sparkfed.data.Examples;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.Kernels;
import io.sparkfed.math.Vectors;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import java.util.Arrays;

/**
 * How long a worker's rows are in whitened coordinates: for each row the inverse of a length {@code
 * L >= |A z|}, found once and kept while the rows are ({@link RowLengthsKept}).
 *
 * <p>L is {@code |A z|}, or {@code 2^-12 |A|_F (|z| + 2 |c|)} where that is more, with the shift c
 * of the scaling where sums are shifted afterwards ({@link #isSwept}) and 0 otherwise. So a row's
 * slope, at most {@code C / L}, times what is added for it stays below {@code 2^12 C}, whatever A
 * is: rounding of the sums is bounded without a word about A's condition. It makes a difference for
 * rows alone that A shortens 4096 times as much as its longest vector.
 *
 * <p>A row that is not to be summed has the inverse 0: its features or label are no numbers of the
 * domain, or it is so long, or so short, that products would leave the range of double.
 */
final class RowLengths {
  /** The reciprocal of what rounding may grow by. */
  static final double LEAST_PART = 0x1p-12;

  /** Longer shifts take too many digits from a sum that is shifted afterwards. */
  private static final double MOST_SHIFT = 2.0;

  private static final double MOST_LENGTH = 0x1p300;
  private static final int ROWS_OF_A_BLOCK = 64;
  private static final int VALUES_OF_A_BLOCK = 1 << 16;

  private final double[] inverses;
  private final boolean swept;

  private RowLengths(double[] inverses, boolean swept) {
    this.inverses = inverses;
    this.swept = swept;
  }

  /** What lengths depend on beside the rows; by content. */
  record Key(VectorLoss loss, ModelShape shape, Scaling scaling, double[] whitening) {
    @Override
    public boolean equals(Object other) {
      return this == other
          || (other instanceof Key key
              && loss.equals(key.loss)
              && shape.equals(key.shape)
              && scaling.shape().equals(key.scaling.shape())
              && Arrays.equals(scaling.means(), key.scaling.means())
              && Arrays.equals(scaling.factors(), key.scaling.factors())
              && Arrays.equals(whitening, key.whitening));
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(whitening);
    }
  }

  /** Returns the inverse of each row's length; not to be changed. */
  double[] inverses() {
    return inverses;
  }

  /**
   * Returns whether rows may be summed as they are, in raw units: all of them are numbers with
   * labels of the domain, and shifts are small.
   */
  boolean isSwept() {
    return swept;
  }

  /** Returns the largest of the scaling's shifts. */
  private static double largestShift(Scaling scaling, int features) {
    double largest = 0.0;
    for (int j = 0; j < features; j++) {
      largest = Math.max(largest, Math.abs(scaling.shift(j)));
    }
    return largest;
  }

  /** Returns whether a scaling moves features, not only scales them. */
  static boolean shifts(Scaling scaling, int features) {
    return largestShift(scaling, features) != 0.0;
  }

  /** Finds the lengths of all rows. */
  static RowLengths of(Examples rows, Key key) {
    ModelShape shape = key.shape();
    Scaling scaling = key.scaling();
    double largest = largestShift(scaling, shape.features());
    boolean small = largest <= MOST_SHIFT;
    double squares = 0.0;
    for (int j = 0; small && j < shape.features(); j++) {
      squares += scaling.shift(j) * scaling.shift(j);
    }
    Found found =
        new Found(key, rows, LEAST_PART * norm(key.whitening()), 2.0 * Math.sqrt(squares));
    if (rows.isSparse() && largest == 0.0) {
      found.ofSparse(rows, shape);
    } else {
      found.ofDense(rows, shape);
    }
    return new RowLengths(found.inverses, small && found.clean);
  }

  /**
   * Returns the Frobenius norm of a packed matrix, or 1 for none.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  private static double norm(double[] packed) {
    if (packed.length == 0) {
      return 1.0;
    }
    int order = orderOf(packed);
    double squares = 0.0;
    for (int i = 0, at = 0; i < order; i++) {
      squares += packed[at] * packed[at];
      at++;
      for (int j = i + 1; j < order; j++, at++) {
        squares += 2.0 * packed[at] * packed[at];
      }
    }
    double norm = Math.sqrt(squares);
    if (!(norm >= 0x1p-100 && norm <= 0x1p100)) {
      throw new IllegalArgumentException("a whitening must be a finite matrix, not 0");
    }
    return norm;
  }

  /** Returns the order of a packed matrix. */
  static int orderOf(double[] packed) {
    return (int) Math.round((Math.sqrt(8.0 * packed.length + 1.0) - 1.0) / 2.0);
  }

  /**
   * Returns a packed symmetric matrix row by row.
   *
   * @param width of a row, at least the order
   */
  static double[] square(double[] packed, int order, int width) {
    double[] square = new double[Math.multiplyExact(width, width)];
    for (int i = 0, at = 0; i < order; i++) {
      for (int j = i; j < order; j++, at++) {
        square[i * width + j] = packed[at];
        square[j * width + i] = packed[at];
      }
    }
    return square;
  }

  /** The lengths as they are found. */
  private static final class Found {
    private final Key key;
    private final double leastPart;
    private final double shifted;
    private final double[] inverses;
    private boolean clean = true;

    /**
     * @param leastPart what L is at least, in parts of a row's reach
     * @param shifted what a row's reach is longer by than the row
     */
    Found(Key key, Examples rows, double leastPart, double shifted) {
      this.key = key;
      this.leastPart = leastPart;
      this.shifted = shifted;
      this.inverses = new double[rows.rows()];
    }

    /** Takes a row's squared length, without and with whitening. */
    private void take(Examples rows, int row, double squared, double whitened) {
      double length = Math.max(Math.sqrt(whitened), leastPart * (Math.sqrt(squared) + shifted));
      if (!key.loss().acceptsLabel(rows.label(row)) || !(squared < Double.POSITIVE_INFINITY)) {
        clean = false;
      } else if (length <= MOST_LENGTH && length >= 1.0 / MOST_LENGTH) {
        inverses[row] = 1.0 / length;
      }
    }

    void ofDense(Examples rows, ModelShape shape) {
      int order = SampledGram.order(shape);
      int width = Kernels.padded(order);
      int most = Math.max(1, Math.min(ROWS_OF_A_BLOCK, VALUES_OF_A_BLOCK / width));
      boolean whitens = key.whitening().length > 0;
      double[] a = whitens ? square(key.whitening(), order, width) : new double[0];
      double[] z = new double[most * width];
      double[] turned = whitens ? new double[most * width] : z;
      for (int from = 0; from < rows.rows(); from += most) {
        int count = Math.min(most, rows.rows() - from);
        for (int i = 0; i < count; i++) {
          fill(z, i * width, rows, from + i, shape, key.scaling());
        }
        if (whitens) {
          Kernels.best().multiply(z, 0, width, count, order, a, width, turned);
        }
        for (int i = 0; i < count; i++) {
          take(
              rows,
              from + i,
              Kernels.dot(z, i * width, z, i * width, order),
              Kernels.dot(turned, i * width, turned, i * width, order));
        }
      }
    }

    /** Without shifts what isn't stored is 0. */
    void ofSparse(Examples rows, ModelShape shape) {
      int order = SampledGram.order(shape);
      boolean whitens = key.whitening().length > 0;
      double[] a = whitens ? square(key.whitening(), order, order) : new double[0];
      double[] turned = new double[whitens ? order : 0];
      double[] factors = key.scaling().weightFactors();
      int[] columns = new int[shape.features()];
      double[] values = new double[shape.features()];
      for (int i = 0; i < rows.rows(); i++) {
        int entries = rows.entries(i, columns, values);
        double squared = shape.hasIntercept() ? 1.0 : 0.0;
        Arrays.fill(turned, 0.0);
        if (whitens && shape.hasIntercept()) {
          System.arraycopy(a, (order - 1) * order, turned, 0, order);
        }
        for (int e = 0; e < entries; e++) {
          double u = values[e] * factors[columns[e]];
          squared += u * u;
          if (whitens) {
            Vectors.addScaled(u, a, columns[e] * order, turned, order);
          }
        }
        take(rows, i, squared, whitens ? Vectors.dot(turned, 0, turned, order) : squared);
      }
    }
  }

  /** Writes a row in the units of the scaling, with the 1 of an intercept after it. */
  static void fill(double[] z, int at, Examples rows, int row, ModelShape shape, Scaling scaling) {
    rows.copyRow(row, z, at);
    scaling.rowToScaled(z, at);
    if (shape.hasIntercept()) {
      z[at + shape.features()] = 1.0;
    }
  }
}
