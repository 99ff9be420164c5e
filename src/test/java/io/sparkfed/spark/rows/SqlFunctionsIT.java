package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/** All functions that Spark and its users have: which of them rows may be asked by. */
class SqlFunctionsIT {
  private static final Path GOLDEN =
      Path.of("src/test/resources/io/sparkfed/spark/rows/allowed-functions.txt");

  private static final String[] ARGUMENTS = {
    "",
    "1",
    "'1'",
    "1, 1",
    "'a', 'b'",
    "array(1)",
    "1, 1, 1",
    "'a', 'b', 'c'",
    "timestamp'2024-01-01', '1 day'"
  };

  private static SparkSession spark;

  @BeforeAll
  static void open() {
    spark = LocalTraining.session(2);
  }

  /** Spark's own examples are analyzed, and calls with some arguments beside. */
  @Test
  void broken_callOfEachFunction_isUnlessItIsOnTheList() throws IOException {
    Set<String> allowed = new TreeSet<>();
    var registry = spark.sessionState().functionRegistry();
    for (var function : CollectionConverters.asJava(registry.listFunction())) {
      String name = function.funcName();
      for (Optional<String> broken : outcomes(name, registry.lookupFunction(function).get())) {
        if (broken.isEmpty()) {
          allowed.add(name);
        }
      }
    }

    Set<String> golden = new TreeSet<>(Files.readAllLines(GOLDEN));
    Set<String> unlisted = new TreeSet<>(allowed);
    unlisted.removeAll(golden);
    assertEquals(Set.of(), unlisted, "allowed, and not on the list");
    if (spark.version().startsWith("4.0.")) {
      assertEquals(golden, allowed);
    }
  }

  private static List<Optional<String>> outcomes(String name, ExpressionInfo info) {
    List<Optional<String>> outcomes = new ArrayList<>();
    Dataset<Row> one = spark.sql("select 1 x");
    for (String line : info.getExamples().lines().toList()) {
      String[] example = line.strip().replaceAll(";$", "").split("(?i)> SELECT | FROM ", -1);
      if (example.length > 1 && example[0].isEmpty()) {
        try {
          String values = example.length > 2 ? example[2].replaceAll(" GROUP BY .*", "") : "";
          Dataset<Row> table = values.isEmpty() ? one : spark.sql("select * from " + values);
          outcomes.add(outcome(example[1], table));
        } catch (Exception e) {
          // It is no query of one table.
        }
      }
    }
    for (String arguments : ARGUMENTS) {
      if (Character.isLetter(name.charAt(0))) {
        outcomes.add(outcome("`" + name + "`(" + arguments + ")", one));
      }
    }
    return outcomes;
  }

  /** Returns the rule that is broken; what Spark doesn't take can't be asked either. */
  private static Optional<String> outcome(String sql, Dataset<Row> table) {
    try {
      return RowExpressions.broken(sql, table.withColumn("made", functions.expr(sql)), table);
    } catch (Exception e) {
      return Optional.of("is none");
    }
  }

  /**
   * What tells of the machine, calls into it, fails as asked, makes rows of one, or can't be told
   * again.
   */
  @Test
  void list_functionsThatDoMore_areNotOnIt() throws IOException {
    Set<String> both = new HashSet<>(Files.readAllLines(GOLDEN));
    both.retainAll(
        Set.of(
            ("reflect java_method try_reflect input_file_name input_file_block_start"
                    + " input_file_block_length raise_error assert_true current_user user session_user"
                    + " version current_catalog current_database current_schema uuid rand randn random"
                    + " uniform randstr shuffle now current_date current_timestamp localtimestamp curdate"
                    + " current_timezone explode explode_outer posexplode posexplode_outer inline"
                    + " inline_outer stack json_tuple from_csv from_json from_xml from_avro"
                    + " from_protobuf monotonically_increasing_id spark_partition_id aes_encrypt"
                    + " sum count collect_list first lag row_number window session_window")
                .split(" ")));
    assertEquals(Set.of(), both);
  }

  @Test
  void broken_functionOfAUser_isUnderAnyName() {
    SparkSession own = spark.newSession();
    Dataset<Row> table = own.sql("select 1 x");
    UDF1<Integer, Integer> udf = x -> x + 1;
    own.udf().register("mine", udf, DataTypes.IntegerType);
    assertRule("must not call functions of users, and mine is one", "mine(x) + 1", table);
    assertRule("must not call functions of users", "transform(array(x), i -> mine(i))[0]", table);
    assertRule("must not call functions of users", "nvl2(x, mine(x), 1)", table);

    own.udf().register("abs", udf, DataTypes.IntegerType);
    assertRule("must not call functions of users, and abs is one", "abs(x)", table);
  }

  @Test
  void broken_functionWrittenInSql_isRefused() {
    SparkSession own = spark.newSession();
    try {
      own.sql("create temporary function mine(a int) returns int return a + 1");
    } catch (Exception e) {
      // Spark has had them since 4.0.
      return;
    }
    assertRule("must depend on the row alone, but ", "mine(x)", own.sql("select 1 x"));
  }

  @Test
  void broken_placeOfARow_isRefused() throws IOException {
    Path folder = Files.createTempDirectory("placed");
    spark.range(3).toDF("x").write().parquet(folder.resolve("t").toString());
    Dataset<Row> table = spark.read().parquet(folder.resolve("t").toString());
    assertRule("must not read _metadata", "_metadata.file_name", table);
    assertRule("must not read _metadata", "_metadata.row_index + x", table);
  }

  private static void assertRule(String rule, String sql, Dataset<Row> table) {
    String broken = outcome(sql, table).orElse("(none)");
    assertTrue(broken.startsWith(rule), sql + ": " + broken);
  }
}
