package io.sparkfed.jobs;

import io.sparkfed.jobs.ErrorCases.Case;
import java.util.stream.Stream;

/** Expressions of {@code data.derive} and {@code data.where} that a training refuses. */
final class SqlErrorCases {
  private SqlErrorCases() {}

  private static Case where(String sql, String... told) {
    return Case.of("where " + sql, 3, "data.where = \"\"\"" + sql + "\"\"\"", told);
  }

  private static Case derive(String columns, String... told) {
    return Case.of("derive " + columns, 3, "data.derive { " + columns + " }", told);
  }

  /** What Spark computes before it sees a row. */
  static Stream<Case> constants() {
    return Stream.of(
        where("1/0 > 1", "data.where fails, whatever a row holds", "DIVIDE_BY_ZERO"),
        where("x1 > array(1)[5]", "data.where fails, whatever", "INVALID_ARRAY_INDEX"),
        where("cast('a' as int) > 1", "data.where fails, whatever", "CAST_INVALID_INPUT"),
        where("date_format(date'2024-01-01', 'QQQQQQQ') = 'a'", "data.where fails, whatever"),
        where("schema_of_json('[') = 'a'", "data.where fails, whatever"),
        derive("p = x1, q = \"make_date(2024, 13, 1)\", r = x2", "data.derive.q fails, whatever"));
  }

  /** What isn't of the row. */
  static Stream<Case> strangers() {
    String alone = "must depend on the row alone, but ";
    String same = "must give the same whenever a row is read, but ";
    return Stream.of(
        where("current_user() = 1", alone + "current_user"),
        where("version() > 'a'", alone + "version"),
        where("input_file_name() like '%a%'", alone + "input_file_name"),
        where("current_timezone() = 'a'", alone + "current_timezone"),
        where("date'today' > date'2024-01-01'", same + "a date or timestamp of today"),
        where("to_date('yesterday') > '2024-01-01'", same + "a date or timestamp of today"),
        where("aes_encrypt('a', '0000000000000000') is null", same + "aes_encrypt"),
        where("hash(*) > 1", "data.where must name the columns"),
        where("identifier('x1') > 1", "data.where must name the columns", "identifier"));
  }

  static Stream<Case> names() {
    return Stream.of(
        derive(
            "aa = \"x1 * 2\", x1 = \"aa + 1\"",
            "data.derive.aa, data.derive.x1 are made of each other"),
        derive(
            "aa = \"x1 * 2\", x1 = \"x1 + 1\"",
            "data.derive.aa reads x1, which is a column of the table and another one of data.derive"),
        derive("q = x1, Q = x2", "data.derive.Q and data.derive.q name one column"),
        derive(
            "q = \"x1 + x22\"", "column `x22` does not exist", "nearest is x2", "y, w, part, note"),
        derive("q = \"q + 1\"", "column `q` does not exist"));
  }

  static Stream<Case> missing() {
    return Stream.of(
        where("trim(note) = 'NA'", "data.where must not compare a column with 'NA'"),
        where("note LIKE 'NA'", "data.where must not compare a column with 'NA'"),
        Case.of(
            "a missing value of one worker",
            3,
            "data { workers.b { path = \"ROOT/b.csv\", missing-values = [\"-9\"] },"
                + " where = \"note <> -9\" }",
            "'-9', which is a missing value in csv files of worker b"));
  }

  static Stream<Case> all() {
    return Stream.of(constants(), strangers(), names(), missing()).flatMap(cases -> cases);
  }
}
