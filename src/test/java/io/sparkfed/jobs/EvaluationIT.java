package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.spark.ml.FederatedLogisticRegression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.classification.LinearSVCModel;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Held-out rows and thresholds, by the jobs. */
@Timeout(300)
class EvaluationIT {
  @RegisterExtension static final JobRunner JOBS = new JobRunner();
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  /** Rows 1 to 4 of y = 1.1, 2.2, 2.9, 4.1; those in {@code test} are held out. */
  private String rows(int... test) {
    String[] rows = {"1,1.1", "2,2.2", "3,2.9", "4,4.1"};
    StringBuilder text = new StringBuilder("x,y,part\n");
    for (int i = 0; i < rows.length; i++) {
      int row = i + 1;
      boolean isTest = Arrays.stream(test).anyMatch(t -> t == row);
      text.append(rows[i]).append(isTest ? ",test\n" : ",train\n");
    }
    return text.toString();
  }

  private String conf(String workers) {
    StringBuilder paths = new StringBuilder();
    for (int k = 0; k < workers.length(); k++) {
      char worker = workers.charAt(k);
      Path file = folder.resolve(worker + ".csv").toAbsolutePath();
      paths.append(worker).append(" = \"").append(file).append("\"\n");
    }
    return JobRunner.write(
            folder.resolve(workers + ".conf"),
            "data { workers { "
                + paths
                + "}, label-column = y, feature-columns = [x], split.column = part }\n"
                + "algorithm.preset = normal-equations\n"
                + "output { dir = \""
                + folder.resolve("out")
                + "\", overwrite = true }\n")
        .toString();
  }

  private JsonNode runJson() throws IOException {
    return JSON.readTree(Files.readString(folder.resolve("out/run.json")));
  }

  private static JsonNode printed(JobRunner.Outcome outcome) throws IOException {
    assertEquals(0, outcome.code(), outcome.toString());
    return JSON.readTree(outcome.out().substring(outcome.out().indexOf('{')));
  }

  /** The driver would know the residual of one person. */
  @Test
  void oneTestRowOfOneWorker_isShownToNobodyButItsOwner() throws IOException {
    JobRunner.write(folder.resolve("a.csv"), rows(3));
    JobRunner.write(folder.resolve("b.csv"), rows());
    JobRunner.write(folder.resolve("c.csv"), rows());
    String conf = conf("abc");

    JobRunner.Outcome trained = JOBS.train(conf);

    assertEquals(0, trained.code(), trained.toString());
    JsonNode run = runJson();
    assertEquals("{}", run.path("metrics").path("test").toString());
    String note = "test metrics are not opened: fewer than 3 workers";
    assertTrue(run.path("notes").toString().contains(note), run.path("notes").toString());
    for (String line : Files.readAllLines(folder.resolve("out/rounds.jsonl"))) {
      assertTrue(line.contains("\"test\":{}"), line);
    }
    String model = folder.resolve("out").toString();
    JsonNode evaluated = printed(JOBS.evaluate(conf, "--model", model));
    assertEquals("{}", evaluated.path("metrics").path("test").toString());
    assertEquals(11.0, evaluated.path("metrics").path("train").path("rows").asDouble());
    assertTrue(evaluated.path("notes").toString().contains(note), evaluated.toString());

    // Others' files needn't even be there. y = b + w x by least squares of the other 11 rows.
    Files.delete(folder.resolve("b.csv"));
    Files.delete(folder.resolve("c.csv"));
    JsonNode own = printed(JOBS.evaluate(conf, "--model", model, "--own", "a"));
    JsonNode coefficients =
        JSON.readTree(Files.readString(folder.resolve("out/coefficients.json")));
    double w = coefficients.path("coefficients").path(0).path(0).asDouble();
    double b = coefficients.path("intercepts").path(0).asDouble();
    double squared = Math.pow(b + 3.0 * w - 2.9, 2.0);
    JsonNode test = own.path("metrics").path("test");
    assertEquals(1.0, test.path("rows").asDouble());
    assertEquals(squared, test.path("meanSquaredError").asDouble(), 1e-12);
    assertEquals(3.0, own.path("metrics").path("train").path("rows").asDouble());

    JobRunner.Outcome unknown = JOBS.evaluate(conf, "--model", model, "--own", "d");
    assertEquals(2, unknown.code(), unknown.toString());
    assertTrue(unknown.err().contains("--own must be one of the workers a, b, c"), unknown.err());
    JobRunner.Outcome elsewhere =
        JOBS.evaluate(
            conf,
            "--model",
            model,
            "--own",
            "a",
            "data.workers.a={path=\"" + folder.resolve("a.csv") + "\", hosts=[192.0.2.1]}");
    assertEquals(2, elsewhere.code(), elsewhere.toString());
    assertTrue(elsewhere.err().contains("--own a must run where"), elsewhere.err());
  }

  /** Train at a, b, c; test at d, too: 7.4925 over the six test rows. */
  @Test
  void workerWithTestRowsOnly_isEvaluatedInTrainingAndByTheJob() throws IOException {
    for (String worker : List.of("a", "b", "c")) {
      JobRunner.write(folder.resolve(worker + ".csv"), rows(3));
    }
    JobRunner.write(folder.resolve("d.csv"), "x,y,part\n1,5,test\n2,6,test\n3,7,test\n");
    String conf = conf("abcd");

    JobRunner.Outcome trained = JOBS.train(conf);

    assertEquals(0, trained.code(), trained.toString());
    JsonNode run = runJson();
    JsonNode test = run.path("metrics").path("test");
    assertEquals(6.0, test.path("rows").asDouble());
    assertEquals(7.4925, test.path("meanSquaredError").asDouble(), 5e-5);
    assertEquals(3, run.path("cohort").path("count").asInt());
    assertEquals("[]", run.path("cohort").path("workers").toString());
    assertTrue(
        run.path("notes").toString().contains("test rows only"), run.path("notes").toString());
    JsonNode evaluated = printed(JOBS.evaluate(conf, "--model", folder.resolve("out").toString()));
    JsonNode again = evaluated.path("metrics").path("test");
    assertEquals(6.0, again.path("rows").asDouble());
    assertEquals(
        test.path("meanSquaredError").asDouble(), again.path("meanSquaredError").asDouble(), 1e-12);
    JobRunner.write(folder.resolve("e.csv"), "x,y,part\n");
    JsonNode others =
        printed(JOBS.evaluate(conf("abcde"), "--model", folder.resolve("out").toString()));
    assertTrue(
        others.path("notes").toString().contains("left out: 1 worker: no training rows"),
        others.toString());
    JobRunner.Outcome dry = JOBS.doctor(conf);
    assertTrue(dry.out().contains("  test rows only: 1 workers;"), dry.toString());

    // In units of each worker's own training rows d has none: left out, and not predicted in
    // others'.
    JobRunner.Outcome own = JOBS.train(conf, "model.standardize=worker");
    assertEquals(0, own.code(), own.toString());
    assertTrue(own.out().contains("left out: 1 worker: no training rows for its units"), own.out());
    JobRunner.Outcome predicted =
        JOBS.predict(
            conf,
            "--model",
            folder.resolve("out").toString(),
            "model.standardize=worker",
            "predictions.path=" + folder.resolve("predicted"));
    assertEquals(3, predicted.code(), predicted.toString());
    assertTrue(
        predicted.err().contains("worker d: model.standardize = worker needs training rows"),
        predicted.err());
  }

  /** Each worker has too few rows for a tenth. */
  @Test
  void fractionThatHoldsOutNothing_isNoted() throws IOException {
    for (String worker : List.of("a", "b", "c")) {
      String y = worker.equals("b") ? "3.5" : "1.5";
      String x = worker.equals("b") ? "2" : worker.equals("a") ? "1" : "0";
      JobRunner.write(folder.resolve(worker + ".csv"), "x,y\n" + x + "," + y + "\n");
    }

    JobRunner.Outcome trained =
        JOBS.train(
            conf("abc"),
            "data.min-worker-rows=1",
            "data.split.column=null",
            "data.split.test-fraction=0.3");

    assertEquals(0, trained.code(), trained.toString());
    assertTrue(trained.out().contains("note: no worker holds test rows"), trained.out());
  }

  /** The written MLlib model, jobs/evaluate and jobs/predict have the training's. */
  @Test
  void threshold_isTheModelsEverywhere() throws IOException {
    ThreeWorkers.write(folder);
    String conf = ThreeWorkers.conf(folder, folder);
    String out = folder.resolve("out").toString();
    JobRunner.Outcome trained =
        JOBS.train(conf, "output.dir=" + out, "algorithm.rounds=10", "model.threshold=0.25");
    assertEquals(0, trained.code(), trained.toString());
    double recall = runJson().path("metrics").path("train").path("recall").asDouble();

    double atQuarter = trainRecall(JOBS.evaluate(conf, "--model", out));
    double atHalf = trainRecall(JOBS.evaluate(conf, "--model", out, "model.threshold=0.5"));
    double never = trainRecall(JOBS.evaluate(conf, "--model", out, "model.threshold=1"));
    assertEquals(recall, atQuarter);
    assertTrue(atQuarter > atHalf && atHalf > never, atQuarter + " " + atHalf + " " + never);
    assertEquals(0.0, never);

    String predictions = folder.resolve("predicted").toString();
    assertEquals(0, JOBS.predict(conf, "--model", out, "predictions.path=" + predictions).code());
    JobRunner.withSpark(
        spark -> {
          assertEquals(0.25, LogisticRegressionModel.load(out + "/model").getThreshold());
          long between =
              spark
                  .read()
                  .parquet(predictions)
                  .where("(probability > 0.25) != (prediction = 1)")
                  .count();
          assertEquals(0L, between);
          return null;
        });
    JobRunner.Outcome margin =
        JOBS.train(
            conf,
            "output.dir=" + out,
            "output.overwrite=true",
            "model.family=svm",
            "model.threshold=-0.5");
    assertEquals(0, margin.code(), margin.toString());
    JobRunner.withSpark(
        spark -> {
          assertEquals(-0.5, LinearSVCModel.load(out + "/model").getThreshold());
          return null;
        });
    JobRunner.Outcome refused = JOBS.train(conf, "output.dir=" + out, "model.threshold=1.5");
    assertEquals(2, refused.code());
    assertFalse(refused.showsStackTrace());
  }

  /** MLlib's own param, by the predictions of the model that it makes. */
  @Test
  void thresholdOfAnEstimator_isThatOfItsMetrics() {
    ThreeWorkers.write(folder);
    JobRunner.withSpark(
        spark -> {
          Dataset<Row> rows =
              new VectorAssembler()
                  .setInputCols(new String[] {"x1", "x2"})
                  .setOutputCol("features")
                  .transform(
                      spark
                          .read()
                          .option("header", "true")
                          .option("inferSchema", "true")
                          .csv(folder.resolve("*.csv").toString())
                          .selectExpr(
                              "x1",
                              "x2",
                              "double(class) label",
                              "substr(input_file_name(), -5, 1) w")
                          .cache());
          for (double threshold : new double[] {0.2, 0.8}) {
            FederatedLogisticRegression estimator =
                new FederatedLogisticRegression().setThreshold(threshold).setWorkerCol("w");
            LogisticRegressionModel model = estimator.fit(rows);
            Dataset<Row> positives = model.transform(rows).where("label = 1");

            assertEquals(threshold, model.getThreshold());
            assertEquals(
                (double) positives.where("prediction = 1").count() / positives.count(),
                estimator.summary().metrics().get("recall"));
            assertTrue(estimator.summary().metrics().get("aucError") <= 0.002);
          }
          return null;
        });
  }

  private static double trainRecall(JobRunner.Outcome outcome) throws IOException {
    return printed(outcome).path("metrics").path("train").path("recall").asDouble();
  }
}
