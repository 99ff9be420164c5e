package io.sparkfed.csv;

import io.sparkfed.model.MissingTexts;
import java.io.Serializable;
import java.util.List;

/**
 * How the text of csv files becomes cells.
 *
 * @param text what separates and quotes cells
 * @param hasHeader whether the first record names the columns
 * @param columns names of the columns of a file without a header; empty to name them by position
 * @param decimal the decimal mark, {@code .} or {@code ,}
 * @param missing texts of cells without a value
 * @param hidesRows whether a record that breaks a rule is left out, with nobody told; it is refused
 *     otherwise
 */
public record CsvDialect(
    Text text,
    boolean hasHeader,
    List<String> columns,
    char decimal,
    MissingTexts missing,
    boolean hidesRows)
    implements Serializable {
  /** In place of a character: there is none. */
  public static final char NONE = '\0';

  /** Copies the list. */
  public CsvDialect {
    columns = List.copyOf(columns);
  }

  /** Returns the dialect of a file with a header, commas and points, in UTF-8. */
  public static CsvDialect standard() {
    return new CsvDialect(Text.standard(), true, List.of(), '.', MissingTexts.COMMON, false);
  }

  /** Returns the same dialect of files whose rows are hidden. */
  public CsvDialect hidingRows() {
    return new CsvDialect(text, hasHeader, columns, decimal, missing, true);
  }

  /**
   * What separates and quotes cells.
   *
   * @param encoding name of the character set
   * @param separator what stands between two cells, at least one character
   * @param quote what quoted cells begin and end with, or {@link #NONE}; twice inside, it stands
   *     for itself
   * @param escape what takes its meaning from a quote or from itself inside a quoted cell, or
   *     {@link #NONE}
   * @param comment what lines that are left out begin with, or {@link #NONE}
   * @param lineEnd the one character that ends a record; {@link #NONE} for line feed, carriage
   *     return, or both
   * @param quotedLines whether a quoted cell may hold a line's end
   * @param stripsLeading whether blanks before a cell are left out
   * @param stripsTrailing whether blanks after a cell are left out
   */
  public record Text(
      String encoding,
      String separator,
      char quote,
      char escape,
      char comment,
      char lineEnd,
      boolean quotedLines,
      boolean stripsLeading,
      boolean stripsTrailing)
      implements Serializable {

    /** Returns RFC 4180: a quote inside quotes is doubled and nothing else is special there. */
    public static Text standard() {
      return new Text("UTF-8", ",", '"', NONE, NONE, NONE, true, false, false);
    }
  }
}
