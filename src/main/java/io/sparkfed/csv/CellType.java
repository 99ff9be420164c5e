package io.sparkfed.csv;

import io.sparkfed.model.PlainText;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The type of a cell that isn't missing, and what a column is whose cells have several: as Spark
 * infers it, but for whole numbers, which are {@code LONG} whatever their size, or {@code DOUBLE}
 * beyond 2^63.
 */
public enum CellType {
  /** {@code true} or {@code false} in any case. */
  BOOLEAN,
  /** A whole number of 64 bits. */
  LONG,
  /** A number, or an infinite one, or NaN. */
  DOUBLE,
  /** {@code 2024-02-29}. */
  DATE,
  /** {@code 2024-02-29 12:30:00.5} or with {@code T}, with or without an offset. */
  TIMESTAMP,
  /** Anything else. */
  TEXT;

  /** The longest whole number of 64 bits has so many characters. */
  private static final int MOST_LONG_CHARACTERS = 20;

  private static final Pattern DATE_TEXT = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");
  private static final Pattern TIMESTAMP_TEXT =
      Pattern.compile(
          "(\\d{4}-\\d\\d-\\d\\d)[ T](\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9})?)?)(Z|[-+]\\d\\d:\\d\\d)?");

  private static final Pattern GROUPED =
      Pattern.compile("[-+]?(\\d*\\.\\d+|\\d{1,3}(\\.\\d{3})+(,\\d*)?)");

  /**
   * Returns the type of a cell.
   *
   * @param cell its text, not missing
   * @param decimal the decimal mark
   */
  public static CellType of(String cell, char decimal) {
    String text = PlainText.of(cell);
    if (isNumber(text, decimal)) {
      return isLong(text) ? LONG : DOUBLE;
    }
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return BOOLEAN;
    }
    if (date(text).isPresent()) {
      return DATE;
    }
    return isTimestamp(text) ? TIMESTAMP : TEXT;
  }

  /** Returns the one type of a column whose cells have these; empty where all are missing. */
  public static Optional<CellType> common(Set<CellType> types) {
    if (types.size() <= 1) {
      return types.stream().findFirst();
    }
    if (Set.of(LONG, DOUBLE).containsAll(types)) {
      return Optional.of(DOUBLE);
    }
    return Optional.of(Set.of(DATE, TIMESTAMP).containsAll(types) ? TIMESTAMP : TEXT);
  }

  /** Returns a date; empty where the text is none. */
  public static Optional<LocalDate> date(String text) {
    if (!DATE_TEXT.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalDate.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static boolean isTimestamp(String text) {
    return timestamp(text).isPresent();
  }

  /**
   * A moment as a text says it.
   *
   * @param local date and time
   * @param withOffset the same with its offset; null where the text has none
   */
  public record Moment(LocalDateTime local, OffsetDateTime withOffset) {}

  /** Returns a moment; empty where the text is none. */
  public static Optional<Moment> timestamp(String text) {
    Matcher matcher = TIMESTAMP_TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      String local = matcher.group(1) + "T" + matcher.group(2);
      String offset = matcher.group(3);
      return Optional.of(
          new Moment(
              LocalDateTime.parse(local),
              offset == null ? null : OffsetDateTime.parse(local + offset)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Whether a text is a number, finite or not, with this decimal mark. */
  public static boolean isNumber(String text, char decimal) {
    return isFinite(text, decimal) || isInfinite(text) || text.equalsIgnoreCase("NaN");
  }

  private static boolean isInfinite(String text) {
    String size = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
    return size.equalsIgnoreCase("Infinity") || size.equalsIgnoreCase("Inf");
  }

  /** Whether a text is digits with at most one decimal mark, a sign and an exponent. */
  static boolean isFinite(String text, char decimal) {
    int length = text.length();
    int at = 0;
    if (at < length && isSign(text.charAt(at))) {
      at++;
    }
    int digits = 0;
    boolean marked = false;
    while (at < length) {
      char c = text.charAt(at);
      if (c >= '0' && c <= '9') {
        digits++;
      } else if (c == decimal && !marked) {
        marked = true;
      } else {
        break;
      }
      at++;
    }
    if (digits == 0) {
      return false;
    }
    if (at < length && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < length && isSign(text.charAt(at))) {
        at++;
      }
      int from = at;
      while (at < length && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      // Exponents of more digits are no numbers that a file means.
      return at == length && at > from && at - from <= 5;
    }
    return at == length;
  }

  static boolean isSign(char c) {
    return c == '-' || c == '+';
  }

  static boolean isLong(String number) {
    for (int k = 0; k < number.length(); k++) {
      char c = number.charAt(k);
      boolean fits = (c >= '0' && c <= '9') || (k == 0 && isSign(c));
      if (!fits) {
        return false;
      }
    }
    if (number.length() < MOST_LONG_CHARACTERS - 1) {
      return true;
    }
    try {
      Long.parseLong(number);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** Returns a number's text with a point for its decimal mark. */
  static String pointed(String number, char decimal) {
    return decimal == '.' ? number : number.replace(decimal, '.');
  }

  /**
   * Returns a cell as text whose numbers have points.
   *
   * @param cell its text, not missing
   * @param decimal the file's decimal mark
   * @return empty if it is a number with a point where the decimal mark is a comma: a thousands
   *     separator or not, nobody can tell
   */
  public static Optional<String> withPoints(String cell, char decimal) {
    if (decimal == '.') {
      return Optional.of(cell);
    }
    String text = PlainText.of(cell);
    if (isFinite(text, decimal)) {
      return Optional.of(pointed(text, decimal));
    }
    return GROUPED.matcher(text).matches() ? Optional.empty() : Optional.of(cell);
  }

  /** Returns the number of a text with a decimal point; empty where it is none. */
  public static Optional<Double> number(String cell) {
    String text = PlainText.of(cell);
    double finite = Decimals.parse(text.toCharArray(), 0, text.length(), '.');
    if (!Double.isNaN(finite)) {
      return Optional.of(finite);
    }
    if (isInfinite(text)) {
      return Optional.of(
          text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }
    return text.equalsIgnoreCase("NaN") ? Optional.of(Double.NaN) : Optional.empty();
  }
}
