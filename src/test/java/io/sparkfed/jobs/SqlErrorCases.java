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
        where("make_date(2024, 13, 1) > '2024-01-01'", "data.where fails, whatever"),
        derive("p = x1, q = \"make_date(2024, 13, 1)\", r = x2", "data.derive.q fails, whatever"));
  }

  /** What isn't of the row. */
  static Stream<Case> strangers() {
    String alone = "must depend on the row alone, but ";
    String same = "must give the same whenever a row is read, but ";
    return Stream.of(
        where("current_user() = 1", alone + "current_user"),
        where("version() > 'a'", alone + "version"),
        where("input_file_name() like '%a%'", same + "input_file_name"),
        where("current_timezone() = 'a'", alone + "current_timezone"),
        where("date'today' > date'2024-01-01'", same + "a date or timestamp of today"),
        where("to_date('yesterday') > '2024-01-01'", same + "a date or timestamp of today"),
        where("aes_encrypt('a', '0000000000000000') is null", alone + "aes_encrypt"),
        where("hour(now()) > 1", alone + "now"),
        where("assert_true(x1 < 2) is null", alone + "assert_true"),
        where("raise_error(note) is null", alone + "raise_error"),
        where("schema_of_json('[') = 'a'", alone + "schema_of_json"),
        where("from_csv(string(note), 'a INT').a > 1", alone + "from_csv"),
        where("try_reflect('java.lang.System', 'getenv', 'HOME') = 'a'", same + "try_reflect"),
        where("java_method('java.lang.System', 'getenv', 'HOME') = 'a'", same + "java_method"),
        where("monotonically_increasing_id() < 1", same + "monotonically_increasing_id"),
        where("count(x1) > 1", "data.where"),
        derive("c = \"explode(array_repeat(1, 5))\"", "data.derive.c must work row by row"),
        derive("c = \"inline(array(struct(x1, x2)))\"", "data.derive.c"),
        derive("c = \"stack(2, x1, x2)\"", "data.derive.c must work row by row"),
        derive("c = \"posexplode(array(x1))\"", "data.derive.c"),
        derive("c = \"json_tuple(string(note), 'a')\"", "data.derive.c must work row by row"),
        derive("c = \"sum(x1)\"", "data.derive.c does not fit the table"),
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
