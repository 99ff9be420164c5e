package io.sparkfed.csv;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;

/** The text of a file, a part of it at a time. */
final class CsvText {
  static final int END = -1;

  private static final int BUFFER = 1 << 16;
  private static final int LARGEST_BUFFER = 1 << 22;

  /** Some characters take two places. */
  private static final int LEAST_ROOM = 2;

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  /** Where the text comes from. */
  interface Source {
    /** Reads some characters into a place of two or more; returns how many, below 0 at the end. */
    int read(char[] text, int from, int length) throws IOException;
  }

  private final Source source;
  private final String encoding;
  private final boolean takesAny;
  private char[] buffer = new char[BUFFER];
  private int at;
  private int filled;
  private boolean ended;

  /** A place to go back to, which stays in the buffer; {@link #END} for none. */
  private int held = END;

  /**
   * Reads text.
   *
   * @param takesAny whether any character is text; one of code 0 is refused otherwise
   */
  CsvText(Source source, String encoding, boolean takesAny) throws IOException {
    this.source = source;
    this.encoding = encoding;
    this.takesAny = takesAny;
    if (has(1) && buffer[0] == BYTE_ORDER_MARK) {
      at++;
    }
  }

  /** Returns the part that is there; it holds until more is read. */
  char[] buffer() {
    return buffer;
  }

  /** Returns where in the buffer what is to be read begins. */
  int at() {
    return at;
  }

  /** Returns where it ends. */
  int filled() {
    return filled;
  }

  /** Whether nothing follows what is in the buffer. */
  boolean isWhole() {
    return ended;
  }

  /** Goes on at a place in the buffer. */
  void goTo(int place) {
    at = place;
  }

  /**
   * Keeps what follows from here on, to go back to. The text seems to end where the buffer can't
   * grow any more; {@link #isWhole} tells that from its end.
   */
  void hold() {
    held = at;
  }

  /** Goes back to where {@link #hold} was called last, and {@link #release releases} it. */
  void goBack() {
    at = held;
    release();
  }

  /** Keeps nothing any longer. */
  void release() {
    held = END;
  }

  /** Whether a character is next; it is not taken. */
  boolean isNext(char c) throws IOException {
    return has(1) && buffer[at] == c;
  }

  /** Returns the next character, or {@link #END}. */
  int take() throws IOException {
    return has(1) ? buffer[at++] : END;
  }

  /** Whether so many characters are left; they are in the buffer then. */
  boolean has(int characters) throws IOException {
    while (filled - at < characters && more()) {
      // Until there are as many.
    }
    return filled - at >= characters;
  }

  /**
   * Reads on, keeps what is still to be read, and moves it to the front of the buffer.
   *
   * @return whether more can be in the buffer now
   */
  boolean more() throws IOException {
    int from = held == END ? at : held;
    boolean isFull = filled - from > buffer.length - LEAST_ROOM;
    if (ended || (isFull && buffer.length >= LARGEST_BUFFER)) {
      return false;
    }
    char[] place = isFull ? new char[2 * buffer.length] : buffer;
    System.arraycopy(buffer, from, place, 0, filled - from);
    buffer = place;
    filled -= from;
    at -= from;
    held = held == END ? END : 0;
    try {
      int read = source.read(buffer, filled, buffer.length - filled);
      ended = read < 0;
      int before = filled;
      filled += Math.max(0, read);
      if (!takesAny) {
        requireText(before);
      }
    } catch (CharacterCodingException e) {
      // Decoding runs ahead of the records, so which one it is isn't known.
      throw new CsvException(0, "is not text in " + encoding + " (data.options.encoding)");
    }
    return true;
  }

  /**
   * A file that a crash has left holds blocks of zeros; one of two bytes a character has them too.
   */
  private void requireText(int from) {
    for (int k = from; k < filled; k++) {
      if (buffer[k] == '\0') {
        throw new CsvException(
            0,
            "holds a character of code 0, which no text has: the file is damaged, or isn't in "
                + encoding
                + " (data.options.encoding)");
      }
    }
  }
}
