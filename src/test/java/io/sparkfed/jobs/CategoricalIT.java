package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.jobs.JobRunner.Outcome;
import io.sparkfed.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Raw columns from training to prediction: what was found in training goes with the model. */
@Timeout(300)
class CategoricalIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * {@code admit ~ gre + gpa + rank} over three parties, as published with v6-glm-py (Cellamare et
   * al., Algorithms 2022, 15(7):243): gre, gpa, rank 2, 3, 4, intercept.
   */
  private static final double[] PUBLISHED = {
    .0022644257, .8040374535, -.6754428594, -1.3402038117, -1.5514636445, -3.9899786606
  };

  @RegisterExtension static final JobRunner jobs = new JobRunner();

  @TempDir static Path root;

  @TempDir Path own;

  private static String conf;
  private static Path model;
  private static JsonNode saved;
  private static Outcome trained;

  @BeforeAll
  static void train() throws IOException {
    String text =
        """
        name = admissions
        data {
          workers { a = "PARTIES/a.csv", b = "PARTIES/b.csv", c = "PARTIES/c.csv" }
          label-column = admit
          feature-columns = [gre, gpa, rank]
          categorical { rank { reference = "1" } }
          impute { columns = [gpa] }
        }
        model { family = logistic, standardize = federated }
        algorithm { rounds = 150, local.step-size = 3 }
        """
            .replace(
                "PARTIES", TestData.file("vantage6-glm/binomial/a.csv").getParent().toString());
    conf = JobRunner.write(root.resolve("run.conf"), text).toString();
    model = root.resolve("model");
    trained = jobs.train(conf, "output.dir=" + model);
    assertEquals(0, trained.code(), trained.toString());
    saved = JSON.readTree(JobRunner.read(model.resolve("coefficients.json")));
  }

  private static double[] coefficients() {
    return Stream.of(saved.path("coefficients").path(0), saved.path("intercepts"))
        .flatMap(
            numbers -> Stream.iterate(0, i -> i < numbers.size(), i -> i + 1).map(numbers::path))
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  @Test
  void train_threePartiesWithARank_givesThePublishedCoefficients() {
    List<String> names = new ArrayList<>();
    saved.path("features").forEach(name -> names.add(name.asText()));
    assertEquals(List.of("gre", "gpa", "rank_2", "rank_3", "rank_4"), names);
    double[] found = coefficients();
    for (int j = 0; j < PUBLISHED.length; j++) {
      assertEquals(PUBLISHED[j], found[j], 2e-7 * Math.abs(PUBLISHED[j]), "coefficient " + j);
    }
  }

  @Test
  void train_contract_isInBothFilesAndInTheNotes() throws IOException {
    JsonNode run = JSON.readTree(JobRunner.read(model.resolve("run.json")));

    assertEquals(saved.path("contract"), run.path("contract"));
    assertEquals(
        JSON.readTree(
            "{\"name\":\"rank\",\"type\":\"text\",\"encoding\":\"one-hot\",\"reference\":\"1\","
                + "\"levels\":[\"1\",\"2\",\"3\",\"4\"]}"),
        run.path("contract").path("columns").path(2));
    assertTrue(trained.out().contains("column rank: levels 1, 2, 3, 4; the reference is 1"));
  }

  @Test
  void evaluate_sameRows_givesTheMetricsOfTraining() throws IOException {
    Outcome outcome = jobs.evaluate(conf, "--model", model.toString());

    assertEquals(0, outcome.code(), outcome.toString());
    JsonNode run = JSON.readTree(JobRunner.read(model.resolve("run.json")));
    assertEquals(
        run.path("metrics").path("train"),
        JSON.readTree(outcome.out()).path("metrics").path("all"));
  }

  /** Returns three workers, each with a file of these rows. */
  private String workersWith(String rows) {
    return Stream.of("a", "b", "c")
        .map(
            worker -> worker + " = \"" + JobRunner.write(own.resolve(worker + ".csv"), rows) + "\"")
        .collect(Collectors.joining(", ", "data.workers={", "}"));
  }

  /** Evaluation rows of few levels: they would be encoded otherwise by themselves. */
  @Test
  void evaluate_rowsOfOneLevel_areEncodedAsInTraining() throws IOException {
    String workers = workersWith("gre,gpa,rank,admit\n500,3.5,4,1\n");

    Outcome outcome =
        jobs.evaluate(conf, workers, "data.min-worker-rows=1", "--model", model.toString());

    assertEquals(0, outcome.code(), outcome.toString());
    double[] w = coefficients();
    double score = 500 * w[0] + 3.5 * w[1] + w[4] + w[5];
    assertEquals(
        Math.log1p(Math.exp(-score)),
        JSON.readTree(outcome.out()).path("metrics").path("all").path("logLoss").asDouble(),
        1e-9);
  }

  @Test
  void predict_rawRows_areEncodedAndFilledAsInTraining() {
    Path rows =
        JobRunner.write(
            own.resolve("new.csv"), "rank,gpa,gre\n1,3.5,500\n 4 ,2.5,700\n2,,640\n3,NaN,400\n");
    Path predictions = own.resolve("predictions");

    Outcome outcome =
        jobs.predict(
            conf,
            "data.workers={a = \"" + rows + "\", b = null, c = null}",
            "predictions.path=" + predictions,
            "--model",
            model.toString());

    assertEquals(0, outcome.code(), outcome.toString());
    double mean = saved.path("contract").path("columns").path(1).path("missing").asDouble();
    double[][] expected = {
      {500, 3.5, 0, 0, 0}, {700, 2.5, 0, 0, 1}, {640, mean, 1, 0, 0}, {400, mean, 0, 1, 0}
    };
    JobRunner.withSpark(
        spark -> {
          List<Row> predicted =
              spark.read().parquet(predictions.toString()).orderBy("rank").collectAsList();
          LogisticRegressionModel stock =
              LogisticRegressionModel.load(model.resolve("model").toString());
          double[] w = coefficients();
          for (double[] x : expected) {
            double score = w[5];
            for (int j = 0; j < 5; j++) {
              score += w[j] * x[j];
            }
            double probability = 1.0 / (1.0 + Math.exp(-score));
            double gre = x[0];
            Row row =
                predicted.stream()
                    .filter(r -> Double.parseDouble(r.getAs("gre")) == gre)
                    .findFirst()
                    .orElseThrow();
            assertEquals(probability, row.<Double>getAs("probability"), 1e-12);
            assertEquals(probability, stock.predictProbability(Vectors.dense(x)).apply(1), 1e-12);
          }
          return null;
        });
  }

  @Test
  void train_rareLevel_isToldInOneLineAndWritesNothing() {
    Outcome outcome =
        jobs.train(conf, "data.min-level-rows=65", "output.dir=" + own.resolve("refused"));

    assertEquals(3, outcome.code(), outcome.toString());
    assertEquals(
        "error: column rank: each level must have at least 65 rows over all workers"
            + " (data.min-level-rows), and one has fewer; group rare levels, e.g. with data.derive",
        outcome.err().strip());
    assertEquals(List.of(), JobRunner.names(own));
  }

  /** A table or configuration that the model can't be used with. */
  record Refusal(int code, String rows, String told, String... args) {}

  static Stream<Refusal> refusals() {
    return Stream.of(
        new Refusal(
            3,
            "gre,gpa,rank,admit\n500,3.5,1,0\n500,3.5,31337,0\n",
            "worker a, column rank: must be at one of the 4 known levels"),
        new Refusal(
            3,
            "gre,gpa,rank,admit\n31337,3.5,,0\n",
            "worker a, column rank: is missing; a level is needed"),
        new Refusal(
            3,
            "gre,gpa,rank,admit\n,31337,1,0\n",
            "worker a, column gre: is missing; a number is needed"),
        new Refusal(3, "gre,gpa,rnak,admit\n1,3.5,1,0\n", "the nearest is rnak"),
        new Refusal(
            2,
            "",
            "data.categorical must name the model's categories: rank",
            "data.categorical.rank=null"),
        new Refusal(
            2,
            "",
            "data.categorical.rank.reference must be the model's, 1",
            "data.categorical.rank.reference=2"),
        new Refusal(
            2,
            "",
            "data.categorical.rank.levels must be the model's: 1, 2, 3, 4",
            "data.categorical.rank.levels=[1, 2, 3]"),
        new Refusal(
            2, "", "data.impute.columns must be the model's: gpa", "data.impute.columns=[]"),
        new Refusal(
            2,
            "",
            "data.feature-columns must be the model's: gre, gpa, rank",
            "data.feature-columns=[gpa, gre, rank]"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void evaluateAndPredict_anotherTableThanTheModels_areRefused(Refusal refusal) {
    String[] args = {conf, workersWith(refusal.rows())};
    String[] toModel = {"--model", model.toString()};
    for (Outcome outcome :
        List.of(
            jobs.predict(
                ThreeWorkers.with(
                    ThreeWorkers.with(args, refusal.args()),
                    ThreeWorkers.with(toModel, "predictions.path=" + own.resolve("p")))),
            jobs.evaluate(ThreeWorkers.with(ThreeWorkers.with(args, refusal.args()), toModel)))) {
      assertEquals(refusal.code(), outcome.code(), outcome.toString());
      assertTrue(outcome.err().contains(refusal.told()), outcome.toString());
      assertFalse(outcome.showsStackTrace(), outcome.toString());
      assertFalse(outcome.toString().contains("31337"), outcome.toString());
    }
  }

  @Test
  void predict_typedTable_isHeldAgainstTheContract() {
    JobRunner.withSpark(
        spark -> {
          write(spark, "good", "SELECT 500 gre, 3.5D gpa, 2.0D rank");
          write(spark, "bad", "SELECT 500 gre, 3.5D gpa, array(2) rank");
          return null;
        });
    String[] common = {conf, "data.format=parquet", "--model", model.toString()};

    Outcome good =
        jobs.predict(
            ThreeWorkers.with(
                common,
                "data.workers={a = \"" + own.resolve("good") + "\", b = null, c = null}",
                "predictions.path=" + own.resolve("p")));
    Outcome bad =
        jobs.predict(
            ThreeWorkers.with(
                common,
                "data.workers={a = \"" + own.resolve("bad") + "\", b = null, c = null}",
                "predictions.path=" + own.resolve("q")));

    assertEquals(0, good.code(), good.toString());
    assertEquals(3, bad.code(), bad.toString());
    assertTrue(
        bad.err()
            .contains(
                "worker a: column rank (data.categorical) must hold numbers or text; its type is"
                    + " array<int>"),
        bad.toString());
  }

  private void write(SparkSession spark, String name, String sql) {
    spark.sql(sql).write().parquet(own.resolve(name).toString());
  }

  @Test
  void predict_contractThatWasChanged_isRefused() {
    JobRunner.write(
        own.resolve("coefficients.json"),
        JobRunner.read(model.resolve("coefficients.json"))
            .replace("\"reference\" : \"1\"", "\"reference\" : \"2\""));

    Outcome outcome =
        jobs.predict(conf, "predictions.path=" + own.resolve("p"), "--model", own.toString());

    assertEquals(7, outcome.code(), outcome.toString());
    assertTrue(outcome.err().contains("must be those of its fingerprint"), outcome.toString());
  }
}
