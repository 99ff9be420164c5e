package io.sparkfed.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names with values inside a text, as in {@code jdbc:x?user=me&password=...}, {@code
 * Password={...};}, {@code "password": "..."} or {@code Authorization: Basic ...}.
 */
final class SecretPairs {
  private static final Pattern SEPARATOR = Pattern.compile("[=:]|%3[dD]|(?<=\\w)>");

  /** A word before a separator, and up to two words before it. */
  private static final Pattern NAME =
      Pattern.compile("((?:[\\p{L}\\p{N}_-]+ ){0,2})([\\p{L}\\p{N}_.$-]+)[\"'\\\\\\]]*\\s*$");

  private static final int LONGEST_NAME = 120;

  private final String text;
  private final String instead;

  private SecretPairs(String text, String instead) {
    this.text = text;
    this.instead = instead;
  }

  /** Returns a text with the value of each name that stands for a secret replaced. */
  static String replaced(String text, String instead) {
    return new SecretPairs(text, instead).replaced();
  }

  private String replaced() {
    StringBuilder out = new StringBuilder();
    Matcher separator = SEPARATOR.matcher(text);
    int kept = 0;
    while (separator.find()) {
      if (separator.start() < kept
          || !isSecret(
              text.substring(
                  Math.max(kept, separator.start() - LONGEST_NAME), separator.start()))) {
        continue;
      }
      int from = afterSpaces(separator.end());
      int end = endOfValue(from, separator.group());
      if (end > from) {
        out.append(text, kept, from).append(instead);
        kept = end;
      }
    }
    return out.append(text, kept, text.length()).toString();
  }

  private static boolean isSecret(String before) {
    Matcher name = NAME.matcher(before);
    if (!name.find()) {
      return false;
    }
    return SecretNames.contains(name.group(2))
        || (!name.group(1).isEmpty()
            && name.group(2).toLowerCase(Locale.ROOT).startsWith("key")
            && SecretNames.contains(name.group(1) + name.group(2)));
  }

  private int afterSpaces(int at) {
    int next = at;
    while (next < text.length() && text.charAt(next) == ' ') {
      next++;
    }
    return next;
  }

  private int endOfValue(int from, String separator) {
    if (from == text.length()) {
      return from;
    }
    if (text.startsWith("\\\"", from)) {
      return after("\\\"", from + 2);
    }
    char first = text.charAt(from);
    return switch (first) {
      case '{' -> afterQuoted(from + 1, '}');
      case '"', '\'' -> afterQuoted(from + 1, first);
      default -> endOfRun(from, separator.equals(">"));
    };
  }

  private int after(String end, int from) {
    int at = text.indexOf(end, from);
    return at < 0 ? text.length() : at + end.length();
  }

  /** A closing sign twice, or after a backslash, is part of what is quoted. */
  private int afterQuoted(int from, char close) {
    for (int at = from; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '\\') {
        at++;
      } else if (c == close) {
        if (at + 1 == text.length() || text.charAt(at + 1) != close) {
          return at + 1;
        }
        at++;
      }
    }
    return text.length();
  }

  private int endOfRun(int from, boolean isElement) {
    for (int at = from; at < text.length(); at++) {
      char c = text.charAt(at);
      boolean ends =
          isElement
              ? c == '<'
              : c == '&'
                  || c == ';'
                  || c == '"'
                  || c == '\n'
                  || c == '\r'
                  || text.startsWith("%26", at);
      if (ends) {
        return at;
      }
    }
    return text.length();
  }
}
