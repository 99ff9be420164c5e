package io.sparkfed.data;

/**
 * What one raw row offers to be encoded: its cells, by their places from 0, whatever format they
 * come from. One object is a window on row after row; what it returned stays valid.
 */
public interface Cells {

  /** What a cell holds. */
  enum Kind {
    /** A number of any type, NaN included. */
    NUMBER,
    BOOLEAN,
    TEXT,
    VECTOR,
    /** Anything else that has a text, as a date. */
    OTHER
  }

  /** Returns whether a cell holds nothing at all. */
  boolean isNull(int at);

  /** Returns what a cell holds that isn't null. */
  Kind kind(int at);

  /** Returns a number, or the double nearest to it; of a cell of that kind alone. */
  double number(int at);

  /**
   * Returns the number that a text plainly is, to save the text; of a cell of that kind alone.
   *
   * @return NaN where the text must be looked at: it may be no number, or stand for a missing value
   */
  default double numberOfText(int at) {
    return Double.NaN;
  }

  /**
   * Returns what a cell holds that isn't null and no vector: a {@link Number} of its own type,
   * whose text is the number's; a {@link Boolean}; a {@link String}; or what has a text. This may
   * make an object, so numbers are asked for as {@link #number} wherever their value is all that
   * counts.
   */
  Object value(int at);

  /** Returns a vector; of a cell of that kind alone. */
  Vector vector(int at);

  /**
   * A cell of features.
   *
   * @param size how many there are
   * @param columns indices of those that are stored, ascending from 0; null when all are
   * @param values those that are stored
   */
  record Vector(int size, int[] columns, double[] values) {}
}
