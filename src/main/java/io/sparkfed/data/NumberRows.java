package io.sparkfed.data;

import io.sparkfed.math.Interval;

/**
 * Rows read in blocks where they begin with nothing but finite numbers, and one by one elsewhere.
 */
public final class NumberRows implements CellRows, Cells {
  /** What a block takes should stay in a core's own cache. */
  private static final int VALUES_OF_A_BLOCK = 1 << 12;

  private static final int MOST_ROWS = 128;
  private static final int LEAST_ROWS = 8;

  private final CellRows source;
  private final int columns;
  private final double[] block;
  private final int most;
  private int asked;
  private int taken;

  /** The row of the block; at its end the source has the row. */
  private int row;

  /** Reads {@code columns} cells of each row of a source. */
  public NumberRows(CellRows source, int columns) {
    this.source = source;
    this.columns = columns;
    this.most = Math.max(LEAST_ROWS, Math.min(MOST_ROWS, VALUES_OF_A_BLOCK / Math.max(1, columns)));
    this.block = new double[most * columns];
    this.asked = most;
  }

  @Override
  public boolean next() {
    if (row + 1 < taken) {
      row++;
      return true;
    }
    row = 0;
    taken = source.take(asked, columns, block, 0);
    // Rows that can't be taken tend to be near each other.
    asked = taken == asked ? Math.min(most, 2 * asked) : LEAST_ROWS;
    return taken > 0 || source.next();
  }

  @Override
  public Cells cells() {
    return taken > 0 ? this : source.cells();
  }

  @Override
  public boolean isNull(int at) {
    return false;
  }

  @Override
  public Kind kind(int at) {
    return Kind.NUMBER;
  }

  @Override
  public double number(int at) {
    return block[row * columns + at];
  }

  @Override
  public Object value(int at) {
    return number(at);
  }

  @Override
  public Vector vector(int at) {
    throw new IllegalStateException("a number is no vector");
  }

  /**
   * Has the row's first numbers seen as features.
   *
   * @param bounds what each is cut to, length {@code features}; null entries cut nothing
   */
  void seenBy(EncodedRow out, int features, Interval[] bounds) {
    int from = row * columns;
    for (int j = 0; j < features; j++) {
      if (bounds[j] != null) {
        block[from + j] = bounds[j].nearest(block[from + j]);
      }
    }
    out.see(features, null, block, from, features);
  }
}
