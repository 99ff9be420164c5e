package io.sparkfed.config;

/** Texts in SQL expressions: they hold what an owner's rows are keyed, salted or picked with. */
final class SqlLiterals {
  private final String sql;
  private final String instead;
  private final StringBuilder out = new StringBuilder();
  private int at;

  private SqlLiterals(String sql, String instead) {
    this.sql = sql;
    this.instead = instead;
  }

  /**
   * Returns an expression with each text, and each comment, replaced. Where it can't be told where
   * a text ends, everything from there on is replaced.
   */
  static String replaced(String sql, String instead) {
    return new SqlLiterals(sql, instead).replaced();
  }

  private String replaced() {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (c == '\'' || c == '"') {
        literal(c);
      } else if (c == '`') {
        keepTo(sql.indexOf('`', at + 1), 1);
      } else if (sql.startsWith("--", at)) {
        skipTo(sql.indexOf('\n', at));
      } else if (sql.startsWith("/*", at)) {
        int end = sql.indexOf("*/", at + 2);
        skipTo(end < 0 ? -1 : end + 2);
      } else {
        out.append(c);
        at++;
      }
    }
    return out.toString();
  }

  /** A backslash may or may not keep a quote from ending a text: that is a setting of Spark. */
  private void literal(char quote) {
    int end = sql.indexOf(quote, at + 1);
    out.append(quote).append(instead).append(quote);
    at = end < 0 || sql.charAt(end - 1) == '\\' ? sql.length() : end + 1;
  }

  private void keepTo(int end, int length) {
    int next = end < 0 ? sql.length() : end + length;
    out.append(sql, at, next);
    at = next;
  }

  private void skipTo(int end) {
    out.append(instead);
    at = end < 0 ? sql.length() : end;
  }
}
