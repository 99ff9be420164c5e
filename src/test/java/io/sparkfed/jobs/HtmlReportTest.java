package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.evaluation.RunReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HtmlReportTest {

  private static final String HOSTILE = "</script><script>alert(1)<b>\"'&";

  @Test
  void render_anyRun_asksForNothingOverTheNetwork() {
    String page = HtmlReport.render(new Run().report());

    assertFalse(
        Pattern.compile("(src|href|action|data)\\s*=\\s*[\"']?\\s*(https?:)?//")
            .matcher(page)
            .find());
    assertFalse(page.contains("@import"));
    assertFalse(Pattern.compile("url\\(\\s*[\"']?(https?:)?//").matcher(page).find());
    assertFalse(page.contains("<link"));
    assertFalse(page.contains("<img"));
    assertTrue(page.contains("content=\"default-src 'none';"));
  }

  @Test
  void render_anyRun_isOneWholeDocumentWithTheChartLibrary() {
    String page = HtmlReport.render(new Run().report());

    assertTrue(page.startsWith("<!doctype html>"));
    assertTrue(page.strip().endsWith("</html>"));
    assertTrue(page.contains("var uPlot="));
    assertTrue(page.contains(".u-legend"));
    for (String element : List.of("section", "table", "details", "figure", "ul", "dl", "script")) {
      assertEquals(
          occurrences(page, "<" + element + "[ >]"),
          occurrences(page, "</" + element + ">"),
          element);
    }
  }

  @Test
  void render_anyRun_hasItsSectionsInOrder() {
    String page = HtmlReport.render(new Run().report());

    int at = 0;
    for (String mark :
        List.of(
            "<h1>",
            "class=\"figures\"",
            "Learning curves</h2>",
            "Participation and time</h2>",
            "Cohort</h2>",
            "Privacy</h2>",
            "Notes and warnings</h2>",
            "Metrics of the final model</h2>",
            "Coefficients</h2>",
            "Time by phase</h2>",
            "Rounds</h2>",
            "Configuration</h2>",
            "This run</h2>")) {
      int next = page.indexOf(mark, at);
      assertTrue(next > at, mark);
      at = next;
    }
  }

  @Test
  void render_hostileTexts_areEscapedEverywhere() {
    Run run = new Run();
    run.runId = HOSTILE;
    run.name = HOSTILE;
    run.exit = new RunReport.Exit("diverged" + HOSTILE, 6, HOSTILE);
    run.versions = Map.of(HOSTILE, HOSTILE);
    run.cohort = new RunReport.Cohort(List.of(HOSTILE), Map.of(HOSTILE, HOSTILE), HOSTILE);
    run.protection = new RunReport.Protection(HOSTILE, List.of(HOSTILE), List.of(HOSTILE));
    run.notes = List.of(HOSTILE);
    run.rounds =
        List.of(new RoundSummary(0, 0, 0, 1, Map.of(HOSTILE, 1.0), Map.of(HOSTILE, 1.0), 0, 0, 0));
    run.train = Map.of(HOSTILE, 1.0);
    run.test = Map.of(HOSTILE, 1.0);
    run.model = new RunReport.FinalModel(HOSTILE, List.of(HOSTILE), List.of(1.0), 0, HOSTILE);
    run.configuration = List.of(new RunReport.Setting(HOSTILE, HOSTILE, HOSTILE));
    run.phases = Map.of(HOSTILE, 1.0);

    String page = HtmlReport.render(run.report());

    assertFalse(page.contains("<script>alert"));
    assertFalse(page.contains("alert(1)<b>"));
    assertEquals(3, occurrences(page, "<script[ >]"));
    assertEquals(3, occurrences(page, "</script"));
    assertTrue(page.contains("&lt;&#x2F;script&gt;") || page.contains("&lt;/script&gt;"));
  }

  @Test
  void render_hostileName_comesBackWholeFromTheEmbeddedJson() throws Exception {
    Run run = new Run();
    run.name = HOSTILE + "<!--<script>";

    String page = HtmlReport.render(run.report());

    assertEquals(HOSTILE + "<!--<script>", embedded(page).get("name").textValue());
    assertFalse(page.contains("<!--<script>"));
  }

  @Test
  void render_roundsWithLosses_areInTheEmbeddedJson() throws Exception {
    Run run = new Run();
    run.rounds = List.of(round(0, 0.6931471805599453), round(1, Double.NaN), round(2, 0.125));

    JsonNode data = embedded(HtmlReport.render(run.report()));

    assertEquals("[0,1,2]", data.get("rounds").toString());
    assertEquals("[0.6931471805599453,null,0.125]", data.get("loss").toString());
    assertEquals(
        data.get("loss").toString(), series(data, "chart-loss", "Train").get("values").toString());
  }

  @Test
  void render_testMetrics_areDrawnBesideTheTrainOnes() throws Exception {
    JsonNode data = embedded(HtmlReport.render(new Run().report()));

    assertEquals("[0.75,0.5]", series(data, "chart-loss", "Test").get("values").toString());
    assertEquals(
        "[0.5,0.8]", series(data, "chart-accuracy", "Train accuracy").get("values").toString());
    assertEquals(
        "[0.5,0.7]", series(data, "chart-accuracy", "Test accuracy").get("values").toString());
    assertEquals("[0.6,0.9]", series(data, "chart-accuracy", "Train AUC").get("values").toString());
    assertEquals("[0.6,0.85]", series(data, "chart-accuracy", "Test AUC").get("values").toString());
  }

  @Test
  void render_lossThatIsHalfTheTestMetric_drawsTheMetricForBoth() throws Exception {
    Run run = linear();
    run.rounds =
        List.of(
            new RoundSummary(
                1,
                2,
                0,
                2.0,
                Map.of("meanSquaredError", 4.0),
                Map.of("meanSquaredError", 5.0),
                1,
                0,
                10));

    String page = HtmlReport.render(run.report());

    JsonNode data = embedded(page);
    assertEquals("[4.0]", series(data, "chart-loss", "Train").get("values").toString());
    assertEquals("[5.0]", series(data, "chart-loss", "Test").get("values").toString());
    assertEquals("[2.0]", data.get("loss").toString());
    assertTrue(page.contains("the training loss itself has another scale"));
  }

  @Test
  void render_linearRun_drawsRmseAndR2Apart() throws Exception {
    JsonNode data = embedded(HtmlReport.render(linear().report()));

    assertEquals("[3.0]", series(data, "chart-rmse", "Train").get("values").toString());
    assertEquals("[0.25]", series(data, "chart-r2", "Train").get("values").toString());
  }

  @Test
  void render_notFiniteAndMissingMetrics_areDashes() {
    Run run = new Run();
    run.train = metrics("rows", 10, "logLoss", Double.NaN, "auc", Double.NEGATIVE_INFINITY);
    run.test = metrics("accuracy", Double.NaN);
    run.train.put("recall", null);
    run.rounds = List.of(round(0, Double.POSITIVE_INFINITY), round(1, Double.NaN));
    run.model =
        new RunReport.FinalModel(
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

  @Test
  void render_noTestMetrics_hasNoTestColumnAndNoTestCurve() throws Exception {
    Run run = new Run();
    run.test = Map.of();
    run.rounds = List.of(round(0, 0.7), round(1, 0.6));

    String page = HtmlReport.render(run.report());

    assertFalse(page.contains(">Test</th>"));
    assertTrue(page.contains("The run has no test rows."));
    assertEquals(List.of("0.6000"), tableRow(page, "Log loss"));
    assertEquals("0.8000", keyFigure(page, "Train accuracy"));
    for (JsonNode chart : embedded(page).get("charts")) {
      for (JsonNode one : chart.get("series")) {
        assertFalse(one.get("label").textValue().startsWith("Test"));
      }
    }
  }

  @Test
  void render_testMetrics_makeTheKeyFigure() {
    assertEquals("0.7000", keyFigure(HtmlReport.render(new Run().report()), "Test accuracy"));
  }

  @Test
  void render_divergedBeforeTheFirstRound_saysSoAndStillRenders() {
    Run run = new Run();
    run.exit = new RunReport.Exit("diverged", 6, "The loss is not finite: lower the rate.");
    run.rounds = List.of();
    run.train = Map.of();
    run.test = Map.of();
    run.phases = Map.of();
    run.configuration = List.of();
    run.notes = List.of();
    run.model = new RunReport.FinalModel("logistic", List.of(), List.of(), 0, "none");

    String page = HtmlReport.render(run.report());

    assertTrue(page.contains("<p class=\"badge bad\">Diverged</p>"));
    assertTrue(page.contains("The loss is not finite: lower the rate."));
    assertTrue(page.contains("Exit code 6."));
    assertTrue(page.contains("No round was finished."));
    assertTrue(page.contains("There is no finite figure to draw."));
    assertEquals("0", keyFigure(page, "Rounds"));
    assertEquals("\u2013", keyFigure(page, "Train loss"));
  }

  @Test
  void render_succeeded_hasItsBadgeAndNoMessage() {
    String page = HtmlReport.render(new Run().report());

    assertTrue(page.contains("<p class=\"badge good\">Succeeded</p>"));
    assertFalse(page.contains("Exit code"));
  }

  @Test
  void render_otherLocaleAndTimeZone_givesTheSamePage() {
    Locale locale = Locale.getDefault();
    TimeZone zone = TimeZone.getDefault();
    Run run = new Run();
    run.train = metrics("rows", 1_234_567, "logLoss", 1234.5, "mae", 0.00001234, "accuracy", 0.5);
    String expected = HtmlReport.render(run.report());
    try {
      for (String tag : List.of("de-DE", "tr-TR", "ar-EG-u-nu-arab")) {
        Locale.setDefault(Locale.forLanguageTag(tag));
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
        assertEquals(expected, HtmlReport.render(run.report()), tag);
      }
    } finally {
      Locale.setDefault(locale);
      TimeZone.setDefault(zone);
    }
    assertEquals("1,234,567", tableRow(expected, "Rows").get(0));
    assertEquals("1234.5", tableRow(expected, "Log loss").get(0));
    assertEquals("1.234e-05", tableRow(expected, "Mean absolute error").get(0));
    assertTrue(expected.contains("2026-03-01 10:15:30 UTC"));
  }

  @Test
  void render_manyWorkers_foldsTheRest() {
    Run run = new Run();
    List<String> workers = IntStream.range(0, 1000).mapToObj(i -> "site-" + i).toList();
    run.cohort = new RunReport.Cohort(workers, Map.of(), "read in place: no row moved");

    String page = HtmlReport.render(run.report());

    assertEquals(1000, occurrences(page, "<bdi>site-"));
    assertTrue(page.contains("<summary>970 more</summary>"));
    String open = page.substring(0, page.indexOf("<summary>970 more"));
    assertEquals(HtmlReport.LISTED_WORKERS, occurrences(open, "<bdi>site-"));
    assertEquals("1,000", keyFigure(page, "Workers"));
  }

  @Test
  void render_skippedWorkers_haveTheirReasons() {
    Run run = new Run();
    run.cohort = new RunReport.Cohort(List.of("a"), Map.of("z", "no rows"), "in place");

    String page = HtmlReport.render(run.report());

    assertTrue(page.contains("Left out: 1"));
    assertTrue(page.contains("<bdi>z</bdi></th><td>no rows</td>"));
  }

  @Test
  void render_manyFeatures_showsTheLargestAndSaysSo() {
    Run run = new Run();
    List<String> features = IntStream.range(0, 61).mapToObj(i -> "f" + i).toList();
    List<Double> coefficients = new ArrayList<>();
    IntStream.range(0, 61).forEach(i -> coefficients.add(i % 2 == 0 ? i + 1.0 : -i - 1.0));
    run.model = new RunReport.FinalModel("logistic", features, coefficients, 2, "federated");

    String page = HtmlReport.render(run.report());

    assertTrue(page.contains("The 60 largest of 61 by absolute value are shown"));
    assertTrue(page.indexOf("<bdi>f60</bdi>") < page.indexOf("<bdi>f59</bdi>"));
    assertTrue(page.contains("<bdi>f1</bdi>"));
    assertFalse(page.contains("<bdi>f0</bdi>"));
  }

  @Test
  void render_extremeCoefficients_keepTheirBarsWithinTheCell() {
    Run run = new Run();
    run.model =
        new RunReport.FinalModel(
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
  void render_charts_haveTextForReadersWithoutPictures() {
    String page = HtmlReport.render(new Run().report());

    assertEquals(occurrences(page, "<div class=\"chart "), occurrences(page, "role=\"img\""));
    assertTrue(page.contains("Train: 0.7500 in round 0, 0.6000 in round 1."));
    assertTrue(page.contains("<noscript>"));
    assertTrue(page.contains("href=\"#rounds\""));
    assertTrue(page.contains("id=\"rounds\""));
  }

  @Test
  void render_configuration_isListedWithItsOrigin() {
    String page = HtmlReport.render(new Run().report());

    assertTrue(page.contains(">server.rate</th>"));
    assertTrue(page.contains(">0.5</td>"));
    assertTrue(page.contains(">command line</td>"));
  }

  private static JsonNode embedded(String page) throws Exception {
    Matcher matcher =
        Pattern.compile(
                "<script type=\"application/json\" id=\"chart-data\">(.*?)</script>",
                Pattern.DOTALL)
            .matcher(page);
    assertTrue(matcher.find());
    return new ObjectMapper().readTree(matcher.group(1));
  }

  private static JsonNode series(JsonNode data, String chart, String label) {
    JsonNode found = null;
    for (JsonNode one : data.get("charts")) {
      if (one.get("id").textValue().equals(chart)) {
        for (JsonNode series : one.get("series")) {
          found = series.get("label").textValue().equals(label) ? series : found;
        }
      }
    }
    assertNotNull(found, chart + " " + label);
    return found;
  }

  private static String keyFigure(String page, String label) {
    Matcher matcher =
        Pattern.compile("<dt>" + Pattern.quote(label) + "</dt><dd>(.*?)</dd>").matcher(page);
    assertTrue(matcher.find(), label);
    return matcher.group(1);
  }

  private static List<String> tableRow(String page, String heading) {
    Matcher row =
        Pattern.compile("<tr><th scope=\"row\">" + Pattern.quote(heading) + "</th>(.*?)</tr>")
            .matcher(page);
    assertTrue(row.find(), heading);
    Matcher cell = Pattern.compile("<td class=\"n\">(.*?)</td>").matcher(row.group(1));
    return cell.results().map(result -> result.group(1)).toList();
  }

  private static long occurrences(String page, String regex) {
    // The library's code is left out: it holds names of elements too.
    return Pattern.compile(regex)
        .matcher(page.replaceAll("var uPlot=[^\n]*", ""))
        .results()
        .count();
  }

  private static RoundSummary round(int number, double loss) {
    return new RoundSummary(number, number == 0 ? 0 : 2, 0, loss, Map.of(), Map.of(), 0.5, 0, 10);
  }

  private static Map<String, Double> metrics(Object... pairs) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      metrics.put((String) pairs[i], ((Number) pairs[i + 1]).doubleValue());
    }
    return metrics;
  }

  private static Run linear() {
    Run run = new Run();
    run.rounds =
        List.of(
            new RoundSummary(
                1,
                2,
                0,
                9,
                metrics("meanSquaredError", 9, "rmse", 3, "r2", 0.25),
                Map.of(),
                1,
                0,
                10));
    run.train = metrics("rows", 8, "meanSquaredError", 9, "rmse", 3, "r2", 0.25);
    run.test = Map.of();
    run.model = new RunReport.FinalModel("linear", List.of("x"), List.of(2.0), 1, "none");
    return run;
  }

  /** A small logistic run whose parts a test replaces. */
  private static final class Run {
    String runId = "run-1";
    String name = "two clinics";
    RunReport.Exit exit = new RunReport.Exit("succeeded", 0, "");
    Map<String, String> versions = Map.of("spark", "4.1.0");
    RunReport.Cohort cohort =
        new RunReport.Cohort(List.of("alice", "bob"), Map.of(), "read in place: no row moved");
    RunReport.Protection protection =
        new RunReport.Protection("masked-sum", List.of("One update."), List.of("The sum."));
    List<String> notes = List.of("A note.");
    List<RoundSummary> rounds =
        List.of(
            new RoundSummary(
                0,
                0,
                0,
                0.75,
                metrics("logLoss", 0.75, "accuracy", 0.5, "auc", 0.6),
                metrics("logLoss", 0.75, "accuracy", 0.5, "auc", 0.6),
                0,
                0,
                0),
            new RoundSummary(
                1,
                1,
                1,
                0.6,
                metrics("logLoss", 0.6, "accuracy", 0.8, "auc", 0.9),
                metrics("logLoss", 0.5, "accuracy", 0.7, "auc", 0.85),
                1.5,
                0,
                2048));
    Map<String, Double> train = metrics("rows", 100, "logLoss", 0.6, "accuracy", 0.8, "auc", 0.9);
    Map<String, Double> test = metrics("rows", 50, "logLoss", 0.5, "accuracy", 0.7, "auc", 0.85);
    RunReport.FinalModel model =
        new RunReport.FinalModel(
            "logistic", List.of("age", "dose"), List.of(0.5, -1.25), 0.1, "federated");
    List<RunReport.Setting> configuration =
        List.of(new RunReport.Setting("server.rate", "0.5", "command line"));
    Map<String, Double> phases = Map.of("train", 1.5);

    RunReport report() {
      return new RunReport(
          runId,
          name,
          Instant.parse("2026-03-01T10:15:30Z"),
          Duration.ofMillis(12_340),
          exit,
          versions,
          7,
          cohort,
          protection,
          notes,
          rounds,
          train,
          test,
          model,
          configuration,
          phases);
    }
  }
}
