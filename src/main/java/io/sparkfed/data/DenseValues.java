package io.sparkfed.data;

import io.sparkfed.math.Kernels;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.Arrays;

/**
 * The features of rows that have them all, row after row, as they are stored; read as double in any
 * case. In memory they lie in pieces of whole rows, so that none has to be moved or copied as the
 * rows become more.
 */
abstract sealed class DenseValues implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final int BYTES_OF_A_PIECE = 1 << 20;

  private final int width;

  DenseValues(int width) {
    this.width = width;
  }

  /** Returns how many rows of so many features a piece has: a multiple of a sweep's block. */
  static int rowsOfAPiece(int width) {
    int block = RowSweep.rowsOfABlock(width);
    int blocks = BYTES_OF_A_PIECE / Double.BYTES / Math.max(1, width) / block;
    return block * Math.max(1, blocks);
  }

  /**
   * Returns the values of pieces.
   *
   * @param pieces full but for the last one, each followed by at least {@link Kernels#LANES} finite
   *     numbers, as kernels read whole vectors; kept, if stored as double, and let go otherwise
   */
  static DenseValues of(double[][] pieces, int width, Storage storage) {
    if (storage == Storage.DOUBLE) {
      return new Doubles(pieces, width);
    }
    float[][] rounded = new float[pieces.length][];
    for (int i = 0; i < pieces.length; i++) {
      rounded[i] = new float[pieces[i].length];
      for (int j = 0; j < rounded[i].length; j++) {
        rounded[i][j] = storage.rounded(pieces[i][j]);
      }
      pieces[i] = null;
    }
    return new Floats(rounded, width);
  }

  /** Returns the values of rows in a file, one after the other. */
  static DenseValues of(NumbersFile file, int width) {
    return new OnDisk(file, width);
  }

  final int width() {
    return width;
  }

  /** Returns a row's sum with coefficients, as {@link Kernels#dots} defines it. */
  abstract double dot(int row, double[] coefficients, int from);

  /** Writes rows end to end. */
  abstract void copy(int row, int count, double[] out, int at);

  /** Returns the array where rows lie end to end as kernels read them; null if there is none. */
  abstract double[] inPlace(int row, int count);

  /** Returns where a row begins in its array. */
  abstract int place(int row);

  /** Returns the memory that is taken. */
  abstract long bytes();

  private static final class Doubles extends DenseValues {
    private static final long serialVersionUID = 1L;

    private final double[][] pieces;
    private final int rowsOfAPiece;

    Doubles(double[][] pieces, int width) {
      super(width);
      this.pieces = pieces;
      this.rowsOfAPiece = rowsOfAPiece(width);
    }

    @Override
    double dot(int row, double[] coefficients, int from) {
      return Kernels.dot(pieces[row / rowsOfAPiece], place(row), coefficients, from, width());
    }

    @Override
    void copy(int row, int count, double[] out, int at) {
      for (int done = 0; done < count; ) {
        int next = row + done;
        int some = Math.min(count - done, rowsOfAPiece - next % rowsOfAPiece);
        System.arraycopy(
            pieces[next / rowsOfAPiece], place(next), out, at + done * width(), some * width());
        done += some;
      }
    }

    @Override
    double[] inPlace(int row, int count) {
      return row % rowsOfAPiece + count <= rowsOfAPiece ? pieces[row / rowsOfAPiece] : null;
    }

    @Override
    int place(int row) {
      return row % rowsOfAPiece * width();
    }

    @Override
    long bytes() {
      return Arrays.stream(pieces).mapToLong(piece -> (long) Double.BYTES * piece.length).sum();
    }
  }

  private static final class Floats extends DenseValues {
    private static final long serialVersionUID = 1L;

    private final float[][] pieces;
    private final int rowsOfAPiece;

    Floats(float[][] pieces, int width) {
      super(width);
      this.pieces = pieces;
      this.rowsOfAPiece = rowsOfAPiece(width);
    }

    @Override
    double dot(int row, double[] coefficients, int from) {
      return Kernels.dot(pieces[row / rowsOfAPiece], place(row), coefficients, from, width());
    }

    @Override
    void copy(int row, int count, double[] out, int at) {
      for (int done = 0; done < count; ) {
        int next = row + done;
        int some = Math.min(count - done, rowsOfAPiece - next % rowsOfAPiece);
        Kernels.best()
            .widen(
                pieces[next / rowsOfAPiece], place(next), out, at + done * width(), some * width());
        done += some;
      }
    }

    @Override
    double[] inPlace(int row, int count) {
      return null;
    }

    @Override
    int place(int row) {
      return row % rowsOfAPiece * width();
    }

    @Override
    long bytes() {
      return Arrays.stream(pieces).mapToLong(piece -> (long) Float.BYTES * piece.length).sum();
    }
  }

  /** Doubles in a file, read block by block. */
  private static final class OnDisk extends DenseValues {
    private static final long serialVersionUID = 1L;

    private final transient NumbersFile file;

    OnDisk(NumbersFile file, int width) {
      super(width);
      this.file = file;
    }

    /** Who needs the rows elsewhere reads their source. */
    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
      throw new NotSerializableException("rows on an executor's disk stay there");
    }

    @Override
    double dot(int row, double[] coefficients, int from) {
      double[] values = new double[width() + Kernels.LANES];
      copy(row, 1, values, 0);
      return Kernels.dot(values, 0, coefficients, from, width());
    }

    @Override
    void copy(int row, int count, double[] out, int at) {
      file.copy((long) row * width(), count * width(), out, at);
    }

    @Override
    double[] inPlace(int row, int count) {
      return null;
    }

    @Override
    int place(int row) {
      throw new UnsupportedOperationException("rows in a file are in no array");
    }

    @Override
    long bytes() {
      return 0;
    }
  }
}
