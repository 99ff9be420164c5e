package io.sparkfed.report;

import static io.sparkfed.report.ReportPage.embedded;
import static io.sparkfed.report.ReportPage.keyFigure;
import static io.sparkfed.report.ReportPage.occurrences;
import static io.sparkfed.report.ReportPage.series;
import static io.sparkfed.report.ReportPage.tableRow;
import static io.sparkfed.report.ReportRun.HOSTILE;
import static io.sparkfed.report.ReportRun.round;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.testing.Measured;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The charts: what the page's script is given to draw, and what is said of it in words. */
class HtmlReportChartsTest {

  @Test
  void render_hostileName_comesBackWholeFromTheEmbeddedJson() throws Exception {
    ReportRun run = new ReportRun();
    run.name = HOSTILE + "<!--<script>";

    String page = HtmlReport.render(run.report());

    assertEquals(HOSTILE + "<!--<script>", embedded(page).get("name").textValue());
    assertFalse(page.contains("<!--<script>"));
  }

  @Test
  void render_roundsWithLosses_areInTheEmbeddedJson() throws Exception {
    ReportRun run = new ReportRun();
    run.rounds = List.of(round(0, 0.6931471805599453), round(1, Double.NaN), round(2, 0.125));

    JsonNode data = embedded(HtmlReport.render(run.report()));

    assertEquals("[0,1,2]", data.get("rounds").toString());
    assertEquals("[0.6931471805599453,null,0.125]", data.get("loss").toString());
    assertEquals(
        data.get("loss").toString(), series(data, "chart-loss", "Train").get("values").toString());
  }

  @Test
  void render_testMetrics_areDrawnBesideTheTrainOnes() throws Exception {
    JsonNode data = embedded(HtmlReport.render(new ReportRun().report()));

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
    ReportRun run = ReportRun.linear();
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
                Measured.of(0, 0, 10)));

    String page = HtmlReport.render(run.report());

    JsonNode data = embedded(page);
    assertEquals("[4.0]", series(data, "chart-loss", "Train").get("values").toString());
    assertEquals("[5.0]", series(data, "chart-loss", "Test").get("values").toString());
    assertEquals("[2.0]", data.get("loss").toString());
    assertTrue(page.contains("the training loss itself has another scale"));
  }

  @Test
  void render_linearRun_drawsRmseAndR2Apart() throws Exception {
    JsonNode data = embedded(HtmlReport.render(ReportRun.linear().report()));

    assertEquals("[3.0]", series(data, "chart-rmse", "Train").get("values").toString());
    assertEquals("[0.25]", series(data, "chart-r2", "Train").get("values").toString());
  }

  @Test
  void render_noTestMetrics_hasNoTestColumnAndNoTestCurve() throws Exception {
    ReportRun run = new ReportRun();
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
  void render_charts_haveTextForReadersWithoutPictures() {
    String page = HtmlReport.render(new ReportRun().report());

    assertEquals(occurrences(page, "<div class=\"chart "), occurrences(page, "role=\"img\""));
    assertTrue(page.contains("Train: 0.7500 in round 0, 0.6000 in round 1."));
    assertTrue(page.contains("<noscript>"));
    assertTrue(page.contains("href=\"#rounds\""));
    assertTrue(page.contains("id=\"rounds\""));
  }
}
