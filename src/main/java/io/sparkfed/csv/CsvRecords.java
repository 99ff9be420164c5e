package io.sparkfed.csv;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The records of one csv file, one after the other. A quote means something where a cell begins
 * with it, after blanks or none; anywhere else it is a character like others. What can't be read in
 * one way alone is refused: a quoted cell without an end, text after one, bytes that are no text in
 * the file's encoding. Blank lines and comments are no records.
 *
 * <p>Where rows are hidden, a record that can't be read is left out instead: its first line, as
 * what follows a quote without its partner are other records. So one record takes others with it
 * only if its quotes and theirs make one of them that can be read. Bytes that are no text are
 * U+FFFD.
 */
public final class CsvRecords {
  /** A record as long as this is taken for the rest of a file after a quote without its partner. */
  private static final int MOST_CHARACTERS = 1 << 26;

  private static final int END = CsvText.END;

  private final CsvText text;
  private final CsvDialect.Text dialect;
  private final char separator;
  private final PlainRecords plain;
  private final boolean leavesOut;

  /** The characters of records that aren't plain, without what stands between cells. */
  private char[] taken = new char[256];

  private int used;
  private int[] takenBounds = new int[32];

  /** Where the record's cells are, and where in it they begin and end, in turn. */
  private char[] characters = taken;

  private int[] bounds = takenBounds;
  private int count;
  private boolean anyQuoted;
  private long record;

  /**
   * Reads bytes in the dialect's encoding.
   *
   * @throws IOException if they can't be read
   */
  public static CsvRecords of(InputStream bytes, CsvDialect dialect) throws IOException {
    String encoding = dialect.text().encoding();
    boolean leavesOut = dialect.hidesRows();
    return new CsvRecords(
        new CsvText(new DecodedText(bytes, encoding, leavesOut), encoding, leavesOut),
        dialect.text(),
        leavesOut);
  }

  /**
   * Reads text.
   *
   * @throws IOException if it can't be read
   */
  public CsvRecords(Reader text, CsvDialect.Text dialect) throws IOException {
    this(new CsvText(text::read, dialect.encoding(), false), dialect, false);
  }

  private CsvRecords(CsvText text, CsvDialect.Text dialect, boolean leavesOut) {
    this.text = text;
    this.leavesOut = leavesOut;
    this.dialect = dialect;
    this.separator = dialect.separator().charAt(0);
    this.plain = dialect.separator().length() == 1 ? new PlainRecords(dialect) : null;
  }

  /**
   * Goes to the next record.
   *
   * @return whether there is one
   * @throws CsvException if it can't be read in one way alone, and rows aren't hidden
   * @throws IOException if the file can't be read
   */
  public boolean next() throws IOException {
    text.release();
    while (text.has(1)) {
      if (dialect.comment() != CsvDialect.NONE && text.isNext(dialect.comment())) {
        skipLine();
        continue;
      }
      record++;
      if (!isRead()) {
        leaveOut();
        continue;
      }
      boolean isBlank = count == 1 && !anyQuoted && Blanks.isBlank(characters, from(0), to(0));
      if (!isBlank) {
        return true;
      }
      text.release();
      record--;
    }
    return false;
  }

  /** Reads a record; returns whether it can be read, if rows are hidden. */
  private boolean isRead() throws IOException {
    if (!leavesOut) {
      readAny();
      return true;
    }
    text.hold();
    try {
      readAny();
      return true;
    } catch (CsvException e) {
      return false;
    }
  }

  private void readAny() throws IOException {
    if (!findPlain()) {
      read();
    }
  }

  /**
   * Leaves out the first line of the record, where rows are hidden: the next record begins in the
   * line behind it.
   *
   * @throws IOException if the file can't be read
   */
  public void leaveOut() throws IOException {
    text.goBack();
    skipLine();
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
    return new String(characters, from(index), to(index) - from(index));
  }

  /** Returns an array with the record's cells in it, until the next record is read. */
  char[] characters() {
    return characters;
  }

  /** Returns where in {@link #characters} a cell begins. */
  int from(int index) {
    return bounds[2 * index];
  }

  /** Returns where in {@link #characters} a cell ends. */
  int to(int index) {
    return bounds[2 * index + 1];
  }

  /** Returns all cells of the record. */
  public List<String> cells() {
    List<String> all = new ArrayList<>(count);
    for (int k = 0; k < count; k++) {
      all.add(cell(k));
    }
    return all;
  }

  /** Returns whether the record is plain; it is read then. */
  private boolean findPlain() throws IOException {
    if (plain == null) {
      return false;
    }
    int next = plain.find(text);
    while (next == PlainRecords.INCOMPLETE && text.more()) {
      next = plain.find(text);
    }
    if (next < 0) {
      return false;
    }
    text.goTo(next);
    characters = text.buffer();
    bounds = plain.bounds();
    count = plain.count();
    anyQuoted = plain.anyQuoted();
    return true;
  }

  private void read() throws IOException {
    used = 0;
    count = 0;
    anyQuoted = false;
    while (readCell()) {
      // The separator after a cell announces another.
    }
    characters = taken;
    bounds = takenBounds;
  }

  /** Reads a cell with what ends it, and returns whether that is a separator. */
  private boolean readCell() throws IOException {
    int start = used;
    int kept = start;
    boolean quoted = false;
    while (true) {
      int c = text.take();
      if (c == END && !text.isWhole()) {
        throw tooLong();
      }
      if (c == END || isLineEnd(c) || isSeparator(c)) {
        end(start, kept);
        return c != END && !endsLine(c);
      }
      if (c == dialect.quote() && c != CsvDialect.NONE && !quoted) {
        if (Blanks.isBlank(taken, start, used)) {
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
    if (c == '\r' && dialect.lineEnd() == CsvDialect.NONE && text.isNext('\n')) {
      text.take();
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
      while (to > kept && Blanks.isBlank(taken[to - 1])) {
        to--;
      }
    }
    if (dialect.stripsLeading() && kept == start) {
      while (from < to && Blanks.isBlank(taken[from])) {
        from++;
      }
      System.arraycopy(taken, from, taken, start, to - from);
      to -= from - start;
    }
    used = to;
    if (2 * count == takenBounds.length) {
      takenBounds = Arrays.copyOf(takenBounds, 4 * count);
    }
    takenBounds[2 * count] = start;
    takenBounds[2 * count + 1] = used;
    count++;
  }

  /** Reads what stands between quotes, the closing one included. */
  private void readQuoted() throws IOException {
    while (true) {
      int c = text.take();
      if (c == END) {
        throw new CsvException(record, "a quoted value has no closing quote");
      }
      if (c == dialect.quote()) {
        if (!text.isNext(dialect.quote())) {
          return;
        }
        text.take();
      } else if (isMark(c, dialect.escape())) {
        if (text.isNext(dialect.quote()) || text.isNext(dialect.escape())) {
          c = text.take();
        }
      } else if (isLineEnd(c) && !dialect.quotedLines()) {
        throw new CsvException(
            record, "a line ends inside a quoted value, and data.options.multiLine is false");
      }
      append((char) c);
    }
  }

  private void append(char c) {
    if (used == taken.length) {
      if (used >= MOST_CHARACTERS) {
        throw tooLong();
      }
      taken = Arrays.copyOf(taken, 2 * used);
    }
    taken[used++] = c;
  }

  private CsvException tooLong() {
    return new CsvException(
        record,
        "must have at most " + MOST_CHARACTERS + " characters (is a quote without its partner?)");
  }

  private void skipLine() throws IOException {
    int c = text.take();
    while (c != END && !endsLine(c)) {
      c = text.take();
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
      if (!text.has(more)) {
        return false;
      }
      for (int k = 0; k < more; k++) {
        if (text.buffer()[text.at() + k] != dialect.separator().charAt(k + 1)) {
          return false;
        }
      }
      text.goTo(text.at() + more);
    }
    return true;
  }

  private static boolean isMark(int c, char mark) {
    return c == mark && mark != CsvDialect.NONE;
  }
}
