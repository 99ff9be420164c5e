package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.it.RunOutput;
import io.sparkfed.jobs.JobRunner.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionModel;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Formulas, models of their intercept alone, and rows left out, against statsmodels' fits. */
@Timeout(300)
class FormulaIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension static final JobRunner jobs = new JobRunner();

  private static Map<String, String[]> fits;

  @TempDir Path root;

  @BeforeAll
  static void readFits() throws IOException {
    fits = new HashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                FormulaIT.class.getResourceAsStream("formulas.tsv"), StandardCharsets.UTF_8))) {
      lines.lines().map(line -> line.split("\t", -1)).forEach(fit -> fits.put(fit[0], fit));
    }
  }

  @BeforeEach
  void writeRows() {
    FormulaRows.write(root);
  }

  private String conf(String family, String data) {
    String text = FormulaRows.conf(root) + "model.family = " + family + "\ndata { " + data + " }\n";
    return JobRunner.write(root.resolve("run.conf"), text).toString();
  }

  private Outcome train(String conf, String... more) {
    String[] args = {conf, "output.dir=" + root.resolve("out"), "output.overwrite=true"};
    return jobs.train(ThreeWorkers.with(args, more));
  }

  private RunOutput trained(String conf, String... more) {
    Outcome outcome = train(conf, more);
    assertEquals(0, outcome.code(), outcome.toString());
    return new RunOutput(root.resolve("out"));
  }

  private static JsonNode saved(RunOutput output) throws IOException {
    return JSON.readTree(output.coefficients());
  }

  private static void assertSameError(JsonNode run, Outcome evaluated) throws IOException {
    assertEquals(0, evaluated.code(), evaluated.toString());
    assertEquals(
        run.path("metrics").path("train").path("rmse").asDouble(),
        JSON.readTree(evaluated.out()).path("metrics").path("all").path("rmse").asDouble(),
        1e-12);
  }

  /** patsy multiplies as a term is written; in R variables come as they first appear. */
  private static String sorted(String name) {
    return Arrays.stream(name.replace(" ", "").split(":", -1))
        .sorted()
        .collect(Collectors.joining(":"))
        .replace("(Intercept)", "Intercept");
  }

  private static void assertIsFit(String key, JsonNode run, boolean hasNullModel) {
    String[] fit = fits.get(key);
    JsonNode statistics = run.path("statistics");
    assertClose(fit[1], statistics.path("deviance"), 1e-8, "deviance");
    if (hasNullModel) {
      assertClose(fit[2], statistics.path("nullDeviance"), 1e-8, "null deviance");
    }
    Map<String, JsonNode> rows = new HashMap<>();
    statistics
        .path("coefficients")
        .forEach(row -> rows.put(sorted(row.path("name").asText()), row));
    assertEquals((fit.length - 3) / 3, rows.size(), rows.toString());
    for (int k = 3; k < fit.length; k += 3) {
      assertTrue(rows.containsKey(fit[k]), fit[k] + " in " + rows.keySet());
      JsonNode row = rows.get(fit[k]);
      double error = Double.parseDouble(fit[k + 2]);
      assertEquals(
          Double.parseDouble(fit[k + 1]), row.path("estimate").asDouble(), 1e-6 * error, fit[k]);
      assertClose(fit[k + 2], row.path("standardError"), 1e-6, fit[k]);
    }
  }

  private static void assertClose(String expected, JsonNode actual, double relative, String what) {
    double value = Double.parseDouble(expected);
    assertEquals(value, actual.asDouble(), relative * Math.abs(value), what);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "products; linear; y ~ age + factor(sex)*log(ldl) + factor(g):age; true",
        "cells; logistic; flag ~ factor(sex):factor(g) + I((age - 50)^2/100); true",
        "rates; poisson; count ~ factor(g) + log(ldl) + offset(log(days)); true",
        "logs; linear; log(y) ~ 0 + factor(g) + ldl; false"
      })
  void train_formula_isStatsmodelsFit(
      String key, String family, String formula, boolean hasNullModel) throws IOException {
    assertIsFit(key, trained(conf(family, "formula = \"" + formula + "\"")).run(), hasNullModel);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "mean; linear; feature-columns = [], label-column = y",
        "share; logistic; formula = \"flag ~ 1\"",
        "rate; poisson; formula = \"count ~ 1 + offset(log(days))\"",
        "scale; gamma; formula = \"y ~ 1\""
      })
  void train_interceptAlone_isStatsmodelsFit(String key, String family, String data)
      throws IOException {
    assertIsFit(key, trained(conf(family, data)).run(), true);
  }

  @ParameterizedTest
  @CsvSource({
    "linear, algorithm.preset=normal-equations algorithm.tolerance=null, 1e-12",
    "linear, algorithm.preset=auto algorithm.tolerance=null, 1e-9",
    "linear, algorithm.preset=fed-lbfgs algorithm.tolerance=1e-12, 1e-7",
    "linear, algorithm.preset=fed-avg algorithm.rounds=40 algorithm.tolerance=null, 1e-2",
    "huber, algorithm.preset=fed-lbfgs algorithm.tolerance=1e-12 model.huber-delta=1000, 1e-7"
  })
  void train_interceptAloneByAnyPreset_isTheMean(String family, String settings, double relative)
      throws IOException {
    JsonNode model = saved(trained(conf(family, "formula = \"y ~ 1\""), settings.split(" ", -1)));

    double mean = Double.parseDouble(fits.get("mean")[4]);
    assertEquals(mean, model.path("intercepts").path(0).asDouble(), relative * mean);
    assertEquals(0, model.path("features").size());
  }

  @Test
  void jobs_interceptAlone_goOnWithTheModel() throws IOException {
    String conf = conf("logistic", "formula = \"flag ~ 1\"");
    RunOutput output = trained(conf);
    String model = root.resolve("out").toString();

    Outcome evaluated = jobs.evaluate(conf, "--model", model);
    Outcome predicted =
        jobs.predict(conf, "--model", model, "predictions.path=" + root.resolve("predicted"));
    Outcome looked = jobs.doctor(conf, "output.dir=" + root.resolve("next"));

    assertEquals(0, evaluated.code(), evaluated.toString());
    assertEquals(0, predicted.code(), predicted.toString());
    assertEquals(0, looked.code(), looked.toString());
    double intercept = saved(output).path("intercepts").path(0).asDouble();
    double share = 1.0 / (1.0 + Math.exp(-intercept));
    JobRunner.withSpark(
        spark -> {
          List<Row> rows =
              spark.read().parquet(root.resolve("predicted").toString()).collectAsList();
          assertEquals(120, rows.size());
          rows.forEach(row -> assertEquals(share, row.<Double>getAs("probability"), 1e-12));
          LogisticRegressionModel loaded = LogisticRegressionModel.load(model + "/model");
          assertEquals(0, loaded.coefficients().size());
          assertEquals(
              share, loaded.predictProbability(Vectors.dense(new double[0])).apply(1), 1e-12);
          return null;
        });
  }

  @Test
  void jobs_formula_encodeByTheContractOfTheModel() throws IOException {
    String data =
        "formula = \"y ~ log(ldl)*factor(sex) + factor(g):I(age^2)\","
            + " categorical { g { reference = \"2\" } }";
    String conf = conf("linear", data);
    RunOutput output = trained(conf);
    String model = root.resolve("out").toString();
    Path rows = JobRunner.write(root.resolve("new.csv"), "g,age,sex,ldl\n3,40,m,2.5\n2,50,f,1\n");
    String two =
        JobRunner.write(
                root.resolve("two.conf"),
                "data { workers { a = \""
                    + rows
                    + "\" }, "
                    + data
                    + " }\nalgorithm.preset = fed-newton")
            .toString();

    Outcome evaluated = jobs.evaluate(conf, "--model", model);
    Outcome predicted =
        jobs.predict(two, "--model", model, "predictions.path=" + root.resolve("predicted"));
    Outcome other =
        jobs.evaluate(conf, "--model", model, "data.formula=y ~ log(ldl) + factor(sex) + g");

    JsonNode saved = saved(output);
    assertEquals(
        "[\"log(ldl)\",\"sex_m\",\"log(ldl):sex_m\",\"g_1:I(age^2)\",\"g_2:I(age^2)\",\"g_3:I(age^2)\"]",
        saved.path("features").toString());
    assertSameError(output.run(), evaluated);
    assertEquals(0, predicted.code(), predicted.toString());
    assertEquals(2, other.code(), other.toString());
    assertTrue(other.err().contains("data.formula must have the model's terms"), other.err());
    JsonNode w = saved.path("coefficients").path(0);
    double b = saved.path("intercepts").path(0).asDouble();
    double first =
        b
            + (w.path(0).asDouble() + w.path(2).asDouble()) * Math.log(2.5)
            + w.path(1).asDouble()
            + 1600.0 * w.path(5).asDouble();
    JobRunner.withSpark(
        spark -> {
          Map<String, Double> bySex =
              spark.read().parquet(root.resolve("predicted").toString()).collectAsList().stream()
                  .collect(
                      Collectors.toMap(
                          row -> row.<Object>getAs("sex").toString(),
                          row -> row.<Double>getAs("prediction")));
          assertEquals(first, bySex.get("m"), 1e-9);
          assertEquals(b + 2500.0 * w.path(4).asDouble(), bySex.get("f"), 1e-9);
          return null;
        });
  }

  @Test
  void evaluate_labelThatIsComputedOtherwise_isRefused() throws IOException {
    trained(conf("linear", "formula = \"log(y) ~ age\""));
    String model = root.resolve("out").toString();

    Outcome plain = jobs.evaluate(conf("linear", "formula = \"y ~ age\""), "--model", model);

    assertEquals(2, plain.code(), plain.toString());
    assertTrue(plain.err().contains("data.formula must have the model's left side, log(y)"));
  }

  @Test
  void train_offsetOfAFormula_isThatOfMllibsModel() throws IOException {
    trained(conf("poisson", "formula = \"count ~ ldl + offset(log(days))\""));

    JobRunner.withSpark(
        spark -> {
          var model = GeneralizedLinearRegressionModel.load(root.resolve("out/model").toString());
          assertEquals("log(days)", model.getOffsetCol());
          return null;
        });
  }

  private static final String INCOMPLETE =
      "formula = \"y ~ age + log(ldl) + factor(g)\", missing = ";

  @Test
  void train_incompleteRowsOfAllDropped_isTheFitOfTheOthersAndTellsHowMany() throws IOException {
    FormulaRows.write(root, 3);

    Outcome outcome = train(conf("linear", INCOMPLETE + "drop"));

    assertEquals(0, outcome.code(), outcome.toString());
    JsonNode run = new RunOutput(root.resolve("out")).run();
    assertIsFit("drop", run, true);
    assertEquals("{\"workers\":3,\"rows\":12}", run.path("cohort").path("dropped").toString());
    String note = "12 rows with a missing value were left out, of 3 workers";
    assertTrue(outcome.out().contains(note), outcome.toString());
    assertTrue(run.path("notes").toString().contains(note));
    Outcome looked =
        jobs.doctor(conf("linear", INCOMPLETE + "drop"), "output.dir=" + root.resolve("next"));
    assertEquals(0, looked.code(), looked.toString());
    Outcome evaluated =
        jobs.evaluate(
            conf("linear", INCOMPLETE + "drop"), "--model", root.resolve("out").toString());
    assertSameError(run, evaluated);
  }

  @Test
  void train_incompleteRowsOfTwoDropped_tellsNobodyHowMany() throws IOException {
    FormulaRows.write(root, 2);

    Outcome outcome = train(conf("linear", INCOMPLETE + "drop"));

    assertEquals(0, outcome.code(), outcome.toString());
    JsonNode run = new RunOutput(root.resolve("out")).run();
    assertEquals("{\"workers\":2,\"rows\":null}", run.path("cohort").path("dropped").toString());
    assertTrue(outcome.out().contains("They are of 2 workers"), outcome.toString());
    assertFalse(outcome.out().contains("8 rows"), outcome.toString());
  }

  @Test
  void train_incompleteRow_isRefusedWithTheRemedies() {
    FormulaRows.write(root, 3);

    Outcome outcome = train(conf("linear", INCOMPLETE + "error"));

    assertEquals(3, outcome.code(), outcome.toString());
    assertTrue(outcome.err().contains("data.missing = drop"), outcome.err());
    assertTrue(outcome.err().contains("data.impute"), outcome.err());
  }

  @Test
  void train_imputedColumn_isFilledBeforeItIsTransformed() throws IOException {
    FormulaRows.write(root, 3);

    JsonNode run =
        trained(
                conf(
                    "linear",
                    "formula = \"count ~ log(ldl) + age\", missing = drop,"
                        + " impute.columns = [ldl]"))
            .run();

    // Of the 12 rows with a gap, 3 lack the age; the label is always there.
    assertEquals("{\"workers\":3,\"rows\":3}", run.path("cohort").path("dropped").toString());
    assertEquals(117, run.path("statistics").path("rows").asInt());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "y ~ age +; 2; data.formula at character 10",
        "y ~ 0; 2; model.intercept must be true",
        "y ~ agee; 3; column agee (data.formula) does not exist; the nearest is age",
        "y ~ log(age - 30); 3; a worker, column log(age - 30): ",
        "log(y - 20) ~ age; 3; a worker, column log(y - 20): ",
        "y ~ sex; 3; a worker, column sex: is not a number"
      })
  void train_formulaThatDoesNotFit_isTold(String formula, int code, String told) {
    Outcome outcome = train(conf("linear", "formula = \"" + formula + "\""));

    assertEquals(code, outcome.code(), outcome.toString());
    assertTrue(outcome.err().contains(told), outcome.toString());
  }
}
