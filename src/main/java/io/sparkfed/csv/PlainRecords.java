package io.sparkfed.csv;

import java.util.Arrays;

/**
 * Finds the cells of records that stand in the buffer as they are meant: without doubled or escaped
 * quotes, blanks before a quote, or anything that breaks a rule. Nearly all records of nearly all
 * files are so. {@link CsvRecords} reads the others, one character after the other.
 */
final class PlainRecords {
  /** The record's end isn't in the buffer. */
  static final int INCOMPLETE = -1;

  /** The record isn't plain. */
  static final int OTHER = -2;

  private static final byte ORDINARY = 0;
  private static final byte SEPARATOR = 1;
  private static final byte LINE_END = 2;
  private static final byte QUOTE = 3;

  private final CsvDialect.Text dialect;
  private final byte[] kinds = new byte[1 << Character.SIZE];

  /** Where the cells of the last record begin and end in the buffer, in turn. */
  private int[] bounds = new int[32];

  private int count;
  private boolean anyQuoted;

  /** Prepares for a dialect whose separator is one character. */
  PlainRecords(CsvDialect.Text dialect) {
    this.dialect = dialect;
    if (dialect.quote() != CsvDialect.NONE) {
      kinds[dialect.quote()] = QUOTE;
    }
    kinds[dialect.separator().charAt(0)] = SEPARATOR;
    if (dialect.lineEnd() == CsvDialect.NONE) {
      kinds['\n'] = LINE_END;
      kinds['\r'] = LINE_END;
    } else {
      kinds[dialect.lineEnd()] = LINE_END;
    }
  }

  int count() {
    return count;
  }

  int[] bounds() {
    return bounds;
  }

  boolean anyQuoted() {
    return anyQuoted;
  }

  /**
   * Finds the cells of the record that begins where the text is to be read.
   *
   * @return where the next record begins; {@link #INCOMPLETE} or {@link #OTHER}
   */
  int find(CsvText text) {
    char[] buffer = text.buffer();
    int filled = text.filled();
    int at = text.at();
    count = 0;
    anyQuoted = false;
    while (true) {
      int from = at;
      int to;
      boolean quoted = at < filled && kinds[buffer[at]] == QUOTE;
      if (quoted) {
        from++;
        to = closingQuote(buffer, from, filled);
        at = to + 1;
        anyQuoted = true;
      } else {
        to = ordinaryEnd(buffer, from, filled);
        at = to;
      }
      if (to < 0) {
        return to == INCOMPLETE && text.isWhole() ? OTHER : to;
      }
      if (at == filled && !text.isWhole()) {
        return INCOMPLETE;
      }
      byte kind = at == filled ? LINE_END : kinds[buffer[at]];
      if (kind != SEPARATOR && kind != LINE_END) {
        return OTHER;
      }
      if (quoted) {
        add(from, to);
      } else {
        addStripped(buffer, from, to);
      }
      if (kind == LINE_END) {
        return afterLineEnd(text, at);
      }
      at++;
    }
  }

  /** Returns where a cell ends that begins without a quote. */
  private int ordinaryEnd(char[] buffer, int from, int filled) {
    int at = from;
    while (at < filled) {
      byte kind = kinds[buffer[at]];
      if (kind != ORDINARY) {
        if (kind != QUOTE) {
          return at;
        }
        if (Blanks.isBlank(buffer, from, at)) {
          return OTHER;
        }
      }
      at++;
    }
    return at;
  }

  private int closingQuote(char[] buffer, int from, int filled) {
    char quote = dialect.quote();
    char escape = dialect.escape();
    for (int at = from; at < filled; at++) {
      char c = buffer[at];
      if (c == quote) {
        return at;
      }
      if ((c == escape && escape != CsvDialect.NONE)
          || (kinds[c] == LINE_END && !dialect.quotedLines())) {
        return OTHER;
      }
    }
    return INCOMPLETE;
  }

  private int afterLineEnd(CsvText text, int at) {
    int next = Math.min(at + 1, text.filled());
    boolean mayBeTwo =
        at < text.filled() && text.buffer()[at] == '\r' && dialect.lineEnd() == CsvDialect.NONE;
    if (!mayBeTwo) {
      return next;
    }
    if (next == text.filled()) {
      return text.isWhole() ? next : INCOMPLETE;
    }
    return text.buffer()[next] == '\n' ? next + 1 : next;
  }

  private void addStripped(char[] buffer, int from, int to) {
    int first = from;
    int last = to;
    if (dialect.stripsTrailing()) {
      while (last > first && Blanks.isBlank(buffer[last - 1])) {
        last--;
      }
    }
    if (dialect.stripsLeading()) {
      while (first < last && Blanks.isBlank(buffer[first])) {
        first++;
      }
    }
    add(first, last);
  }

  private void add(int from, int to) {
    if (2 * count == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * bounds.length);
    }
    bounds[2 * count] = from;
    bounds[2 * count + 1] = to;
    count++;
  }
}
