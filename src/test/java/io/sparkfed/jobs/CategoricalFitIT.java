package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.it.RunOutput;
import io.sparkfed.jobs.JobRunner.Outcome;
import io.sparkfed.testing.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Categorical columns in exact fits of several families, with offsets: the fits over three parties
 * that were published with v6-glm-py (Cellamare et al., Algorithms 2022, 15(7):243), from the
 * parties' own files.
 */
@Timeout(300)
class CategoricalFitIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String AWARDS =
      """
      data {
        workers { a = "PARTIES/a.csv", b = "PARTIES/b.csv", c = "PARTIES/c.csv" }
        label-column = num_awards
        feature-columns = [prog, math]
        categorical { prog { reference = "General" } }
      }
      model.family = poisson
      algorithm.preset = fed-newton
      """;

  private static final String ADMISSION =
      """
      data {
        workers { a = "PARTIES/a.csv", b = "PARTIES/b.csv", c = "PARTIES/c.csv" }
        label-column = admit
        feature-columns = [gre, gpa, rank]
        categorical { rank { reference = "1" } }
      }
      model.family = logistic
      algorithm.preset = fed-newton
      """;

  private static final Map<String, Double> ADMISSION_PUBLISHED =
      Map.of(
          "gre", .0022644257,
          "gpa", .8040374535,
          "rank_2", -.6754428594,
          "rank_3", -1.3402038117,
          "rank_4", -1.5514636445,
          "(Intercept)", -3.9899786606);

  @RegisterExtension static final JobRunner jobs = new JobRunner();

  @TempDir Path root;

  private String conf(String text, String set) {
    Path parties = TestData.file("vantage6-glm/" + set + "/a.csv").getParent();
    return JobRunner.write(root.resolve("run.conf"), text.replace("PARTIES", parties.toString()))
        .toString();
  }

  private RunOutput trained(String conf, String... args) {
    RunOutput output = new RunOutput(root.resolve("out"));
    Outcome outcome =
        jobs.train(ThreeWorkers.with(new String[] {conf, "output.dir=" + output.dir()}, args));
    assertEquals(0, outcome.code(), outcome.toString());
    return output;
  }

  /** Returns a column of the statistics by the coefficients' names. */
  private static Map<String, Double> statistic(JsonNode run, String column) {
    Map<String, Double> byName = new TreeMap<>();
    run.path("statistics")
        .path("coefficients")
        .forEach(row -> byName.put(row.path("name").asText(), row.path(column).asDouble()));
    return byName;
  }

  private static void assertClose(
      Map<String, Double> expected, Map<String, Double> actual, double relative) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach(
        (name, value) -> assertEquals(value, actual.get(name), relative * Math.abs(value), name));
  }

  /** Published with so many digits, the last of them cut or rounded. */
  private static void assertDigits(String published, Map<String, Double> actual, String name) {
    int decimals = published.length() - published.indexOf('.') - 1;
    assertEquals(Double.parseDouble(published), actual.get(name), Math.pow(10.0, -decimals), name);
  }

  @Test
  void train_awardsByPoissonRegression_isAsPublishedWithStandardErrors() throws IOException {
    JsonNode run = trained(conf(AWARDS, "poisson")).run();

    Map<String, Double> estimates = statistic(run, "estimate");
    assertEquals(4, estimates.size());
    assertDigits("1.08385", estimates, "prog_Academic");
    assertDigits(".36980", estimates, "prog_Vocational");
    assertDigits(".07015", estimates, "math");
    assertDigits("-5.24712", estimates, "(Intercept)");
    Map<String, Double> errors = statistic(run, "standardError");
    assertDigits(".3583", errors, "prog_Academic");
    assertDigits(".44107", errors, "prog_Vocational");
    assertDigits(".010599", errors, "math");
    assertDigits(".6584", errors, "(Intercept)");
    assertEquals(189.4496, run.path("statistics").path("deviance").asDouble(), 1e-4);
    assertEquals(287.67223, run.path("statistics").path("nullDeviance").asDouble(), 1e-5);
  }

  @Test
  void train_admissionByLogisticRegression_isAsPublishedWithStandardErrors() throws IOException {
    JsonNode run = trained(conf(ADMISSION, "binomial")).run();

    assertClose(ADMISSION_PUBLISHED, statistic(run, "estimate"), 1e-5);
    Map<String, Double> errors = statistic(run, "standardError");
    assertDigits(".00109399", errors, "gre");
    assertDigits(".331819", errors, "gpa");
    assertDigits(".31648", errors, "rank_2");
    assertDigits(".34530", errors, "rank_3");
    assertDigits(".41783", errors, "rank_4");
    assertDigits("1.139950", errors, "(Intercept)");
    assertEquals(458.5174924759, run.path("statistics").path("deviance").asDouble(), 1e-9);
  }

  @Test
  void train_levelMissingAtOneParty_isAsPublished() throws IOException {
    String rows =
        JobRunner.read(TestData.file("vantage6-glm/binomial/a.csv"))
            .lines()
            .filter(line -> !line.strip().endsWith(",4"))
            .collect(Collectors.joining("\n"));
    Path ofA = JobRunner.write(root.resolve("a.csv"), rows + "\n");

    JsonNode run = trained(conf(ADMISSION, "binomial"), "data.workers.a=" + ofA).run();

    assertEquals(379.0, run.path("statistics").path("rows").asDouble());
    Map<String, Double> estimates = statistic(run, "estimate");
    assertDigits("-3.89", estimates, "(Intercept)");
    assertDigits(".00232", estimates, "gre");
    assertDigits(".765", estimates, "gpa");
    assertDigits("-.677", estimates, "rank_2");
    assertDigits("-1.34", estimates, "rank_3");
    assertDigits("-1.57", estimates, "rank_4");
    assertEquals(439.0, run.path("statistics").path("deviance").asDouble(), 0.5);
  }

  /**
   * An offset that is a multiple of a feature changes that feature's coefficient by so much, and
   * nothing else: neither the fit nor what is predicted.
   */
  @Test
  void offset_besideACategory_isInTrainingEvaluationAndPrediction() throws IOException {
    JsonNode without = trained(conf(AWARDS, "poisson")).run();
    String conf =
        conf(
            AWARDS
                + """
                data { derive { o = "CAST(math AS DOUBLE) / 20" }, offset-column = o }
                aggregation.mode = committee
                """,
            "poisson");
    RunOutput output = trained(conf, "output.overwrite=true");

    Map<String, Double> shifted = new TreeMap<>(statistic(without, "estimate"));
    shifted.computeIfPresent("math", (name, value) -> value - 0.05);
    assertClose(shifted, statistic(output.run(), "estimate"), 1e-8);
    assertClose(
        statistic(without, "standardError"), statistic(output.run(), "standardError"), 1e-8);

    Outcome evaluated = jobs.evaluate(conf, "--model", output.dir().toString());
    assertEquals(0, evaluated.code(), evaluated.toString());
    assertEquals(
        189.4496,
        JSON.readTree(evaluated.out()).path("metrics").path("all").path("deviance").asDouble(),
        1e-4);

    Path rows =
        JobRunner.write(
            root.resolve("new.csv"), "math,prog\n40,General\n55,Academic\n70,Vocational\n");
    Path predictions = root.resolve("predictions");
    Outcome predicted =
        jobs.predict(
            conf,
            "data.workers={a = \"" + rows + "\", b = null, c = null}",
            "predictions.path=" + predictions,
            "--model",
            output.dir().toString());
    assertEquals(0, predicted.code(), predicted.toString());
    Map<String, Double> w = statistic(without, "estimate");
    Map<String, Double> means =
        JobRunner.withSpark(
            spark ->
                spark.read().parquet(predictions.toString()).collectAsList().stream()
                    .collect(
                        Collectors.toMap(
                            (Row row) -> row.<String>getAs("prog"),
                            (Row row) -> row.<Double>getAs("prediction"))));
    double intercept = w.get("(Intercept)");
    assertClose(
        Map.of(
            "General", Math.exp(intercept + 40 * w.get("math")),
            "Academic", Math.exp(intercept + 55 * w.get("math") + w.get("prog_Academic")),
            "Vocational", Math.exp(intercept + 70 * w.get("math") + w.get("prog_Vocational"))),
        means,
        1e-8);
  }

  /** Two classes of softmax differ by logistic regression's coefficients. */
  @Test
  void softmax_ofCategories_differsByTheLogisticCoefficients() throws IOException {
    String conf =
        conf(
            ADMISSION.replace("logistic", "softmax").replace("fed-newton", "fed-lbfgs")
                + "model.classes = 2\nalgorithm.tolerance = 1e-14\n",
            "binomial");
    RunOutput output = trained(conf);

    JsonNode saved = JSON.readTree(output.coefficients());
    List<String> names =
        IntStream.range(0, saved.path("features").size())
            .mapToObj(j -> saved.path("features").path(j).asText())
            .toList();
    Map<String, Double> differences = new TreeMap<>();
    for (int j = 0; j < names.size(); j++) {
      differences.put(
          names.get(j),
          saved.path("coefficients").path(1).path(j).asDouble()
              - saved.path("coefficients").path(0).path(j).asDouble());
    }
    differences.put(
        "(Intercept)",
        saved.path("intercepts").path(1).asDouble() - saved.path("intercepts").path(0).asDouble());
    assertClose(ADMISSION_PUBLISHED, differences, 1e-5);

    Path rows = JobRunner.write(root.resolve("new.csv"), "rank,gpa,gre\n4,3.5,500\n");
    Path predictions = root.resolve("predictions");
    Outcome predicted =
        jobs.predict(
            conf,
            "data.workers={a = \"" + rows + "\", b = null, c = null}",
            "predictions.path=" + predictions,
            "--model",
            output.dir().toString());
    assertEquals(0, predicted.code(), predicted.toString());
    Row row =
        JobRunner.withSpark(
            spark -> spark.read().parquet(predictions.toString()).collectAsList().get(0));
    double score =
        500 * ADMISSION_PUBLISHED.get("gre")
            + 3.5 * ADMISSION_PUBLISHED.get("gpa")
            + ADMISSION_PUBLISHED.get("rank_4")
            + ADMISSION_PUBLISHED.get("(Intercept)");
    assertEquals(1.0 / (1.0 + Math.exp(-score)), row.<Double>getAs("probability_1"), 1e-6);
    assertTrue(score < 0.0 && row.<Double>getAs("prediction") == 0.0, row.schema().toString());
  }
}
