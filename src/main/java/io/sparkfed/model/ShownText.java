package io.sparkfed.model;

/**
 * Texts that a terminal shows. What owners' rows, files and tables are called comes from elsewhere,
 * and a terminal obeys some characters: they could forge lines, or change what stands beside them.
 */
public final class ShownText {
  private ShownText() {}

  /**
   * Returns whether each character is shown: none is a control character (C0 or C1), ends a line,
   * turns the direction of writing, or is half of a character.
   */
  public static boolean isShown(String text) {
    return text.codePoints().noneMatch(ShownText::isObeyed);
  }

  /** Returns a text as one line: what a terminal would obey is spelled out in hexadecimal. */
  public static String line(String text) {
    if (isShown(text)) {
      return text;
    }
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (isObeyed(c)) {
                line.append(String.format("\\u%04x", c));
              } else {
                line.appendCodePoint(c);
              }
            });
    return line.toString();
  }

  /** Returns a text of several lines: each as {@link #line} has it, all but the first indented. */
  public static String paragraph(String text) {
    StringBuilder lines = new StringBuilder(text.length());
    text.lines()
        .forEach(
            line -> {
              if (!lines.isEmpty()) {
                lines.append(line.startsWith(" ") || line.startsWith("\t") ? "\n" : "\n  ");
              }
              lines.append(line(line.replace("\t", "    ")));
            });
    return lines.toString();
  }

  private static boolean isObeyed(int c) {
    return Character.isISOControl(c)
        || c == 0x061C
        || (c >= 0x200E && c <= 0x200F)
        || (c >= 0x2028 && c <= 0x202E)
        || (c >= 0x2066 && c <= 0x2069)
        || (c >= 0xE0000 && c <= 0xE007F)
        || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }
}
