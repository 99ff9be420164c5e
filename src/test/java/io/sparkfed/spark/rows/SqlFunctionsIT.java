package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/** All of Spark's functions that say something although nothing is asked. */
class SqlFunctionsIT {
  /** They are constants, or empty ones. */
  private static final Set<String> CONSTANTS =
      Set.of(
          "array",
          "arrays_zip",
          "concat",
          "e",
          "make_dt_interval",
          "make_interval",
          "make_ym_interval",
          "map",
          "map_concat",
          "named_struct",
          "pi",
          "struct",
          "try_make_interval",
          "when");

  private static SparkSession spark;

  @BeforeAll
  static void open() {
    spark = LocalTraining.session(2);
  }

  @Test
  void broken_functionWithoutArguments_isUnlessItIsAConstant() {
    Dataset<Row> table = spark.sql("select 1 x");
    Set<String> allowed = new TreeSet<>();
    Set<String> refused = new TreeSet<>();
    for (var function :
        CollectionConverters.asJava(spark.sessionState().functionRegistry().listFunction())) {
      String name = function.funcName();
      String sql = "`" + name + "`()";
      Dataset<Row> made;
      try {
        made = table.where(sql + " is null");
      } catch (Exception e) {
        // It needs arguments, or rows.
        continue;
      }
      (RowExpressions.broken(sql, made, table).isEmpty() ? allowed : refused).add(name);
    }

    allowed.removeAll(CONSTANTS);
    assertEquals(Set.of(), allowed);
    assertTrue(refused.containsAll(Set.of("user", "version", "uuid", "now", "input_file_name")));
  }
}
