package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.jobs.JobRunner.Outcome;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Predictions into files. */
class PredictIT extends TrainedModel {
  @ParameterizedTest
  @ValueSource(strings = {"csv", "json", "parquet"})
  void predict_anyFileFormat_writesTheRowsWithPredictions(String format) {
    String path = own.resolve("predictions").toString();

    Outcome outcome =
        jobs.predict(
            ThreeWorkers.conf(own, root),
            "predictions.path=" + path,
            "predictions.format=" + format,
            "--model",
            model.toString());

    assertEquals(0, outcome.code(), outcome.toString());
    assertEquals("predictions written to " + path, outcome.out().strip());
    JobRunner.withSpark(
        spark -> {
          Dataset<Row> rows = spark.read().format(format).option("header", "true").load(path);
          assertEquals(3L * ThreeWorkers.ROWS_OF_A_WORKER, rows.count());
          assertEquals(
              Set.of(
                  "x1", "x2", "class", "quantity", "part", "worker", "prediction", "probability"),
              new HashSet<>(List.of(rows.columns())));
          assertEquals(3, rows.select("worker").distinct().count());
          assertEquals(
              0, rows.where("(double(probability) > 0.5) != (double(prediction) = 1)").count());
          return null;
        });
  }

  @Test
  void predict_rowsWithoutLabelAndSplit_needNeither() {
    for (String worker : List.of("a", "b", "c")) {
      JobRunner.write(own.resolve("new-" + worker + ".csv"), "x1,x2\n1,2\n3,4\n");
    }

    Outcome outcome =
        jobs.predict(
            ThreeWorkers.conf(own, root),
            "data.workers={a = \"" + own.resolve("new-a.csv") + "\"}",
            "data.workers.b=" + own.resolve("new-b.csv"),
            "data.workers.c=" + own.resolve("new-c.csv"),
            "predictions.path=" + own.resolve("predictions"),
            // How a model was trained is no matter, and its own numbers may be said again.
            "algorithm.preset=fed-prox",
            "seed=9",
            "model.l2=0",
            "--model",
            model.toString());

    assertEquals(0, outcome.code(), outcome.toString());
  }

  private static List<String> csvLines(Path folder) {
    return WrittenFiles.texts(folder).entrySet().stream()
        .filter(file -> file.getKey().endsWith(".csv"))
        .flatMap(file -> file.getValue().lines().limit(1))
        .distinct()
        .toList();
  }

  @Test
  void predict_tablesOfDifferentColumns_areUnitedByNameAndHaveAHeader() {
    JobRunner.write(own.resolve("n1.csv"), "x1,x2,id\n1,2,7\n");
    JobRunner.write(own.resolve("n2.csv"), "Extra,X2,id,x1\nhello,2,seven,1\n");
    JobRunner.write(own.resolve("n3.csv"), "x2,x1\n2,1\n");
    Path path = own.resolve("predictions");

    Outcome outcome =
        jobs.predict(
            ThreeWorkers.conf(own, root),
            "data.workers={n1 = \"OWN/n1.csv\", n2 = \"OWN/n2.csv\", n3 = \"OWN/n3.csv\"}"
                .replace("OWN", own.toString()),
            "predictions.path=" + path,
            "predictions.format=csv",
            "--model",
            model.toString());

    assertEquals(0, outcome.code(), outcome.toString());
    assertEquals(List.of("x1,x2,id,Extra,worker,prediction,probability"), csvLines(path));
    List<Row> rows =
        JobRunner.withSpark(
            spark ->
                spark
                    .read()
                    .option("header", "true")
                    .csv(path.toString())
                    .orderBy("worker")
                    .collectAsList());
    assertEquals(3, rows.size());
    assertEquals("7", rows.get(0).getAs("id"));
    assertEquals("seven", rows.get(1).getAs("id"));
    assertTrue(rows.get(2).isNullAt(2));
    assertTrue(rows.get(0).isNullAt(3));
    assertEquals("hello", rows.get(1).getAs("Extra"));
    // One row in three orders has one probability.
    assertEquals(1, rows.stream().map(row -> row.<String>getAs("probability")).distinct().count());
  }

  @Test
  void predict_typesThatDiffer_becomeOneThatHoldsBothOrAreRefused() {
    JobRunner.withSpark(
        spark -> {
          Dataset<Row> one = spark.sql("select 1.0D x1, 2 x2, 7 id, 'a' t, 1.5F f");
          one.write().parquet(own.resolve("n1").toString());
          spark
              .sql("select 1 x1, 2.0D x2, 9223372036854775807 id, 3 t, 123456789L f")
              .write()
              .parquet(own.resolve("n2").toString());
          spark
              .sql("select 1 x1, 2.0D x2, array(1) id")
              .write()
              .parquet(own.resolve("n3").toString());
          return null;
        });
    String[] settings = {
      ThreeWorkers.conf(own, root),
      "data.format=parquet",
      "data.workers={n1 = \"OWN/n1\", n2 = \"OWN/n2\"}".replace("OWN", own.toString()),
      "predictions.path=" + own.resolve("predictions"),
      "--model",
      model.toString()
    };

    Outcome refused =
        jobs.predict(ThreeWorkers.with(settings, "data.workers.n3=" + own.resolve("n3")));
    Outcome csv =
        jobs.predict(
            ThreeWorkers.with(
                settings, "predictions.format=csv", "data.derive.list=array(double(x1))"));
    Outcome done = jobs.predict(settings);

    assertEquals(3, refused.code(), refused.toString());
    assertTrue(
        refused.err().contains("worker n3: column id is of type array<int>, and that of worker n1"),
        refused.toString());
    assertEquals(2, csv.code(), csv.toString());
    assertTrue(csv.err().contains("can't hold column list of type array"), csv.toString());
    assertEquals(0, done.code(), done.toString());
    JobRunner.withSpark(
        spark -> {
          Dataset<Row> rows =
              spark.read().parquet(own.resolve("predictions").toString()).orderBy("worker");
          Row second = rows.collectAsList().get(1);
          assertEquals(Long.MAX_VALUE, second.<Long>getAs("id"));
          assertEquals("3", second.getAs("t"));
          assertEquals(123456789.0, second.<Double>getAs("f"));
          return null;
        });
  }

  @Test
  void predict_unseenLevelOrMissingValue_isToldOrSkippedOrKept() {
    StringBuilder rows = new StringBuilder("x,g,y\n");
    for (int k = 0; k < 12; k++) {
      // y = 2 x + 10 where g is b, exactly.
      rows.append(k).append(k % 2 == 0 ? ",a," : ",b,").append(2 * k + 10 * (k % 2)).append('\n');
    }
    String data =
        """
        data {
          workers { a = "OWN/g.csv", b = "OWN/g2.csv", c = "OWN/g3.csv" }
          label-column = y, feature-columns = [x, g], categorical.g {}
        }
        algorithm.preset = normal-equations
        """
            .replace("OWN", own.toString());
    for (String file : List.of("g.csv", "g2.csv", "g3.csv")) {
      JobRunner.write(own.resolve(file), rows.toString());
    }
    String conf = JobRunner.write(own.resolve("g.conf"), data).toString();
    Path trained = own.resolve("trained");
    assertEquals(0, jobs.train(conf, "output.dir=" + trained).code());
    JobRunner.write(
        own.resolve("new.csv"), "x,g,id\n1,a,1\n,a,2\n1,secret_level,3\n1,b,4\n1,NA,5\n2,b,6\n");
    String ownConf =
        JobRunner.write(
                own.resolve("own.conf"), "data.workers { n = \"" + own.resolve("new.csv") + "\" }")
            .toString();
    String[] settings = {
      ownConf,
      "--model",
      trained.toString(),
      "predictions.path=" + own.resolve("predictions"),
      "predictions.mode=overwrite"
    };

    Outcome evaluated =
        jobs.evaluate(
            ownConf,
            "--model",
            trained.toString(),
            "data.workers={a = \"OWN/g.csv\", b = \"OWN/g2.csv\", c = \"OWN/g3.csv\"}"
                .replace("OWN", own.toString()));
    assertEquals(0, evaluated.code(), evaluated.toString());
    assertTrue(evaluated.out().contains("\"rows\" : 36"), evaluated.toString());
    Outcome refused = jobs.predict(settings);
    Outcome unseen = jobs.predict(ThreeWorkers.with(settings, "predictions.missing=skip"));

    assertEquals(3, refused.code(), refused.toString());
    assertTrue(refused.err().contains("worker n, column x: is missing"), refused.toString());
    assertTrue(refused.err().contains("predictions.missing = skip"), refused.toString());
    assertEquals(3, unseen.code(), unseen.toString());
    assertTrue(unseen.err().contains("worker n, column g: "), unseen.toString());
    assertFalse(unseen.toString().contains("secret_level"), unseen.toString());
    assertPredictions(
        List.of("1 2.0", "4 12.0", "6 14.0"),
        "rows left out: 3 (column g 2, column x 1)",
        ThreeWorkers.with(settings, "predictions.missing=skip", "predictions.unseen=skip"));
    assertPredictions(
        List.of("1 2.0", "3 null", "4 12.0", "6 14.0"),
        "rows without a prediction: 1 (column g 1)",
        ThreeWorkers.with(settings, "predictions.missing=skip", "predictions.unseen=keep"));
    assertPredictions(
        List.of("1 2.0", "2 null", "3 null", "4 12.0", "5 null", "6 14.0"),
        "rows without a prediction: 3 (column g 2, column x 1)",
        ThreeWorkers.with(settings, "predictions.missing=keep", "predictions.unseen=keep"));
  }

  private void assertPredictions(List<String> expected, String told, String... args) {
    Outcome outcome = jobs.predict(args);
    assertEquals(0, outcome.code(), outcome.toString());
    assertTrue(outcome.out().lines().toList().contains(told), outcome.toString());
    List<String> predicted =
        JobRunner.withSpark(
            spark ->
                spark
                    .read()
                    .parquet(own.resolve("predictions").toString())
                    .orderBy("id")
                    .selectExpr("concat(id, ' ', coalesce(string(round(prediction, 6)), 'null'))")
                    .collectAsList()
                    .stream()
                    .map(row -> row.getString(0))
                    .toList());
    assertEquals(expected, predicted);
  }
}
