package io.sparkfed.data;

import io.sparkfed.math.SeededRandom;

/**
 * A hash of 64 bits of what rows hold: different rows have different ones but by chance. It hides
 * nothing.
 */
final class RowHash {
  private final int[] columns;
  private final double[] values;

  /** Prepares for rows with {@code features} columns. */
  RowHash(int features) {
    columns = new int[features];
    values = new double[features];
  }

  /** Returns the hash of a row, however it is stored. */
  long of(Examples rows, int row) {
    long hash = begun(rows.label(row), rows.weight(row), rows.offset(row));
    int entries = rows.entries(row, columns, values);
    for (int k = 0; k < entries; k++) {
      hash = withEntry(hash, columns[k], values[k]);
    }
    return hash;
  }

  /** Returns the hash of a row of no entries. */
  static long begun(double label, double weight, double offset) {
    return with(with(with(0L, label), weight), offset);
  }

  /** Returns the hash with one entry more: it is the same whether a 0 is stored or isn't. */
  static long withEntry(long hash, int column, double value) {
    return value == 0.0 ? hash : with(SeededRandom.mix(hash + 1 + column), value);
  }

  /** Returns the hash of what a survey sees of a row. */
  static long ofSurvey(EncodedRow row) {
    long hash = with(0L, row.weight());
    for (String level : row.levels()) {
      hash = SeededRandom.mix(hash + level.length());
      for (int c = 0; c < level.length(); c++) {
        hash = SeededRandom.mix(hash + level.charAt(c));
      }
    }
    for (int k = row.from(); k < row.from() + row.entries(); k++) {
      hash = with(hash, row.values()[k]);
    }
    return hash;
  }

  private static long with(long hash, double number) {
    return SeededRandom.mix(hash ^ Double.doubleToLongBits(number + 0.0)) + hash;
  }
}
