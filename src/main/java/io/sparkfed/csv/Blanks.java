package io.sparkfed.csv;

/** Blanks around names and values: white space of every kind, also spaces that don't break. */
final class Blanks {
  private Blanks() {}

  static boolean isBlank(char c) {
    return c <= ' ' || (c >= 0x80 && (Character.isWhitespace(c) || Character.isSpaceChar(c)));
  }

  static boolean isBlank(char[] text, int from, int to) {
    for (int k = from; k < to; k++) {
      if (!isBlank(text[k])) {
        return false;
      }
    }
    return true;
  }

  /** Returns a text without the blanks around it. */
  static String strip(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isBlank(text.charAt(from))) {
      from++;
    }
    while (to > from && isBlank(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }
}
