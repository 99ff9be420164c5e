package io.sparkfed.model;

import java.math.BigDecimal;
import java.text.Normalizer;

/**
 * Texts of different owners made comparable: two that look alike are the same. So are workers' ids,
 * the levels of categories, classes, and the texts that stand for a missing value treated
 * everywhere, in tables, in paths and in the configuration.
 */
public final class PlainText {
  private static final int MOST_PLAIN_DIGITS = 60;

  private PlainText() {}

  /**
   * Returns a text in Unicode's normal form C, without white space around it, each run of white
   * space inside it as one space, and without characters that show nothing. White space is
   * Unicode's (no-break and thin spaces, tabs, ends of lines) and control characters. Joiners,
   * which change what is shown, are kept. What is returned is returned unchanged.
   */
  public static String of(String text) {
    if (isPlain(text)) {
      return text;
    }
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isSpace(c)) {
        if (!plain.isEmpty() && plain.charAt(plain.length() - 1) != ' ') {
          plain.append(' ');
        }
      } else if (!isInvisible(c)) {
        plain.append(c);
      }
    }
    if (!plain.isEmpty() && plain.charAt(plain.length() - 1) == ' ') {
      plain.setLength(plain.length() - 1);
    }
    return Normalizer.normalize(plain, Normalizer.Form.NFC);
  }

  /**
   * Returns a number as decimal digits, whatever its type and scale: 1, 1.0 and 1L are all {@code
   * 1}. Where that would take more than some 60 zeros, in scientific notation.
   *
   * @throws IllegalArgumentException if it isn't finite
   */
  public static String ofNumber(Number number) {
    if (!Double.isFinite(number.doubleValue()) && !(number instanceof BigDecimal)) {
      throw new IllegalArgumentException("a number must be finite");
    }
    BigDecimal value = new BigDecimal(number.toString()).stripTrailingZeros();
    if (value.signum() == 0) {
      return "0";
    }
    return Math.abs(value.scale()) <= MOST_PLAIN_DIGITS ? value.toPlainString() : value.toString();
  }

  /** Printable ASCII without a space at an end or two in a row. */
  private static boolean isPlain(String text) {
    char before = ' ';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || (c == ' ' && before == ' ')) {
        return false;
      }
      before = c;
    }
    return text.isEmpty() || before != ' ';
  }

  private static boolean isSpace(char c) {
    return Character.isISOControl(c) || Character.isSpaceChar(c);
  }

  /** Soft hyphens, zero-width spaces, byte order marks, and marks of direction. */
  private static boolean isInvisible(char c) {
    return c == '\u00AD'
        || c == '\u180E'
        || c == '\u200B'
        || c == '\u200E'
        || c == '\u200F'
        || (c >= '\u202A' && c <= '\u202E')
        || (c >= '\u2060' && c <= '\u2069')
        || c == '\uFEFF';
  }
}
