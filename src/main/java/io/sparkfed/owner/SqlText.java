package io.sparkfed.owner;

/** Texts in SQL that are compared with an owner's own. */
final class SqlText {
  private SqlText() {}

  /** Returns the text with each run of white space outside of quotes as one blank. */
  static String normal(String sql) {
    StringBuilder normal = new StringBuilder();
    char quote = 0;
    boolean blank = false;
    for (char c : sql.strip().toCharArray()) {
      if (quote == 0 && Character.isWhitespace(c)) {
        blank = true;
        continue;
      }
      if (blank) {
        normal.append(' ');
        blank = false;
      }
      if (quote == 0 && (c == '\'' || c == '"' || c == '`')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
      normal.append(c);
    }
    return normal.toString();
  }
}
