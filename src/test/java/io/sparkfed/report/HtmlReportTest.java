package io.sparkfed.report;

import static io.sparkfed.report.ReportPage.keyFigure;
import static io.sparkfed.report.ReportPage.occurrences;
import static io.sparkfed.report.ReportPage.tableRow;
import static io.sparkfed.report.ReportRun.HOSTILE;
import static io.sparkfed.report.ReportRun.metrics;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.testing.Measured;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page as a whole: self-contained, escaped, and the same everywhere. */
class HtmlReportTest {

  @Test
  void render_anyRun_asksForNothingOverTheNetwork() {
    String page = HtmlReport.render(new ReportRun().report());

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
    String page = HtmlReport.render(new ReportRun().report());

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
    String page = HtmlReport.render(new ReportRun().report());

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
            "Time of the run</h2>",
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
    ReportRun run = new ReportRun();
    run.runId = HOSTILE;
    run.name = HOSTILE;
    run.exit = new RunReport.Exit("diverged" + HOSTILE, 6, HOSTILE);
    run.versions = Map.of(HOSTILE, HOSTILE);
    run.cohort = ReportRun.cohort(List.of(HOSTILE), Map.of(HOSTILE, 1), HOSTILE);
    run.protection = new RunReport.Protection(HOSTILE, HOSTILE, List.of(HOSTILE), List.of(HOSTILE));
    run.notes = List.of(HOSTILE);
    run.rounds =
        List.of(
            new RoundSummary(
                0, 0, 0, 1, Map.of(HOSTILE, 1.0), Map.of(HOSTILE, 1.0), 0, Measured.of(0, 0, 0)));
    run.train = Map.of(HOSTILE, 1.0);
    run.test = Map.of(HOSTILE, 1.0);
    run.model = ReportRun.model(HOSTILE, List.of(HOSTILE), List.of(1.0), 0, HOSTILE);
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
  void render_testMetrics_makeTheKeyFigure() {
    assertEquals("0.7000", keyFigure(HtmlReport.render(new ReportRun().report()), "Test accuracy"));
  }

  @Test
  void render_divergedBeforeTheFirstRound_saysSoAndStillRenders() {
    ReportRun run = new ReportRun();
    run.exit = new RunReport.Exit("diverged", 6, "The loss is not finite: lower the rate.");
    run.rounds = List.of();
    run.train = Map.of();
    run.test = Map.of();
    run.phases = Map.of();
    run.configuration = List.of();
    run.notes = List.of();
    run.model = ReportRun.model("logistic", List.of(), List.of(), 0, "none");

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
    String page = HtmlReport.render(new ReportRun().report());

    assertTrue(page.contains("<p class=\"badge good\">Succeeded</p>"));
    assertFalse(page.contains("Exit code"));
  }

  @Test
  void render_otherLocaleAndTimeZone_givesTheSamePage() {
    Locale locale = Locale.getDefault();
    TimeZone zone = TimeZone.getDefault();
    ReportRun run = new ReportRun();
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
}
