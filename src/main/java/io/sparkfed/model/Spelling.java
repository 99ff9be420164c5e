package io.sparkfed.model;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Which texts spell the same level of a category. */
public enum Spelling {
  /**
   * Texts of one number, as {@code 1}, {@code 1.0}, {@code 01}, {@code +1} and {@code 1e0}, and of
   * one boolean, as {@code true} and {@code TRUE}: what columns of these types would hold.
   */
  VALUE,
  /** Only the same {@link PlainText}: {@code 01} is not {@code 1}. */
  TEXT;

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]{1,3})?");

  /** Longer ones are no numbers that anybody spells in two ways. */
  private static final int LONGEST_NUMBER = 64;

  /** Returns the level that a text spells. */
  public String level(String text) {
    String plain = PlainText.of(text);
    if (this == TEXT) {
      return plain;
    }
    if (plain.equalsIgnoreCase("true") || plain.equalsIgnoreCase("false")) {
      return plain.equalsIgnoreCase("true") ? "true" : "false";
    }
    return plain.length() <= LONGEST_NUMBER && NUMBER.matcher(plain).matches()
        ? PlainText.ofNumber(new BigDecimal(plain))
        : plain;
  }
}
