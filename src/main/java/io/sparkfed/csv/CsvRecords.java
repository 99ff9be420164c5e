package io.sparkfed.csv;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The records of one csv file, one after the other. A quote means something where a cell begins
 * with it, after blanks or none; anywhere else it is a character like others. What can't be read in
 * one way alone is refused: a quoted cell without an end, text after one, bytes that are no text in
 * the file's encoding. Blank lines and comments are no records.
 */
public final class CsvRecords {
  private static final int BUFFER = 1 << 16;

  /** A record as long as this is taken for the rest of a file after a quote without its partner. */
  private static final int MOST_CHARACTERS = 1 << 26;

  private static final int END = -1;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final Reader reader;
  private final CsvDialect.Text dialect;
  private final char separator;
  private final char[] buffer = new char[BUFFER];
  private int at;
  private int filled;
  private boolean ended;

  private char[] cells = new char[256];
  private int used;
  private int[] ends = new int[16];
  private int count;
  private boolean anyQuoted;
  private long record;

  /**
   * Reads bytes in the dialect's encoding.
   *
   * @throws IOException if they can't be read
   */
  public static CsvRecords of(InputStream bytes, CsvDialect.Text dialect) throws IOException {
    return new CsvRecords(
        new InputStreamReader(
            bytes,
            Charset.forName(dialect.encoding())
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)),
        dialect);
  }

  /**
   * Reads text.
   *
   * @throws IOException if it can't be read
   */
  public CsvRecords(Reader text, CsvDialect.Text dialect) throws IOException {
    this.reader = text;
    this.dialect = dialect;
    this.separator = dialect.separator().charAt(0);
    if (has(1) && buffer[0] == BYTE_ORDER_MARK) {
      at++;
    }
  }

  /**
   * Goes to the next record.
   *
   * @return whether there is one
   * @throws CsvException if it can't be read in one way alone
   * @throws IOException if the file can't be read
   */
  public boolean next() throws IOException {
    while (has(1)) {
      if (isMark(buffer[at], dialect.comment())) {
        skipLine();
        continue;
      }
      record++;
      read();
      boolean isBlank = count == 1 && !anyQuoted && Blanks.isBlank(cells, 0, ends[0]);
      if (!isBlank) {
        return true;
      }
      record--;
    }
    return false;
  }

  /** Returns the ordinal of the record, from 1. */
  public long record() {
    return record;
  }

  /** Returns the number of cells of the record. */
  public int size() {
    return count;
  }

  /** Returns a cell of the record, from 0. */
  public String cell(int index) {
    int from = index == 0 ? 0 : ends[index - 1];
    return new String(cells, from, ends[index] - from);
  }

  /** Returns all cells of the record. */
  public List<String> cells() {
    List<String> all = new ArrayList<>(count);
    for (int k = 0; k < count; k++) {
      all.add(cell(k));
    }
    return all;
  }

  private void read() throws IOException {
    used = 0;
    count = 0;
    anyQuoted = false;
    while (readCell()) {
      // The separator after a cell announces another.
    }
  }

  /** Reads a cell with what ends it, and returns whether that is a separator. */
  private boolean readCell() throws IOException {
    int start = used;
    int kept = start;
    boolean quoted = false;
    while (true) {
      int c = take();
      if (c == END || isLineEnd(c) || isSeparator(c)) {
        end(start, kept);
        return c != END && !endsLine(c);
      }
      if (c == dialect.quote() && c != CsvDialect.NONE && !quoted) {
        if (Blanks.isBlank(cells, start, used)) {
          used = start;
          readQuoted();
          kept = used;
          quoted = true;
          anyQuoted = true;
          continue;
        }
      }
      if (quoted) {
        if (!Blanks.isBlank((char) c)) {
          throw new CsvException(
              record,
              "there is text after a closing quote (quotes inside quoted values must be doubled; if"
                  + " a backslash is before them, as Spark writes them, set data.options.escape ="
                  + " \"\\\\\")");
        }
        continue;
      }
      append((char) c);
    }
  }

  /** Whether the character that ended a cell ended its record; the rest of it is taken then. */
  private boolean endsLine(int c) throws IOException {
    if (!isLineEnd(c)) {
      return false;
    }
    if (c == '\r' && dialect.lineEnd() == CsvDialect.NONE && has(1) && buffer[at] == '\n') {
      at++;
    }
    return true;
  }

  /**
   * Ends a cell.
   *
   * @param kept what blanks are not taken from: the end of a quoted cell; {@code start} of others
   */
  private void end(int start, int kept) {
    int to = used;
    int from = start;
    if (dialect.stripsTrailing()) {
      while (to > kept && Blanks.isBlank(cells[to - 1])) {
        to--;
      }
    }
    if (dialect.stripsLeading() && kept == start) {
      while (from < to && Blanks.isBlank(cells[from])) {
        from++;
      }
      System.arraycopy(cells, from, cells, start, to - from);
      to -= from - start;
    }
    used = to;
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, 2 * count);
    }
    ends[count++] = used;
  }

  /** Reads what stands between quotes, the closing one included. */
  private void readQuoted() throws IOException {
    while (true) {
      int c = take();
      if (c == END) {
        throw new CsvException(record, "a quoted value has no closing quote");
      }
      if (c == dialect.quote()) {
        if (!has(1) || buffer[at] != dialect.quote()) {
          return;
        }
        at++;
      } else if (isMark(c, dialect.escape())) {
        if (has(1) && (buffer[at] == dialect.quote() || buffer[at] == dialect.escape())) {
          c = buffer[at++];
        }
      } else if (isLineEnd(c) && !dialect.quotedLines()) {
        throw new CsvException(
            record, "a line ends inside a quoted value, and data.options.multiLine is false");
      }
      append((char) c);
    }
  }

  private void append(char c) {
    if (used == cells.length) {
      if (used >= MOST_CHARACTERS) {
        throw new CsvException(
            record,
            "must have at most "
                + MOST_CHARACTERS
                + " characters (is a quote without its partner?)");
      }
      cells = Arrays.copyOf(cells, 2 * used);
    }
    cells[used++] = c;
  }

  private void skipLine() throws IOException {
    int c = take();
    while (c != END && !endsLine(c)) {
      c = take();
    }
  }

  private boolean isLineEnd(int c) {
    return dialect.lineEnd() == CsvDialect.NONE ? c == '\n' || c == '\r' : c == dialect.lineEnd();
  }

  /** Whether a separator begins with this character; the rest of it is taken then. */
  private boolean isSeparator(int c) throws IOException {
    if (c != separator) {
      return false;
    }
    int more = dialect.separator().length() - 1;
    if (more > 0) {
      if (!has(more)) {
        return false;
      }
      for (int k = 0; k < more; k++) {
        if (buffer[at + k] != dialect.separator().charAt(k + 1)) {
          return false;
        }
      }
      at += more;
    }
    return true;
  }

  private static boolean isMark(int c, char mark) {
    return c == mark && mark != CsvDialect.NONE;
  }

  private int take() throws IOException {
    return has(1) ? buffer[at++] : END;
  }

  /** Whether so many characters are left; they are in the buffer then. */
  private boolean has(int characters) throws IOException {
    while (filled - at < characters && !ended) {
      System.arraycopy(buffer, at, buffer, 0, filled - at);
      filled -= at;
      at = 0;
      try {
        int read = reader.read(buffer, filled, buffer.length - filled);
        ended = read < 0;
        filled += Math.max(0, read);
      } catch (CharacterCodingException e) {
        // Decoding runs ahead of the records, so which one it is isn't known.
        throw new CsvException(
            0, "is not text in " + dialect.encoding() + " (data.options.encoding)");
      }
    }
    return filled - at >= characters;
  }
}
