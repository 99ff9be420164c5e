package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.data.DataException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that bring their types along, and not the same ones. */
class SqlTypesIT {
  private static SparkSession spark;

  @TempDir static Path tables;
  @TempDir Path folder;

  /** In each row y is 2 p + 3 q, of the greatest of k and m, and the sum of them. */
  @BeforeAll
  static void write() {
    spark = LocalTraining.session(2);
    write("a", "int", "int");
    write("b", "double", "bigint");
    write("c", "decimal(6, 1)", "smallint");
    write("text", "string", "int");
  }

  private static void write(String worker, String k, String m) {
    spark
        .sql(
            "select cast(k as %s) k, cast(m as %s) m, 2 * greatest(k, m) + 3 * (k + m) y from"
                    .formatted(k, m)
                + " (select cast(id * 7 % 11 as int) k, cast(id * 5 % 13 as int) m"
                + " from range(20))")
        .coalesce(1)
        .write()
        .parquet(tables.resolve(worker).toString());
  }

  private String conf(String... workers) {
    StringBuilder text = new StringBuilder("algorithm.preset = normal-equations\n");
    for (String worker : workers) {
      text.append("data.workers." + worker + " = \"" + tables.resolve(worker) + "\"\n");
    }
    return text
        + "data { format = parquet, label-column = y, feature-columns = [p, q],"
        + " derive { p = \"greatest(k, m)\", q = \"k + length(cast(k as string)) + m"
        + " - length(cast(double(k) as string))\" } }\n";
  }

  /** As text 7 is 7.0 at everybody, since it is a double somewhere. */
  @Test
  void train_numbersOfSeveralTypes_areOfOneThatHoldsThem() throws IOException {
    double[] model =
        LocalTraining.train(spark, LocalTraining.config(folder, conf("a", "b", "c")))
            .model()
            .values();

    assertArrayEquals(new double[] {2.0, 3.0, 0.0}, model, 1e-9);
  }

  @Test
  void train_numbersAndTextsOfOneColumn_areRefusedWithTheirKey() throws IOException {
    var config = LocalTraining.config(folder, conf("a", "b", "text") + "data.where = \"k < m\"");

    DataException e =
        assertThrows(DataException.class, () -> new ShardLoader(spark, config).load());

    assertEquals(
        "worker text: column k (data.derive.p) is of type string, and at other workers of type"
            + " double; SQL needs one type at all workers",
        e.getMessage());
  }

  @Test
  void load_columnThatSqlDoesNotRead_mayDiffer() throws IOException {
    String conf = conf("a", "b", "text").replaceAll("p = .*?, q", "p = m, q");
    String of = conf.replaceAll("q = \".*?\"", "q = \"2 * m\"");

    try (var federation =
        new ShardLoader(spark, LocalTraining.config(folder, of)).load().federation()) {
      assertEquals(List.of("a", "b", "text"), federation.workers());
    }
  }
}
