package io.sparkfed.data;

/** Raw rows, one after the other, where they are read. For one thread. */
public interface CellRows {

  /**
   * Moves on to the next row, the first one at first.
   *
   * @return whether there is one
   */
  boolean next();

  /** Returns the row's cells; the same object for each row. */
  Cells cells();

  /**
   * Moves over rows whose first cells are nothing but finite numbers, and writes these numbers row
   * by row. A reader that has its numbers in columns does that much faster than cell by cell; one
   * that hasn't takes nothing. It ends before the first row that has another cell there, which is
   * then read by {@link #next}.
   *
   * @param most at most so many rows
   * @param columns how many cells of a row are taken, from the first on
   * @param out receives {@code columns} numbers a row
   * @param at where the first of them goes
   * @return how many rows were taken; 0 also where no row is left
   */
  default int take(int most, int columns, double[] out, int at) {
    return 0;
  }
}
