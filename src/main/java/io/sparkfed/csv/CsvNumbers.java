package io.sparkfed.csv;

import io.sparkfed.model.MissingTexts;
import java.util.stream.DoubleStream;

/**
 * The numbers in cells of a dialect's files, without a text for each. Cells that may be something
 * else, or missing, are left to who looks at their texts.
 */
public final class CsvNumbers {
  /** A whole number of fewer characters fits into 64 bits, with a sign and without. */
  private static final int SURE_LONG_CHARACTERS = 19;

  private final char mark;
  private final double[] missing;

  /** Prepares for a dialect. */
  public CsvNumbers(CsvDialect dialect) {
    this.mark = dialect.decimal();
    this.missing = dialect.missing().anyNumber() ? numbers(dialect.missing()) : new double[0];
  }

  /** Returns the numbers that texts are; two texts of one number are the same double. */
  private double[] numbers(MissingTexts texts) {
    return texts.texts().stream()
        .map(String::toCharArray)
        .flatMapToDouble(
            text ->
                DoubleStream.of(
                    Decimals.parse(text, 0, text.length, '.'),
                    Decimals.parse(text, 0, text.length, mark)))
        .filter(number -> !Double.isNaN(number))
        .toArray();
  }

  /**
   * Returns the number of a cell that is digits with at most one decimal mark, a sign, an exponent
   * and spaces around.
   *
   * @return infinite where a double can't hold it; NaN where the cell is no such number, or equals
   *     one that stands for a missing value
   */
  public double of(CsvRecords records, int cell) {
    char[] text = records.characters();
    int from = first(text, records.from(cell), records.to(cell));
    double number = Decimals.parse(text, from, last(text, from, records.to(cell)), mark);
    for (double none : missing) {
      if (number == none) {
        return Double.NaN;
      }
    }
    return number;
  }

  /** Returns whether a cell, which is a number, is whole and has 64 bits. */
  public boolean isLong(CsvRecords records, int cell) {
    char[] text = records.characters();
    int from = first(text, records.from(cell), records.to(cell));
    int to = last(text, from, records.to(cell));
    for (int at = from; at < to; at++) {
      boolean fits =
          (text[at] >= '0' && text[at] <= '9') || (at == from && CellType.isSign(text[at]));
      if (!fits) {
        return false;
      }
    }
    return to - from < SURE_LONG_CHARACTERS || CellType.isLong(new String(text, from, to - from));
  }

  private static int first(char[] text, int from, int to) {
    int first = from;
    while (first < to && text[first] == ' ') {
      first++;
    }
    return first;
  }

  private static int last(char[] text, int from, int to) {
    int last = to;
    while (last > from && text[last - 1] == ' ') {
      last--;
    }
    return last;
  }
}
