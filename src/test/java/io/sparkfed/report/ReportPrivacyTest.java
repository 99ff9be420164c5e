package io.sparkfed.report;

import static io.sparkfed.report.ReportPage.keyFigure;
import static io.sparkfed.report.ReportPage.tableRow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.aggregate.RowPart;
import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.evaluation.MetricNoise;
import io.sparkfed.evaluation.PrivacyAccount;
import io.sparkfed.evaluation.PrivacyAccount.Released;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.testing.Measured;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a run with noise says of it. */
class ReportPrivacyTest {
  /** Of epsilon 1 and delta 1e-5, whose advantage is .0983697 (2 Phi(mu / 2) - 1, by scipy). */
  private static final PrivacyAccount ACCOUNT = account(HiddenUnit.ROW, 0.0983697, 3, 1);

  static PrivacyAccount account(HiddenUnit unit, double advantage, int honest, int rowsOfPerson) {
    return new PrivacyAccount(
        unit,
        1.0,
        1e-5,
        0.0305566,
        0.91526,
        advantage,
        honest,
        rowsOfPerson,
        List.of(
            new Released("products", RowPart.TRAIN, 1, 21, 36.25, 6.0, 0.0061113),
            new Released("gradient", RowPart.TRAIN, 8, 6, 11.5, 1.25, 0.0244453)));
  }

  private static ReportRun run(PrivacyAccount account) {
    ReportRun run = new ReportRun();
    run.privacy = Optional.of(account);
    run.rounds = List.of();
    run.train = Map.of();
    return run;
  }

  @Test
  void run_withNoise_hasTheWholeAccount() throws Exception {
    JsonNode privacy =
        new ObjectMapper().readTree(JsonFiles.run(run(ACCOUNT).report())).path("privacy");

    assertEquals("row", privacy.path("unit").textValue());
    assertEquals(
        "add or remove one row of one worker; all other rows, who takes part, names, columns and"
            + " settings are public",
        privacy.path("adjacency").textValue());
    assertEquals(1.0, privacy.path("epsilon").doubleValue());
    assertEquals(1e-5, privacy.path("delta").doubleValue());
    assertEquals(0.0305566, privacy.path("rho").doubleValue());
    assertEquals(
        "epsilon 1, delta 1e-5 (rho 0.03056) for one row of one worker more or less",
        privacy.path("guarantee").textValue());
    assertEquals(0.91526, privacy.path("exactEpsilon").doubleValue());
    assertEquals(0.0983697, privacy.path("advantage").doubleValue());
    assertEquals(3, privacy.path("honestWorkers").intValue());
    assertEquals(2, privacy.path("releases").size());
    assertEquals(
        "{\"purpose\":\"gradient\",\"rows\":\"train\",\"sums\":8,\"length\":6,\"sigma\":11.5,"
            + "\"sensitivity\":1.25,\"rho\":0.0244453}",
        privacy.path("releases").path(1).toString());
  }

  /** Of a run whose test rows were told of at the end: one figure is hidden, one has no noise. */
  private static ReportRun evaluated() {
    ReportRun run = run(ACCOUNT);
    run.test =
        ReportRun.metrics(
            "rows", 251.3, "accuracy", 0.84321, "recall", Double.NaN, "aucError", 0.05);
    run.rounds =
        List.of(
            new RoundSummary(
                8,
                4,
                0,
                Double.NaN,
                Map.of(),
                run.test,
                1.0,
                Measured.of(0, 0, 10),
                Map.of(),
                new MetricNoise(Map.of(), ReportRun.metrics("rows", 12.4, "accuracy", 0.00987))));
    return run;
  }

  @Test
  void files_ofNoisedMetrics_haveTheDeviations() throws Exception {
    ObjectMapper json = new ObjectMapper();
    RunReport report = evaluated().report();
    for (String text :
        List.of(JsonFiles.run(report), JsonFiles.roundLine(report.rounds().get(0)))) {
      JsonNode node = json.readTree(text);
      assertEquals(
          "{\"rows\":251.3,\"accuracy\":0.84321,\"recall\":null,\"aucError\":0.05}",
          node.path("metrics").path("test").toString());
      assertEquals(
          "{\"train\":{},\"test\":{\"rows\":12.4,\"accuracy\":0.00987}}",
          node.path("noise").toString());
    }
    assertFalse(JsonFiles.run(new ReportRun().report()).contains("\"noise\""));
  }

  @Test
  void render_ofNoisedMetrics_saysHowExactTheyAre() {
    String page = HtmlReport.render(evaluated().report());

    assertEquals("0.8432 \u00b1 0.0099", keyFigure(page, "Test accuracy"));
    assertEquals(List.of("\u2013", "251 \u00b1 12"), tableRow(page, "Rows"));
    assertEquals(List.of("\u2013", "hidden by noise"), tableRow(page, "Recall"));
    assertEquals(List.of("\u2013", "0.05000"), tableRow(page, "AUC error at most"));
    assertTrue(page.contains("&plusmn; is the standard deviation of what noise does"));
    assertTrue(page.contains("Losses and metrics of rounds aren&rsquo;t told"));
    assertFalse(
        HtmlReport.render(new ReportRun().report()).contains("what noise does to a figure"));
  }

  @Test
  void withNoise_isToTheSecondDigitOfTheDeviation() {
    assertEquals("0.8432 +- 0.0099", ReportText.withNoise(0.84321, 0.00987, " +- "));
    assertEquals("16281 +- 123", ReportText.withNoise(16281.4, 123.4, " +- "));
    assertEquals("2.3 +- 1.0", ReportText.withNoise(2.34, 1.04, " +- "));
    assertEquals("0.8432", ReportText.withNoise(0.84321, null, " +- "));
    assertEquals("0.8432", ReportText.withNoise(0.84321, 0.0, " +- "));
    assertEquals("1.234e+12 +- 5.000e+09", ReportText.withNoise(1.234e12, 5e9, " +- "));
  }

  @Test
  void run_withoutNoise_saysNothingOfIt() throws Exception {
    assertTrue(
        new ObjectMapper()
            .readTree(JsonFiles.run(new ReportRun().report()))
            .path("privacy")
            .isMissingNode());
    assertFalse(HtmlReport.render(new ReportRun().report()).contains("id=\"releases\""));
  }

  @Test
  void render_withNoise_saysWhatItMeansAndWhatWasReleased() {
    String page = HtmlReport.render(run(ACCOUNT).report());

    assertTrue(page.contains("with at most 9.84 points above guessing"));
    assertTrue(page.contains("as long as 3 workers of each sum don&#39;t tell"));
    assertEquals("1", keyFigure(page, "Epsilon"));
    assertTrue(
        page.contains(
            "<dt>Guarantee, to quote</dt><dd>epsilon 1, delta 1e-5 (rho 0.03056) for one row of one"
                + " worker more or less</dd>"));
    assertTrue(
        page.contains(
            "<dt>For display only</dt><dd>epsilon 0.9153 by the exact curve, for these fixed"
                + " settings; no guarantee</dd>"));
    assertEquals(
        List.of("8", "6", "11.50", "1.250", "0.02445"),
        tableRow(page, "gradient").stream().filter(cell -> !cell.equals("train")).toList());
    assertTrue(page.contains("Losses and metrics of rounds aren&rsquo;t told"));
    assertFalse(page.contains("There is no finite figure to draw."));
  }

  /** A number that is said to be the most is not rounded down. */
  @Test
  void meaning_ofSmallAndLargeAdvantages_isRoundedUp() {
    assertTrue(meaning(0.01173).contains("one given row was there with at most 1.18 points"));
    assertTrue(meaning(0.567).contains("at most 56.7 points"));
    assertTrue(meaning(1e-9).contains("at most 0.01 points"));
    assertTrue(meaning(1.0).contains("at most 100 points"));
    for (int rows : new int[] {1, 4}) {
      PrivacyAccount account = account(HiddenUnit.PERSON, 0.1, 1, rows);
      assertTrue(
          PrivacyWords.meaning(account).contains("one given person's rows at a worker were there"));
      assertTrue(PrivacyWords.adjacency(account).contains("person's rows, " + rows + " at most"));
    }
    assertTrue(
        PrivacyWords.meaning(account(HiddenUnit.WORKER, 0.1, 1, 1))
            .contains("one given worker's rows counted"));
  }

  private static String meaning(double advantage) {
    return PrivacyWords.meaning(account(HiddenUnit.ROW, advantage, 1, 1));
  }

  @Test
  void line_ofTheConsole_namesBudgetAndRow() {
    assertEquals(
        "privacy: epsilon 1, delta 1e-5 (rho 0.03056) for one row of one worker more or less",
        PrivacyWords.line(ACCOUNT));
    assertEquals("2.5e-12", PrivacyWords.small(2.5e-12));
    assertEquals("1e-1", PrivacyWords.small(0.1));
  }
}
