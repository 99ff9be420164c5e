package io.sparkfed.data;

import io.sparkfed.math.Kernels;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Numbers that become more, end to end, in pieces of which none is ever copied but the first; in a
 * file from when they exceed their room. Rows that have all features end where a piece ends.
 */
final class GrowingValues {
  private static final int LEAST = 64;

  private final int width;
  private final int piece;
  private final Room room;
  private double[][] pieces = {new double[LEAST]};
  private int last;

  /** Numbers in the last piece. */
  private int filled;

  private NumbersFile.Writer writer;
  private NumbersFile file;

  /**
   * Starts without a number.
   *
   * @param width number of features of a row
   */
  GrowingValues(int width, Room room) {
    this.width = width;
    this.piece = Math.multiplyExact(DenseValues.rowsOfAPiece(width), Math.max(1, width));
    this.room = room;
  }

  /**
   * Adds numbers, -0.0 as 0.0, so that equal rows are identical.
   *
   * @throws java.io.UncheckedIOException if there is no room in memory, and none on disk either
   */
  void add(double[] from, int at, int length) {
    for (int done = 0; done < length; ) {
      if (filled == piece) {
        startPiece();
      }
      int some = Math.min(length - done, piece - filled);
      double[] to = pieceWith(filled + some);
      for (int k = 0; k < some; k++) {
        to[filled + k] = withoutNegativeZero(from[at + done + k]);
      }
      filled += some;
      done += some;
    }
  }

  /** -0.0 and 0.0 are one value, so that equal rows are identical. */
  static double withoutNegativeZero(double value) {
    return value == 0.0 ? 0.0 : value;
  }

  private double[] pieceWith(int needed) {
    double[] own = pieces[last];
    if (needed > own.length - Kernels.LANES) {
      int capacity = (int) Math.min(piece, needed + (needed >> 1) + (long) LEAST);
      own = Arrays.copyOf(own, capacity + Kernels.LANES);
      pieces[last] = own;
    }
    return own;
  }

  private void startPiece() {
    if (writer != null) {
      writer.add(pieces[0], 0, piece);
    } else if (!room.isEnoughFor((last + 2L) * piece * Double.BYTES)) {
      writer = NumbersFile.Writer.in(room.folder());
      for (int i = 0; i <= last; i++) {
        writer.add(pieces[i], 0, piece);
      }
      pieces = new double[][] {pieces[0]};
      last = 0;
    } else {
      last++;
      if (last == pieces.length) {
        pieces = Arrays.copyOf(pieces, 2 * last);
      }
      pieces[last] = new double[piece + Kernels.LANES];
    }
    filled = 0;
  }

  /** Ends adding: the numbers can be read. */
  void end() {
    if (writer != null) {
      writer.add(pieces[0], 0, filled);
      file = writer.end();
      pieces = new double[0][];
    }
  }

  boolean isOnDisk() {
    return file != null;
  }

  double get(int i) {
    return file == null ? pieces[i / piece][i % piece] : file.get(i);
  }

  /** Copies numbers from a place on. */
  void copy(int start, int length, double[] out, int at) {
    if (file != null) {
      file.copy(start, length, out, at);
      return;
    }
    for (int done = 0; done < length; ) {
      int from = start + done;
      int within = from % piece;
      int some = Math.min(length - done, piece - within);
      System.arraycopy(pieces[from / piece], within, out, at + done, some);
      done += some;
    }
  }

  /**
   * Brings rows that have all features into an order where they lie, in memory.
   *
   * @param order the present number of the row that is to come to each place
   */
  void arrange(int[] order) {
    double[] kept = new double[width];
    BitSet done = new BitSet(order.length);
    for (int start = 0; start < order.length; start++) {
      if (done.get(start) || order[start] == start) {
        continue;
      }
      copy(start * width, width, kept, 0);
      int to = start;
      for (int from = order[to]; from != start; from = order[to]) {
        write(pieces[from * width / piece], from * width % piece, to);
        done.set(to);
        to = from;
      }
      write(kept, 0, to);
      done.set(to);
    }
  }

  private void write(double[] from, int at, int row) {
    System.arraycopy(from, at, pieces[row * width / piece], row * width % piece, width);
  }

  /** Returns the first rows, as they lie; what follows them is lost. */
  DenseValues first(int rows, Storage storage) {
    int rowsOfAPiece = piece / Math.max(1, width);
    double[][] own = Arrays.copyOf(pieces, (rows + rowsOfAPiece - 1) / rowsOfAPiece);
    pieces = new double[0][];
    if (width == 0) {
      Arrays.fill(own, new double[Kernels.LANES]);
    } else if (own.length > 0) {
      int rest = (rows - (own.length - 1) * rowsOfAPiece) * width;
      double[] end = own[own.length - 1];
      if (end.length > rest + Kernels.LANES) {
        own[own.length - 1] = Arrays.copyOf(end, rest + Kernels.LANES);
      }
    }
    return DenseValues.of(own, width, storage);
  }
}
