package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.jobs.JobRunner.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an expression means at training it means for rows to predict: of numbers the greatest of 10
 * and 9 is 10, of texts it is 9.
 */
class SavedTypesIT {
  @RegisterExtension static final JobRunner jobs = new JobRunner();

  @TempDir static Path root;

  @TempDir Path own;

  /** The label is 6 times the greatest of k and m. */
  @BeforeAll
  static void train() {
    int row = 0;
    for (String worker : List.of("a", "b", "c")) {
      StringBuilder rows = new StringBuilder("k,m,num,none\n");
      for (int i = 0; i < 8; i++) {
        int k = 3 + 5 * row % 17;
        int m = 1 + 7 * row % 23;
        rows.append(k).append(',').append(m).append(',').append(3 * Math.max(k, m)).append(",\n");
        row++;
      }
      JobRunner.write(root.resolve(worker + ".csv"), rows.toString());
    }
    Outcome trained =
        jobs.train(
            conf("a = ROOT/a.csv, b = ROOT/b.csv, c = ROOT/c.csv"),
            "output.dir=" + root.resolve("model"));
    assertEquals(0, trained.code(), trained.toString());
  }

  private static String conf(String workers) {
    return JobRunner.write(
            root.resolve("types.conf"),
            "data {\n  format = csv\n  workers { "
                + workers.replace("ROOT", root.toString()).replaceAll("= (\\S+\\.csv)", "= \"$1\"")
                + " }\n  derive { y = \"num * 2\", g = \"coalesce(if(none > '5', 0, null), greatest(k, m))\" }\n"
                + "  label-column = y\n  feature-columns = [g]\n}\n"
                + "model.family = linear\nalgorithm.preset = fed-newton\n"
                + "aggregation.mode = insecure-plain\n")
        .toString();
  }

  private Outcome predict(String rows) {
    Path file = JobRunner.write(own.resolve("new.csv"), rows);
    return jobs.predict(
        conf("a = " + file),
        "predictions.path=" + own.resolve("out"),
        "predictions.format=json",
        "--model",
        root.resolve("model").toString());
  }

  private List<Double> predictions() {
    return JobRunner.withSpark(
        spark ->
            spark
                .read()
                .json(own.resolve("out").toString())
                .orderBy("prediction")
                .collectAsList()
                .stream()
                .map((Row row) -> (double) Math.round(row.<Double>getAs("prediction")))
                .toList());
  }

  @Test
  void train_columnsOfSql_keepsTheirTypesBesideTheCoefficients() {
    String saved = JobRunner.read(root.resolve("model/coefficients.json"));

    assertTrue(
        saved
            .replaceAll("\\s", "")
            .contains(
                "\"sqlTypes\":{\"k\":\"long\",\"m\":\"long\",\"none\":\"text\",\"num\":\"long\"}"),
        saved);
  }

  /** Nor do they need the columns of the label. */
  @Test
  void predict_wholeNumbers_areComparedAsNumbers() {
    Outcome outcome = predict("k,m,none\n10,9,\n2,30,\n");

    assertEquals(0, outcome.code(), outcome.toString());
    assertEquals(List.of(60.0, 180.0), predictions());
  }

  @Test
  void predict_columnWithoutAnyValue_hasTheTypeOfTraining() {
    Outcome outcome = predict("k,m,none\n,9,\n,10,\n");

    assertEquals(0, outcome.code(), outcome.toString());
    assertEquals(List.of(54.0, 60.0), predictions());
  }

  /** As a text 10 is less than 5. */
  @Test
  void predict_numbersWhereTrainingSawNothing_areTexts() {
    Outcome outcome = predict("k,m,none\n10,9,10\n");

    assertEquals(0, outcome.code(), outcome.toString());
    assertEquals(List.of(60.0), predictions());
  }

  /** One worker has too few rows for a secure sum, and no rows for what isn't predicted from. */
  @Test
  void predict_unitsOfEachWorker_needsNoMoreThanPredictionDoes() {
    String all = conf("a = ROOT/a.csv, b = ROOT/b.csv, c = ROOT/c.csv");
    String[] units = {"model.standardize=worker", "algorithm.preset=fed-avg"};
    String model = own.resolve("scaled").toString();
    Outcome trained = jobs.train(all, units[0], units[1], "output.dir=" + model);
    assertEquals(0, trained.code(), trained.toString());
    String saved = JobRunner.read(own.resolve("scaled/coefficients.json"));
    JobRunner.write(
        own.resolve("scaled/coefficients.json"),
        saved.replaceFirst("(?s)\"sqlTypes\"\\s*:\\s*\\{[^}]*\\}", "\"sqlTypes\":{}"));

    Outcome outcome =
        jobs.predict(
            conf("a = ROOT/a.csv"),
            units[0],
            "data.derive.more=gone + 1",
            "predictions.path=" + own.resolve("out"),
            "predictions.format=json",
            "--model",
            model);

    assertEquals(0, outcome.code(), outcome.toString());
    assertEquals(8, predictions().size());
  }

  /** As texts the greatest would be found, silently, and be another. */
  @Test
  void predict_textWhereNumbersWere_isRefusedAndNotShown() {
    Outcome outcome = predict("k,m,none\n10,9,\nsecret,3,\n");

    assertEquals(ExitCode.DATA.code(), outcome.code(), outcome.toString());
    assertTrue(outcome.toString().contains("k"), outcome.toString());
    assertTrue(outcome.toString().contains("bigint"), outcome.toString());
    assertFalse(outcome.toString().contains("secret"), outcome.toString());
  }

  @Test
  void predict_constantThatFails_isToldWithItsKey() {
    Path file = JobRunner.write(own.resolve("new.csv"), "k,m,none\n1,2,\n");

    Outcome outcome =
        jobs.predict(
            conf("a = " + file),
            "data.where=1/0 > 1",
            "predictions.path=" + own.resolve("out"),
            "--model",
            root.resolve("model").toString());

    assertEquals(ExitCode.DATA.code(), outcome.code(), outcome.toString());
    assertTrue(outcome.toString().contains("data.where fails, whatever a row holds"));
  }

  /** A label's columns may be there, too: then it is written beside the prediction. */
  @Test
  void predict_rowsWithTheLabelsColumns_keepTheLabel() {
    Outcome outcome = predict("k,m,none,num\n10,9,,30\n");

    assertEquals(0, outcome.code(), outcome.toString());
    assertTrue(
        JobRunner.names(own.resolve("out")).stream().anyMatch(name -> name.endsWith(".json")));
    assertEquals(
        60.0,
        JobRunner.<Number>withSpark(
                spark ->
                    spark.read().json(own.resolve("out").toString()).first().<Number>getAs("y"))
            .doubleValue());
  }

  /**
   * Three workers' rows: a code with leading zeros, and numbers whose order as texts is another.
   */
  private static Path typed(String name, String format, String codeType, String numberType) {
    return JobRunner.withSpark(
        spark -> {
          for (String worker : List.of("a", "b", "c")) {
            spark
                .sql(
                    ("select cast(code as %s) code, cast(k as %s) k, cast(m as %s) m,"
                            + " 3 * int(substr(code, 1, 2)) + greatest(k, m) y from (select"
                            + " concat('0', id %% 4 + 1, lpad(id, 2, '0')) code, id * 7 %% 13 k,"
                            + " id * 5 %% 17 m from range(20))")
                        .formatted(codeType, numberType, numberType))
                .coalesce(1)
                .write()
                .option("header", true)
                .format(format)
                .save(root.resolve(name + "-" + worker).toString());
          }
          return root.resolve(name);
        });
  }

  private static String typedConf(String data, Path rows) {
    StringBuilder workers = new StringBuilder();
    for (String worker : List.of("a", "b", "c")) {
      workers.append(worker + " = \"" + rows + "-" + worker + "\"\n");
    }
    return JobRunner.write(
            root.resolve(Integer.toHexString((data + rows).hashCode()) + ".conf"),
            "data { "
                + data
                + "\n workers { "
                + workers
                + " }\n derive { g = \"cast(substr(code, 1, 2) as double)\","
                + " h = \"greatest(k, m)\" }\n label-column = y, feature-columns = [g, h] }\n"
                + "algorithm.preset = normal-equations\n")
        .toString();
  }

  /** As a number a code has lost its zeros, and as texts 9 is greater than 10. */
  @Test
  void evaluate_tablesOfOtherFormats_meanTheSameOrAreRefused() {
    Path json = typed("json", "json", "string", "bigint");
    Path texts = typed("texts", "json", "string", "string");
    Path parquet = typed("parquet", "parquet", "string", "int");
    Path numbers = typed("numbers", "parquet", "int", "double");
    Path csv = typed("csv", "csv", "string", "int");
    String options = ", options.header = true";
    Map<String, String> train =
        Map.of(
            "json", typedConf("format = json", json),
            "parquet", typedConf("format = parquet", parquet),
            "csv", typedConf("schema = \"code STRING\"" + options, csv));

    train.forEach(
        (name, conf) -> {
          String model = root.resolve("of " + name).toString();
          Outcome trained = jobs.train(conf, "output.dir=" + model);
          assertEquals(0, trained.code(), trained.toString());
          List<String> same =
              List.of(
                  typedConf("format = json", json),
                  typedConf("format = parquet", parquet),
                  typedConf("format = csv", csv),
                  typedConf("schema = \"code STRING, k DOUBLE\"" + options, csv));
          for (String other : same) {
            Outcome outcome = jobs.evaluate(other, "--model", model);
            assertEquals(0, outcome.code(), outcome.toString());
            assertTrue(
                Pattern.compile("\"rmse\" : [0-9.]+E-1[0-9]").matcher(outcome.out()).find(),
                outcome.toString());
          }
          refuse(
              typedConf("format = json", texts),
              model,
              "column k (data.derive.h) is of type string, and was long");
          refuse(
              typedConf("format = parquet", numbers),
              model,
              "column code (data.derive.g) is of type int, and was text");
          refuse(
              typedConf("schema = \"code INT\"" + options, csv),
              model,
              "column code (data.derive.g) is of type int, and was text");
        });
  }

  private static void refuse(String conf, String model, String message) {
    Outcome outcome = jobs.evaluate(conf, "--model", model);
    assertEquals(3, outcome.code(), outcome.toString());
    assertTrue(outcome.err().contains(message), outcome.toString());
  }
}
