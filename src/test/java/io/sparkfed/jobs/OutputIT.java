package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.jobs.JobRunner.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a training leaves behind, and that the other jobs agree with it. */
class OutputIT {
  @RegisterExtension static final JobRunner jobs = new JobRunner();

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path root;

  /** The output of a logistic model in raw units. */
  private static Path model;

  @TempDir Path own;

  @BeforeAll
  static void train() {
    ThreeWorkers.write(root);
    model = root.resolve("model");
    assertEquals(
        0, jobs.train(ThreeWorkers.conf(root, root), "output.dir=" + model, "seed=7").code());
  }

  private static JsonNode json(Path file) throws IOException {
    return JSON.readTree(JobRunner.read(file));
  }

  private static List<String> keys(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void version_ofTheJobs_isPrinted() {
    assertTrue(jobs.train("--version").out().startsWith("Spark Federated "));
  }

  @Test
  void train_done_leavesItsFilesAndNothingElse() {
    assertEquals(
        List.of("coefficients.json", "model", "report.html", "rounds.jsonl", "run.json"),
        JobRunner.names(model));
    assertTrue(JobRunner.names(root).stream().noneMatch(name -> name.startsWith(".")));
  }

  @Test
  void train_done_writesALineForEachRound() throws IOException {
    List<String> lines = Files.readAllLines(model.resolve("rounds.jsonl"));

    assertEquals(3, lines.size());
    for (int k = 0; k < lines.size(); k++) {
      JsonNode line = JSON.readTree(lines.get(k));
      assertEquals(
          List.of(
              "round",
              "workers",
              "dropouts",
              "loss",
              "metrics",
              "seconds",
              "phases",
              "saturated",
              "clipped",
              "bytes"),
          keys(line));
      assertEquals(k + 1, line.path("round").asInt());
      assertEquals(3, line.path("workers").asInt());
      assertEquals(0, line.path("dropouts").asInt());
      assertTrue(line.path("loss").isDouble() && line.path("seconds").asDouble() > 0.0);
      assertEquals(List.of("work", "unmask", "driver"), keys(line.path("phases")));
      double inPhases = 0.0;
      for (JsonNode phase : line.path("phases")) {
        inPhases += phase.asDouble();
      }
      assertEquals(line.path("seconds").asDouble(), inPhases, 1e-6);
      assertTrue(line.path("bytes").asLong() > 0);
      assertEquals(List.of("train", "test"), keys(line.path("metrics")));
      assertEquals(90.0, line.path("metrics").path("train").path("rows").asDouble());
      assertEquals(30.0, line.path("metrics").path("test").path("rows").asDouble());
    }
  }

  @Test
  void train_done_writesTheModelMllibLoads() throws IOException {
    JsonNode saved = json(model.resolve("coefficients.json"));

    assertEquals("logistic", saved.path("family").asText());
    assertEquals("[\"x1\",\"x2\"]", saved.path("features").toString());
    assertEquals("[0,1]", saved.path("classes").toString());
    assertEquals("none", saved.path("standardize").asText());
    assertEquals(1, saved.path("coefficients").size());
    assertEquals(1, saved.path("intercepts").size());
    double[] loaded =
        JobRunner.withSpark(
            spark -> {
              LogisticRegressionModel mllib =
                  LogisticRegressionModel.load(model.resolve("model").toString());
              return new double[] {
                mllib.coefficients().apply(0), mllib.coefficients().apply(1), mllib.intercept()
              };
            });
    assertEquals(saved.path("coefficients").path(0).path(0).asDouble(), loaded[0]);
    assertEquals(saved.path("coefficients").path(0).path(1).asDouble(), loaded[1]);
    assertEquals(saved.path("intercepts").path(0).asDouble(), loaded[2]);
  }

  @Test
  void train_done_tellsTheRun() throws IOException {
    JsonNode run = json(model.resolve("run.json"));

    assertEquals("checked", run.path("name").asText());
    assertEquals("succeeded", run.path("exit").path("state").asText());
    assertEquals(0, run.path("exit").path("code").asInt());
    assertEquals(7, run.path("seeds").path("run").asLong());
    assertEquals(List.of("spark-federated", "spark", "scala", "java"), keys(run.path("versions")));
    JsonNode timings = run.path("timings");
    assertEquals(
        List.of("start", "plan", "load", "keys", "moments", "rounds", "statistics", "write"),
        keys(timings));
    double inPhases = 0.0;
    for (JsonNode phase : timings) {
      assertTrue(phase.asDouble() >= 0.0, timings.toString());
      inPhases += phase.asDouble();
    }
    assertEquals(run.path("seconds").asDouble(), inPhases, 0.02 * inPhases);
    assertEquals("[\"a\",\"b\",\"c\"]", run.path("cohort").path("workers").toString());
    assertEquals("read in place: no row moved", run.path("cohort").path("placement").asText());
    assertEquals("masked", run.path("protection").path("mode").asText());
    assertFalse(run.path("protection").path("doesNotProtect").isEmpty());
    assertTrue(run.path("notes").toString().contains("local master"));
    assertEquals(3, run.path("rounds").asInt());
    List<String> lines = Files.readAllLines(model.resolve("rounds.jsonl"));
    assertEquals(JSON.readTree(lines.get(2)).path("metrics"), run.path("metrics"));
    JsonNode settings = run.path("configuration");
    assertEquals("3", settings.path("algorithm.rounds").path("value").asText());
    assertTrue(settings.path("algorithm.rounds").path("origin").asText().contains("run.conf: 10"));
    assertEquals("command line", settings.path("output.dir").path("origin").asText());
    assertEquals("command line", settings.path("seed").path("origin").asText());
    assertTrue(settings.path("model.l2").path("origin").asText().startsWith("default"));
  }

  @Test
  void train_done_writesAReportThatNeedsNothingElse() {
    String page = JobRunner.read(model.resolve("report.html"));

    assertTrue(page.contains("checked") && page.contains("masked"));
    assertFalse(Pattern.compile("(src|href)\\s*=\\s*[\"']?(https?:)?//").matcher(page).find());
    assertFalse(page.contains("<link") || page.contains("@import"));
  }

  @Test
  void train_overwrite_replacesTheWholeAndKeepsItWhenTheNewRunFails() throws IOException {
    Path output = own.resolve("out/run");
    String[] args = {
      ThreeWorkers.conf(own, root), "output.dir=" + output, "output.overwrite=true", "seed=1"
    };
    assertEquals(0, jobs.train(args).code());
    JobRunner.write(output.resolve("old"), "");
    args[3] = "seed=2";

    assertEquals(0, jobs.train(args).code());
    String second = JobRunner.read(output.resolve("run.json"));
    args[3] = "data.label-column=nowhere";
    assertEquals(3, jobs.train(args).code());

    assertEquals(second, JobRunner.read(output.resolve("run.json")));
    assertEquals(2, JSON.readTree(second).path("seeds").path("run").asInt());
    assertEquals(JobRunner.names(model), JobRunner.names(output));
    assertEquals(List.of("run"), JobRunner.names(own.resolve("out")));
  }

  @Test
  void train_undefinedMetric_isNull() throws IOException {
    Outcome outcome =
        jobs.train(
            ThreeWorkers.conf(own, root),
            "output.dir=" + own.resolve("run"),
            "data.derive.class=0");

    assertEquals(0, outcome.code(), outcome.toString());
    JsonNode metrics = json(own.resolve("run/run.json")).path("metrics").path("train");
    assertTrue(metrics.path("auc").isNull() && metrics.path("recall").isNull(), metrics.toString());
    String last = Files.readAllLines(own.resolve("run/rounds.jsonl")).get(2);
    assertEquals(metrics, JSON.readTree(last).path("metrics").path("train"));
  }

  @Test
  void train_secretsAmongTheOptions_areWrittenNowhere() throws IOException {
    Outcome outcome =
        jobs.train(
            ThreeWorkers.conf(own, root),
            "output.dir=" + own.resolve("run"),
            "predictions.options.password=hunter2",
            "predictions.options.url=jdbc:db://reader:hunter2@host/x?password=hunter2",
            "predictions.options.fs.azure.account.key=hunter2");

    assertEquals(0, outcome.code(), outcome.toString());
    assertFalse(outcome.toString().contains("hunter2"), outcome.toString());
    try (Stream<Path> files = Files.walk(own.resolve("run"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertFalse(text.contains("hunter2"), file.toString());
      }
    }
    JsonNode settings = json(own.resolve("run/run.json")).path("configuration");
    assertEquals(
        "(redacted)", settings.path("predictions.options.password").path("value").asText());
  }

  /**
   * Sums are rounded to grids that each job finds for itself, 2^-53 of the largest number then; it
   * may have become 256 times smaller since.
   */
  static void assertSameNumbers(JsonNode expected, JsonNode actual) {
    assertEquals(expected.properties().size(), actual.properties().size());
    expected
        .properties()
        .forEach(
            field -> {
              JsonNode other = actual.path(field.getKey());
              if (field.getValue().isObject()) {
                assertSameNumbers(field.getValue(), other);
              } else {
                double number = field.getValue().asDouble();
                assertEquals(number, other.asDouble(), 0x1p-45 * Math.abs(number), field.getKey());
              }
            });
  }

  @ParameterizedTest
  @CsvSource({
    "logistic, none", "logistic, worker", "logistic, federated",
    "linear, none", "linear, worker", "linear, federated"
  })
  void evaluateAndPredict_anyStandardization_agreeWithTheTraining(String family, String standardize)
      throws IOException {
    boolean classes = family.equals("logistic");
    String conf = ThreeWorkers.conf(own, root);
    Path output = own.resolve("run");
    Path predictions = own.resolve("predictions");
    String[] settings = {
      conf,
      "model.family=" + family,
      "model.standardize=" + standardize,
      "data.label-column=" + (classes ? "class" : "quantity"),
      "output.dir=" + output,
      "predictions.path=" + predictions
    };
    assertEquals(0, jobs.train(settings).code());
    JsonNode metrics = json(output.resolve("run.json")).path("metrics");

    Outcome evaluated = jobs.evaluate(ThreeWorkers.with(settings, "--model", output.toString()));
    assertEquals(0, evaluated.code(), evaluated.toString());
    assertSameNumbers(metrics, JSON.readTree(evaluated.out()).path("metrics"));

    Outcome predicted = jobs.predict(ThreeWorkers.with(settings, "--model", output.toString()));
    assertEquals(0, predicted.code(), predicted.toString());
    String error =
        classes
            ? "avg(double(double(class) = prediction))"
            : "sqrt(avg(pow(double(quantity) - prediction, 2)))";
    List<Row> byPart =
        JobRunner.withSpark(
            spark ->
                spark
                    .read()
                    .parquet(predictions.toString())
                    .selectExpr("part", "prediction", classes ? "class" : "quantity")
                    .groupBy("part")
                    .agg(functions.expr(error), functions.expr("double(count(*))"))
                    .collectAsList());
    assertEquals(2, byPart.size());
    for (Row part : byPart) {
      JsonNode expected = metrics.path(part.getString(0));
      assertEquals(
          expected.path(classes ? "accuracy" : "rmse").asDouble(), part.getDouble(1), 1e-9);
      assertEquals(expected.path("rows").asDouble(), part.getDouble(2));
    }
  }
}
