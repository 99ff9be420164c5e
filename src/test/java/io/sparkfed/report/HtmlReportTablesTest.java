package io.sparkfed.report;

import static io.sparkfed.report.ReportPage.keyFigure;
import static io.sparkfed.report.ReportPage.occurrences;
import static io.sparkfed.report.ReportPage.tableRow;
import static io.sparkfed.report.ReportRun.metrics;
import static io.sparkfed.report.ReportRun.round;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.evaluation.FitSums;
import io.sparkfed.evaluation.ResponseDistribution;
import io.sparkfed.math.SymmetricMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The lists and tables of the page. */
class HtmlReportTablesTest {

  @Test
  void render_notFiniteAndMissingMetrics_areDashes() {
    ReportRun run = new ReportRun();
    run.train = metrics("rows", 10, "logLoss", Double.NaN, "auc", Double.NEGATIVE_INFINITY);
    run.test = metrics("accuracy", Double.NaN);
    run.train.put("recall", null);
    run.rounds = List.of(round(0, Double.POSITIVE_INFINITY), round(1, Double.NaN));
    run.model =
        ReportRun.model(
            "logistic", List.of("a", "b"), List.of(Double.NaN, 1.5), Double.NaN, "none");
    run.phases = Map.of("train", Double.NaN);

    String page = HtmlReport.render(run.report());
    String visible = page.substring(page.indexOf("<body>"), page.indexOf("<script"));

    assertFalse(visible.contains("NaN"));
    assertFalse(visible.contains("Infinity"));
    assertFalse(visible.contains("null"));
    assertEquals("\u2013", keyFigure(page, "Train loss"));
    assertEquals("\u2013", keyFigure(page, "Train accuracy"));
    assertEquals(List.of("\u2013", "\u2013"), tableRow(page, "Log loss"));
    assertEquals(List.of("\u2013", "\u2013"), tableRow(page, "Recall"));
    assertEquals(List.of("10", "\u2013"), tableRow(page, "Rows"));
    assertTrue(visible.contains("Intercept: <strong>\u2013</strong>"));
  }

  /** With the estimates 2 and -1, standard errors 1 and 0.5, and normal quantiles. */
  @Test
  void render_statistics_areATableWithIntervals() {
    ReportRun run = new ReportRun();
    run.statistics =
        Optional.of(
            FitStatistics.of(
                    ResponseDistribution.BINOMIAL,
                    new FitSums(100.0, 80.0, 120.0, 90.0, 0.0, 0.0),
                    new double[] {2.0, -1.0, 7.0},
                    true,
                    SymmetricMatrix.of(3, new double[] {1.0, 0.0, 0.0, 0.25, 0.0, 0.0}),
                    0.95)
                .named(List.of("age", "<dose>")));

    String page = HtmlReport.render(run.report());
    String section = page.substring(page.indexOf("Statistics of the fit"));

    assertTrue(section.contains("<dd>80.00 on 98 degrees of freedom</dd>"));
    assertTrue(section.contains("<dd>120.0 on 99 degrees of freedom</dd>"));
    String age = section.substring(section.indexOf("<bdi>age</bdi>"));
    assertEquals(
        List.of("2.000", "1.000", "2.000", "0.04550", "0.04004", "3.960"),
        tableRow(section.replace("<bdi>", "").replace("</bdi>", ""), "age"));
    assertTrue(section.contains("<bdi>&lt;dose&gt;</bdi>"));
    // 0.04 to 3.96 standard errors, where 3.96 is the edge.
    assertTrue(age.contains("left:50.51%;width:49.49%"), age.substring(0, 600));
    assertFalse(HtmlReport.render(new ReportRun().report()).contains("Statistics of the fit"));
  }

  /** Nothing but coefficients is known then, and the page says what errors are of. */
  @Test
  void render_statisticsOfAFitWithNoise_sayThatTheyCountIt() {
    ReportRun run = new ReportRun();
    run.statistics =
        Optional.of(
            FitStatistics.withNoise(
                    20_000.0, new double[] {2.0, -1.0}, new double[] {1.0, 0.5}, true, 0.95)
                .named(List.of("age")));

    String page = HtmlReport.render(run.report());
    String section = page.substring(page.indexOf("Statistics of the fit"), page.indexOf("<script"));

    assertTrue(section.contains("intervals count the noise that was added"));
    assertTrue(section.contains("<dt>Rows</dt><dd>20,000</dd>"), section.substring(0, 600));
    assertFalse(section.contains("eviance"));
    assertEquals(
        List.of("2.000", "1.000", "2.000", "0.04550", "0.04004", "3.960"),
        tableRow(section.replace("<bdi>", "").replace("</bdi>", ""), "age"));
    assertTrue(JsonFiles.run(run.report()).contains("\"countsNoise\" : true"));
    run.statistics = Optional.empty();
    assertFalse(HtmlReport.render(run.report()).contains("count the noise"));
  }

  @Test
  void render_manyWorkers_foldsTheRest() {
    ReportRun run = new ReportRun();
    List<String> workers = IntStream.range(0, 1000).mapToObj(i -> "site-" + i).toList();
    run.cohort = ReportRun.cohort(workers, Map.of(), "read in place: no row moved");

    String page = HtmlReport.render(run.report());

    assertEquals(1000, occurrences(page, "<bdi>site-"));
    assertTrue(page.contains("<summary>970 more</summary>"));
    String open = page.substring(0, page.indexOf("<summary>970 more"));
    assertEquals(ReportTables.LISTED_WORKERS, occurrences(open, "<bdi>site-"));
    assertEquals("1,000", keyFigure(page, "Workers"));
  }

  @Test
  void render_skippedWorkers_areCountedByReason() {
    ReportRun run = new ReportRun();
    run.cohort = ReportRun.cohort(List.of(), Map.of("no rows", 3, "no training rows", 2), "");

    String page = HtmlReport.render(run.report());

    assertTrue(page.contains("Left out: 5"));
    assertTrue(page.contains("<bdi>no rows</bdi></th><td>3</td>"));
  }

  @Test
  void render_manyFeatures_showsTheLargestAndSaysSo() {
    ReportRun run = new ReportRun();
    List<String> features = IntStream.range(0, 61).mapToObj(i -> "f" + i).toList();
    List<Double> coefficients = new ArrayList<>();
    IntStream.range(0, 61).forEach(i -> coefficients.add(i % 2 == 0 ? i + 1.0 : -i - 1.0));
    run.model = ReportRun.model("logistic", features, coefficients, 2, "federated");

    String page = HtmlReport.render(run.report());

    assertTrue(page.contains("The 60 largest of 61 by absolute value are shown"));
    assertTrue(page.indexOf("<bdi>f60</bdi>") < page.indexOf("<bdi>f59</bdi>"));
    assertTrue(page.contains("<bdi>f1</bdi>"));
    assertFalse(page.contains("<bdi>f0</bdi>"));
  }

  @Test
  void render_extremeCoefficients_keepTheirBarsWithinTheCell() {
    ReportRun run = new ReportRun();
    run.model =
        ReportRun.model(
            "linear",
            List.of("a", "b", "c"),
            List.of(Double.MAX_VALUE, -Double.MAX_VALUE, 0.0),
            0,
            "none");

    String page = HtmlReport.render(run.report());

    assertTrue(page.contains("style=\"left:50.00%;width:50.00%\""));
    assertTrue(page.contains("style=\"left:0.00%;width:50.00%\""));
  }

  @Test
  void render_severalClasses_namesTheClassOfEachCoefficient() {
    ReportRun run = new ReportRun();
    run.model =
        new RunReport.FinalModel(
            "softmax",
            "logLoss",
            List.of("age", "dose"),
            List.of(List.of(0.5, -1.0), List.of(0.25, 3.0), List.of(-0.75, -2.0)),
            List.of(0.125, Double.NaN, -0.125),
            List.of("0", "1", "2"),
            "none",
            Double.NaN);

    String page = HtmlReport.render(run.report());

    assertTrue(page.contains("Softmax model, 2 features"), page);
    assertTrue(
        page.contains(
            "Intercept: <strong>0.1250 (class 0), \u2013 (class 1), -0.1250 (class 2)</strong>"));
    assertTrue(page.indexOf("<bdi>dose, class 1</bdi>") < page.indexOf("<bdi>dose, class 2</bdi>"));
    assertTrue(page.contains("<bdi>age, class 0</bdi>"));
  }

  @Test
  void render_configuration_isListedWithItsOrigin() {
    String page = HtmlReport.render(new ReportRun().report());

    assertTrue(page.contains(">server.rate</th>"));
    assertTrue(page.contains(">0.5</td>"));
    assertTrue(page.contains(">command line</td>"));
  }
}
