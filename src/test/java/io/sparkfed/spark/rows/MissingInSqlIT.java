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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A missing value is null to SQL, whatever stands for it in a table of whatever format: NaN, a
 * number, a text.
 */
@Timeout(180)
class MissingInSqlIT {
  private static final List<String> FORMATS = List.of("csv", "parquet", "orc");

  private static SparkSession spark;

  @TempDir static Path tables;
  @TempDir Path folder;

  /**
   * In each row y is 50 + 2 x + 7 [age > 50] - 3 max(dose, 1) + 5 [no smoker], where a missing dose
   * is 1, and a missing smoker is one.
   */
  @BeforeAll
  static void write() {
    spark = LocalTraining.session(2);
    for (int k = 0; k < 3; k++) {
      var rows =
          spark
              .sql(
                  ("select *, 50 + 2 * x + 7 * int(age > 50) - 3 * if(dose = -9, 1, dose)"
                          + " + 5 * int(smoker = 'no') y from (select double(id * 7 %% 11) x,"
                          + " if(id %% 6 = 0, double('NaN'), double(37 * id %% 90)) age,"
                          + " float(if(id %% 6 = 0, float('NaN'), 0.5)) f,"
                          + " int(if(id %% 5 = 0, -9, 1 + id * 3 %% 7)) dose,"
                          + " decimal(if(id %% 5 = 0, -9, 1 + id * 3 %% 7)) exact,"
                          + " case id %% 4 when 0 then ' NA ' when 1 then 'no' else 'yes' end smoker"
                          + " from range(%d, %d))")
                      .formatted(1 + 40 * k, 1 + 40 * k + 40))
              .coalesce(1);
      for (String format : FORMATS) {
        rows.write()
            .option("header", true)
            .format(format)
            .save(tables.resolve(format + "/" + "abc".charAt(k)).toString());
      }
    }
  }

  private static String conf(String format, String data) {
    StringBuilder text = new StringBuilder("algorithm.preset = normal-equations\n");
    for (String worker : List.of("a", "b", "c")) {
      Path path = tables.resolve(format).resolve(worker);
      text.append("data.workers." + worker + " = \"" + path + "\"\n");
    }
    return text
        + "data { format = "
        + format
        + ", label-column = y, missing-values = [\"\", NA, NaN, -9], "
        + data
        + " }\n";
  }

  /** Of 120 rows 20 have no age, and so none of the features made of it. */
  @ParameterizedTest
  @CsvSource({"csv, dose", "parquet, dose", "orc, dose", "parquet, exact", "orc, exact"})
  void train_expressionsOfMissingValues_areThoseOfNull(String format, String dose)
      throws IOException {
    var config =
        LocalTraining.config(
            folder,
            conf(
                format,
                "missing = drop, feature-columns = [x, old, d, healthy], derive {"
                    + " old = \"age > 50 and f > 0\", d = \"coalesce("
                    + dose
                    + " * 2, 2) / 2\", healthy = \"coalesce(smoker, 'yes') = 'no'\" }"));

    var result = LocalTraining.train(spark, config);

    assertArrayEquals(new double[] {2.0, 7.0, -3.0, 5.0, 50.0}, result.model().values(), 1e-9);
    assertEquals(100.0, result.rounds().get(0).trainMetrics().get("rows"));
  }

  /** NaN is greater than 50 elsewhere in Spark. */
  @ParameterizedTest
  @ValueSource(strings = {"csv", "parquet", "orc"})
  void train_conditionOnMissingValues_leavesSuchRowsOut(String format) throws IOException {
    String where = "age > -1 and dose < 9 and smoker <> 'maybe'";
    var config =
        LocalTraining.config(
            folder, conf(format, "feature-columns = [x], where = \"" + where + "\""));

    var result = LocalTraining.train(spark, config);

    // Of 1 to 120: those that are no multiple of 6, 5 and 4.
    assertEquals(64.0, result.rounds().get(0).trainMetrics().get("rows"));
  }

  /** It would never be true. */
  @Test
  void load_questionWhetherACellIsNaN_isRefused() throws IOException {
    var config =
        LocalTraining.config(
            folder, conf("parquet", "feature-columns = [x], where = \"not isnan(age)\""));

    DataException e =
        assertThrows(DataException.class, () -> new ShardLoader(spark, config).load());

    assertEquals(
        "data.where must not compare a column with 'NaN', which is a missing value and so null in"
            + " SQL: ask for it with IS NULL, or leave it out of data.missing-values",
        e.getMessage());
  }
}
