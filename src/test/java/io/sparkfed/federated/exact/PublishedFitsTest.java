package io.sparkfed.federated.exact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.math.Vectors;
import io.sparkfed.model.Family;
import io.sparkfed.server.ExactOptimizer;
import io.sparkfed.server.Lbfgs;
import io.sparkfed.server.Newton;
import io.sparkfed.testing.Table;
import io.sparkfed.testing.TestData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Published fits: coefficients, standard errors, deviances and likelihoods. Tolerances are those of
 * the last digit printed, or of where the other program's iterations stopped.
 */
class PublishedFitsTest {
  private static final Newton NEWTON = new Newton(1e-12);

  private static TrainingResult fit(Family family, Map<String, Table> workers) {
    int features = workers.values().iterator().next().features();
    TrainingResult result =
        new PlanBuilder()
            .family(family)
            .features(features)
            .rounds(50)
            .optimizer(NEWTON)
            .train(workers);
    assertTrue(result.divergence().isEmpty());
    assertEquals(List.of(), result.notes());
    return result;
  }

  private static Table table(
      List<Map<String, String>> rows,
      String label,
      List<Function<Map<String, String>, Double>> features) {
    return Table.of(
        rows.stream()
            .map(row -> features.stream().mapToDouble(f -> f.apply(row)).toArray())
            .toArray(double[][]::new),
        rows.stream().mapToDouble(row -> number(row, label)).toArray());
  }

  private static double number(Map<String, String> row, String column) {
    return Double.parseDouble(row.get(column));
  }

  private static Function<Map<String, String>, Double> column(String name) {
    return row -> number(row, name);
  }

  private static Function<Map<String, String>, Double> level(String column, String level) {
    return row -> row.get(column).replace("\"", "").equals(level) ? 1.0 : 0.0;
  }

  /** Three files, one for each party. */
  private static Map<String, Table> parties(
      String folder,
      String label,
      Predicate<Map<String, String>> ofA,
      List<Function<Map<String, String>, Double>> features) {
    Map<String, Table> parties = new LinkedHashMap<>();
    for (String party : List.of("a", "b", "c")) {
      List<Map<String, String>> rows =
          new ArrayList<>(TestData.csv("vantage6-glm/" + folder + "/" + party + ".csv"));
      if (party.equals("a")) {
        rows.removeIf(ofA.negate());
      }
      parties.put(party, table(rows, label, features));
    }
    return parties;
  }

  private static void assertRelative(double[] expected, double[] actual, double error) {
    assertEquals(expected.length, actual.length);
    for (int j = 0; j < expected.length; j++) {
      assertEquals(expected[j], actual[j], error * Math.abs(expected[j]), "number " + j);
    }
  }

  private static double[] errors(FitStatistics statistics) {
    return statistics.coefficients().stream()
        .mapToDouble(FitStatistics.Coefficient::standardError)
        .toArray();
  }

  private static final List<Function<Map<String, String>, Double>> ADMISSION =
      List.of(
          column("gre"), column("gpa"), level("rank", "2"), level("rank", "3"), level("rank", "4"));

  @Test
  void threeParties_binomial_isAsPublished() {
    TrainingResult result =
        fit(Family.LOGISTIC, parties("binomial", "admit", r -> true, ADMISSION));

    assertRelative(
        new double[] {
          .0022644257, .8040374535, -.6754428594, -1.3402038117, -1.5514636445, -3.9899786606
        },
        result.model().values(),
        2e-7);
    FitStatistics statistics = result.statistics().orElseThrow();
    assertRelative(
        new double[] {.00109399, .331819, .31648, .34530, .41783, 1.139950},
        errors(statistics),
        2e-4);
    assertEquals(458.5174924759, statistics.deviance(), 1e-9);
    assertEquals(499.9765, statistics.nullDeviance(), 1e-4);
    assertEquals(1.0, statistics.dispersion());
    assertEquals(394.0, statistics.residualDegrees());
    assertEquals(399.0, statistics.nullDegrees());
    assertEquals(458.5174924759 + 12.0, statistics.aic(), 1e-9);
    assertEquals("z", statistics.test());
  }

  @Test
  void threeParties_levelMissingAtOne_stillFits() {
    TrainingResult result =
        fit(
            Family.LOGISTIC,
            parties("binomial", "admit", row -> !row.get("rank").equals("4"), ADMISSION));

    assertEquals(379.0, result.statistics().orElseThrow().rows());
    assertEquals(439.0, result.statistics().orElseThrow().deviance(), 0.5);
    assertArrayEquals(
        new double[] {.00232, .765, -.677, -1.34, -1.57, -3.89}, result.model().values(), 6e-3);
  }

  @Test
  void threeParties_poisson_isAsPublished() {
    TrainingResult result =
        fit(
            Family.POISSON,
            parties(
                "poisson",
                "num_awards",
                r -> true,
                List.of(level("prog", "Academic"), level("prog", "Vocational"), column("math"))));

    assertRelative(new double[] {1.08385, .36980, .07015, -5.24712}, result.model().values(), 5e-5);
    FitStatistics statistics = result.statistics().orElseThrow();
    assertRelative(new double[] {.3583, .44107, .010599, .6584}, errors(statistics), 2e-4);
    assertEquals(189.4496, statistics.deviance(), 1e-4);
    assertEquals(287.67223, statistics.nullDeviance(), 1e-5);
  }

  @Test
  void threeParties_gaussian_isAsPublished() {
    TrainingResult result =
        fit(Family.LINEAR, parties("gaussian", "Volume", r -> true, List.of(column("Girth"))));

    assertRelative(new double[] {5.0658564, -36.94346}, result.model().values(), 5e-8);
    FitStatistics statistics = result.statistics().orElseThrow();
    assertRelative(new double[] {.171981, 2.339522}, errors(statistics), 6e-6);
    assertEquals(1048.6051, statistics.deviance(), 1e-4);
    assertEquals(17.47675, statistics.dispersion(), 1e-5);
    assertEquals(60.0, statistics.residualDegrees());
    assertEquals("t", statistics.test());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 100})
  void lowBirthWeight_anySplit_isStatas(int workers) {
    Table table =
        table(
            TestData.csv("statsmodels-ref/stata_lbw_glm.csv"),
            "low",
            List.of(
                column("age"),
                column("lwt"),
                level("race", "black"),
                level("race", "other"),
                column("smoke"),
                column("ptl"),
                column("ht"),
                column("ui")));

    TrainingResult result = fitOver(Family.LOGISTIC, table, workers);

    assertRelative(
        new double[] {
          -.02710031,
          -.01515082,
          1.26264728,
          .86207916,
          .92334482,
          .54183656,
          1.83251780,
          .75851348,
          .46122388
        },
        result.model().values(),
        2e-7);
    FitStatistics statistics = result.statistics().orElseThrow();
    assertEquals(201.4479911325, statistics.deviance(), 1e-9);
    assertEquals(201.4479911325 / -2.0, statistics.logLikelihood(), 1e-9);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10})
  void randhie_poisson_isStatas(int workers) {
    List<String> names =
        List.of("lncoins", "idp", "lpi", "fmde", "physlm", "disea", "hlthg", "hlthf", "hlthp");
    Table table =
        table(
            TestData.csv("statsmodels-ref/randhie.csv"),
            "mdvis",
            names.stream().map(PublishedFitsTest::column).toList());

    TrainingResult result = fitOver(Family.POISSON, table, workers);

    assertRelative(
        new double[] {
          -.052535114675, -.247086797633, .035290201794, -.03457750643, .271713973711,
          .033941474461, -.012635035534, .054056326828, .206115121809, .700352877227
        },
        result.model().values(),
        1e-7);
    assertEquals(
        -62419.588535018, result.statistics().orElseThrow().logLikelihood(), 1e-8 * 62419.0);
  }

  /**
   * Party identification, seven classes. The published coefficients are differences to those of
   * class 0. The likelihood here is better by 4e-11 of it: the published iterations stopped there.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 10})
  void partyIdentification_softmax_isStatas(int workers) {
    Table table = anes96();
    double[][] published = {
      {-.01153598, .29771435, -.024945, .08249144, .00519655, -.37340167},
      {-.08875065, .39166864, -.02289784, .18104276, .04787398, -2.2509132},
      {-.1059667, .57345051, -.01485121, -.00715242, .05757516, -3.6655835},
      {-.0915567, 1.2787718, -.00868135, .19982796, .08449838, -7.6138431},
      {-.0932846, 1.3469616, -.01790407, .21693885, .08095841, -7.0604782},
      {-.14088069, 2.0700801, -.00943265, .3219257, .10889408, -12.105751}
    };

    for (ExactOptimizer optimizer : List.of(NEWTON, new Lbfgs(10, 1e-12))) {
      TrainingResult result =
          new PlanBuilder()
              .family(Family.SOFTMAX)
              .classes(7)
              .features(5)
              .rounds(500)
              .sum(new InsecurePlainSum(1))
              .optimizer(optimizer)
              .train(PlanBuilder.deal(table, workers));

      assertTrue(result.divergence().isEmpty());
      assertEquals(List.of(), result.notes());
      assertEquals(
          1461.922747312,
          result.lastRound().trainMetrics().get("objective") * 944.0,
          1e-10 * 1461.922747312);
      double error = optimizer == NEWTON ? 1e-6 : 1e-4;
      for (int k = 1; k < 7; k++) {
        double[] difference = Vectors.subtract(weights(result, k), weights(result, 0));
        assertRelative(published[k - 1], difference, error);
      }
      for (int j = 0; j < 6; j++) {
        double sum = 0.0;
        for (int k = 0; k < 7; k++) {
          sum += weights(result, k)[j];
        }
        assertEquals(0.0, sum, 1e-9, "column " + j);
      }
    }
  }

  /** An output's weights, then its intercept. */
  private static double[] weights(TrainingResult result, int output) {
    double[] weights = Arrays.copyOf(result.model().weights(output), 6);
    weights[5] = result.model().shape().intercept(result.model().values(), output);
    return weights;
  }

  /** A file separated by tabs, its names in quotes. */
  private static Table anes96() {
    List<String> lines = TestData.lines("statsmodels-ref/anes96.csv");
    List<String> names = List.of(lines.get(0).replace("'", "").split("\t", -1));
    double[][] x = new double[lines.size() - 1][];
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double[] cells =
          Arrays.stream(lines.get(i + 1).split("\t", -1))
              .mapToDouble(Double::parseDouble)
              .toArray();
      x[i] =
          new double[] {
            Math.log(cells[names.indexOf("popul")] + 0.1),
            cells[names.indexOf("selfLR")],
            cells[names.indexOf("age")],
            cells[names.indexOf("educ")],
            cells[names.indexOf("income")]
          };
      y[i] = cells[names.indexOf("PID")];
    }
    return Table.of(x, y);
  }

  private static TrainingResult fitOver(Family family, Table table, int workers) {
    return new PlanBuilder()
        .family(family)
        .features(table.features())
        .rounds(50)
        .sum(new InsecurePlainSum(1))
        .optimizer(NEWTON)
        .train(PlanBuilder.deal(table, workers));
  }
}
