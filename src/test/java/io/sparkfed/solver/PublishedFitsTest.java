package io.sparkfed.solver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.data.Examples;
import io.sparkfed.data.FeatureMoments;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.LinearObjective;
import io.sparkfed.objective.Reduction;
import io.sparkfed.testing.Table;
import io.sparkfed.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.special.Gamma;
import org.junit.jupiter.api.Test;

/** Fits of other programs, found again by local L-BFGS on all rows. */
class PublishedFitsTest {

  /** A fit in raw units: its coefficients, and the sum of the rows' losses. */
  private record Fit(Coefficients model, double loss) {}

  private static Fit fit(Table table, VectorLoss loss) {
    Examples rows = table.examples();
    ModelShape shape = new ModelShape(table.features(), true, loss.outputs());
    Scaling scaling = FeatureMoments.of(rows, shape);
    LinearObjective objective =
        new LinearObjective(loss, rows, shape, scaling, 0.0, Reduction.MEAN);
    double[] end = new LocalLbfgs(1000, 1e-11, 20).solve(objective, new double[shape.size()], null);
    return new Fit(
        new Coefficients(shape, scaling.toRaw(end)), objective.value(end) * table.rows());
  }

  /** Stata 11, in the tests of statsmodels: poisson mdvis lncoins idp lpi fmde physlm disea ... */
  @Test
  void poisson_randHealthInsurance_isStatas() {
    double[] published = {
      -.052535114675,
      -.247086797633,
      .035290201794,
      -.03457750643,
      .271713973711,
      .033941474461,
      -.012635035534,
      .054056326828,
      .206115121809
    };
    Table table =
        table(
            TestData.csv("statsmodels-ref/randhie.csv"),
            "mdvis",
            "lncoins",
            "idp",
            "lpi",
            "fmde",
            "physlm",
            "disea",
            "hlthg",
            "hlthf",
            "hlthp");

    Fit fit = fit(table, Family.POISSON.loss());

    assertRelative(published, fit.model().weights(), 2e-7);
    assertEquals(.700352877227, fit.model().intercept(), 1e-6);
    // The loss is half the deviance: minus the log-likelihood, less that of means = labels.
    double saturated = 0.0;
    for (double y : table.y()) {
      saturated += (y > 0.0 ? y * Math.log(y) - y : 0.0) - Gamma.logGamma(y + 1.0);
    }
    // Newton's method in plain Python on this file; then the published one, of Stata's own file.
    assertEquals(-62419.58856444892, saturated - fit.loss(), 1e-7);
    assertEquals(-62419.588535018, saturated - fit.loss(), 5e-5);
  }

  /** Stata 11, in the tests of statsmodels: mlogit PID on six variables, base outcome 0. */
  @Test
  void softmax_electionSurvey_isStatas() throws IOException {
    double[][] published = {
      {-.01153598, -.08875065, -.1059667, -.0915567, -.0932846, -.14088069},
      {.29771435, .39166864, .57345051, 1.2787718, 1.3469616, 2.0700801},
      {-.024945, -.02289784, -.01485121, -.00868135, -.01790407, -.00943265},
      {.08249144, .18104276, -.00715242, .19982796, .21693885, .3219257},
      {.00519655, .04787398, .05757516, .08449838, .08095841, .10889408}
    };
    double[] constants = {-.37340167, -2.2509132, -3.6655835, -7.6138431, -7.0604782, -12.105751};
    List<String> lines = Files.readAllLines(TestData.file("statsmodels-ref/anes96.csv"));
    List<String> header = List.of(lines.get(0).replace("'", "").split("\t", -1));
    List<double[]> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split("\t", -1);
      double[] row = new double[5];
      row[0] = Math.log(Double.parseDouble(cells[header.indexOf("popul")]) + 0.1);
      row[1] = Double.parseDouble(cells[header.indexOf("selfLR")]);
      row[2] = Double.parseDouble(cells[header.indexOf("age")]);
      row[3] = Double.parseDouble(cells[header.indexOf("educ")]);
      row[4] = Double.parseDouble(cells[header.indexOf("income")]);
      x.add(row);
      y.add(Double.parseDouble(cells[header.indexOf("PID")]));
    }
    Table table = Table.of(x.toArray(double[][]::new), doubles(y));

    Fit fit = fit(table, Family.SOFTMAX.loss(7, 0.0));

    assertEquals(-1461.922747312, -fit.loss(), 1e-7);
    Coefficients model = fit.model();
    for (int j = 0; j < 5; j++) {
      double sum = 0.0;
      for (int k = 0; k < 7; k++) {
        sum += model.weights(k)[j];
        if (k > 0) {
          // Published with 7 or 8 digits.
          double difference = model.weights(k)[j] - model.weights(0)[j];
          assertEquals(published[j][k - 1], difference, 2e-6 * Math.abs(published[j][k - 1]));
        }
      }
      assertEquals(0.0, sum, 1e-10);
    }
    for (int k = 1; k < 7; k++) {
      double difference = model.intercepts()[k] - model.intercepts()[0];
      assertEquals(constants[k - 1], difference, 2e-6 * Math.abs(constants[k - 1]));
    }
  }

  /** Stata, in the tests of statsmodels: glm low ..., family(binomial). */
  @Test
  void logistic_lowBirthWeight_isStatas() {
    double[] published = {
      -.02710031, -.01515082, 1.26264728, .86207916, .92334482, .54183656, 1.83251780, .75851348
    };
    List<Map<String, String>> rows = TestData.csv("statsmodels-ref/stata_lbw_glm.csv");
    for (Map<String, String> row : rows) {
      String race = row.get("race").replace("\"", "");
      row.put("race_black", race.equals("black") ? "1" : "0");
      row.put("race_other", race.equals("other") ? "1" : "0");
    }
    Table table =
        table(rows, "low", "age", "lwt", "race_black", "race_other", "smoke", "ptl", "ht", "ui");

    Fit fit = fit(table, Family.LOGISTIC.loss());

    assertRelative(published, fit.model().weights(), 1e-6);
    assertEquals(.46122388, fit.model().intercept(), 1e-6);
    assertEquals(201.4479911325, 2.0 * fit.loss(), 1e-8);
  }

  /** R, as published with the federated generalized linear model of vantage6. */
  @Test
  void poisson_threePartiesAwards_isRs() {
    double[] published = {1.08385, .36980, .07015};
    List<Map<String, String>> rows = new ArrayList<>();
    for (String party : List.of("a", "b", "c")) {
      rows.addAll(TestData.csv("vantage6-glm/poisson/" + party + ".csv"));
    }
    for (Map<String, String> row : rows) {
      String prog = row.get("prog").replace("\"", "");
      row.put("Academic", prog.equals("Academic") ? "1" : "0");
      row.put("Vocational", prog.equals("Vocational") ? "1" : "0");
    }
    Table table = table(rows, "num_awards", "Academic", "Vocational", "math");

    Fit fit = fit(table, Family.POISSON.loss());

    // Published with five decimals, cut and not rounded.
    for (int j = 0; j < 3; j++) {
      assertEquals(published[j], fit.model().weights()[j], 1e-5);
    }
    assertEquals(-5.24712, fit.model().intercept(), 1e-5);
    assertEquals(189.4496, 2.0 * fit.loss(), 5e-5);
  }

  /** LIBLINEAR's optimum on a9a: sum of losses plus half the squared norm, bias penalized. */
  @Test
  void logistic_sparseAdultRows_isTheKnownOptimum() {
    ShardBuilder builder = new ShardBuilder("all", 124);
    for (TestData.SparseRow one : TestData.libsvm("adult-a9a/a9a.gz")) {
      TestData.SparseRow biased = one.withBias(123);
      builder.addSparse(
          biased.columns(), biased.values(), one.isPositive() ? 1.0 : 0.0, 1.0, Part.TRAIN);
    }
    ModelShape shape = new ModelShape(124, false);
    Examples rows = builder.build(0.0, 1L, false, shape).train();
    LinearObjective objective =
        new LinearObjective(
            Family.LOGISTIC.loss(), rows, shape, Scaling.identity(shape), 1.0, Reduction.SUM);

    double[] end = new LocalLbfgs(500, 1e-9, 10).solve(objective, new double[124], null);

    assertEquals(32_561, rows.rows());
    assertEquals(10529.31140421, objective.value(end), 1e-6);
  }

  private static Table table(List<Map<String, String>> rows, String label, String... features) {
    double[][] x = new double[rows.size()][features.length];
    double[] y = new double[rows.size()];
    for (int i = 0; i < y.length; i++) {
      y[i] = number(rows.get(i).get(label));
      for (int j = 0; j < features.length; j++) {
        x[i][j] = number(rows.get(i).get(features[j]));
      }
    }
    return Table.of(x, y);
  }

  private static double number(String text) {
    return Double.parseDouble(text.replace("\"", ""));
  }

  private static double[] doubles(List<Double> values) {
    return values.stream().mapToDouble(v -> v).toArray();
  }

  private static void assertRelative(double[] expected, double[] actual, double relative) {
    for (int j = 0; j < expected.length; j++) {
      assertEquals(expected[j], actual[j], relative * Math.abs(expected[j]), "coefficient " + j);
    }
  }
}
