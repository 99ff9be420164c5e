package io.sparkfed.report;

import static io.sparkfed.report.MetricNames.inPhrase;
import static io.sparkfed.report.ReportText.DASH;
import static io.sparkfed.report.ReportText.capitalized;
import static io.sparkfed.report.ReportText.count;
import static io.sparkfed.report.ReportText.duration;
import static io.sparkfed.report.ReportText.finite;
import static io.sparkfed.report.ReportText.number;
import static io.sparkfed.report.ReportText.seconds;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.samskivert.mustache.Mustache;
import io.sparkfed.evaluation.RoundSummary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Renders a {@link RunReport} as one self-contained HTML page: styles, script and data are inlined
 * and the page's own content security policy forbids every request.
 *
 * <p>The page is a pure function of the report and does not depend on the JVM's locale or time
 * zone. Every text of the report is escaped. A figure that is missing or not finite is shown as an
 * en dash and left out of the charts.
 */
public final class HtmlReport {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final DateTimeFormatter UTC_SECOND =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final RunReport report;
  private final List<RoundSummary> trained;

  private HtmlReport(RunReport report) {
    this.report = report;
    this.trained = report.rounds().stream().filter(r -> r.round() > 0).toList();
  }

  /**
   * Renders a report.
   *
   * @param report the run to tell about
   * @return a complete HTML document
   * @throws IllegalStateException if the template or the chart library is not on the class path
   */
  public static String render(RunReport report) {
    return Mustache.compiler()
        .emptyStringIsFalse(true)
        .strictSections(true)
        .compile(resource("report.mustache"))
        .execute(new HtmlReport(report).page());
  }

  private Map<String, Object> page() {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("name", report.name());
    page.put("outcome", outcome());
    page.put("figures", keyFigures());

    ReportCurves curves = new ReportCurves(report.rounds(), report.model().lossMetric());
    ReportEffort effort = new ReportEffort(trained);
    // Of noised metrics there are those of the final model alone.
    List<ReportChart> curveCharts = report.privacy().isPresent() ? List.of() : curves.charts();
    List<ReportChart> effortCharts = effort.charts();
    page.put("curves", curveCharts);
    page.put("anyCurves", !curveCharts.isEmpty());
    page.put("lossNote", curves.lossNote());
    page.put("effort", effortCharts);
    page.put("effortSummary", effort.summary());
    page.put("anyTest", report.rounds().stream().anyMatch(r -> !r.testMetrics().isEmpty()));
    page.put("chartData", chartData(curveCharts, effortCharts));
    page.put("chartScript", resource("uplot/uPlot.iife.min.js"));
    page.put("chartStyle", resource("uplot/uPlot.min.css"));

    ReportTables tables = new ReportTables(report);
    page.put("cohort", tables.cohort());
    page.put("protection", report.protection());
    page.put(
        "noise", report.privacy().map(p -> List.of(new ReportPrivacy(p).view())).orElse(List.of()));
    page.put("isNoisy", report.privacy().isPresent());
    page.put("notes", report.notes());
    page.put("anyNotes", !report.notes().isEmpty());
    page.put("metrics", tables.metrics());
    page.put("model", tables.model());
    page.put(
        "statistics",
        report.statistics().map(s -> List.of(new ReportStatistics(s).view())).orElse(List.of()));
    page.put("phases", tables.phases());
    page.put("anyPhases", !report.phaseSeconds().isEmpty());
    page.put("rounds", tables.rounds());
    page.put("configuration", report.configuration());
    page.put("configurationCount", report.configuration().size());
    page.put("anyConfiguration", !report.configuration().isEmpty());
    page.put("journals", report.journals().entrySet());
    page.put("anyJournals", !report.journals().isEmpty());
    page.put("journalCount", report.journals().size());
    page.put("versions", report.versions().entrySet());
    page.put("seed", report.seed());
    page.put("runId", report.runId());
    page.put("started", UTC_SECOND.format(report.started()));
    page.put("startedIso", report.started().toString());
    page.put("elapsed", duration(report.elapsed()));
    return page;
  }

  private Map<String, Object> outcome() {
    RunReport.Exit exit = report.exit();
    boolean good = exit.state().equals("succeeded");
    return Map.of(
        "label", capitalized(exit.state()),
        "kind", good ? "good" : "bad",
        "failed", !good,
        "code", exit.code(),
        "message", exit.message());
  }

  private List<Map<String, String>> keyFigures() {
    List<Map<String, String>> figures = new ArrayList<>();
    figures.add(figure("Workers", count(report.cohort().count())));
    figures.add(figure("Rounds", count(trained.size())));
    report
        .privacy()
        .ifPresentOrElse(
            privacy -> figures.add(figure("Epsilon", PrivacyWords.plain(privacy.epsilon()))),
            () ->
                figures.add(
                    figure(
                        "Train loss",
                        report.rounds().isEmpty()
                            ? DASH
                            : number(report.rounds().get(report.rounds().size() - 1).loss()))));
    mainMetric()
        .ifPresent(
            key -> {
              boolean isTest =
                  finite(report.testMetrics().get(key)) != null
                      || (report.trainMetrics().isEmpty() && !report.noise().test().isEmpty());
              figures.add(
                  figure(
                      (isTest ? "Test " : "Train ") + inPhrase(key),
                      isTest
                          ? ReportTables.metric(key, report.testMetrics(), report.noise().test())
                          : ReportTables.metric(
                              key, report.trainMetrics(), report.noise().train())));
            });
    figures.add(figure("Seconds", seconds(report.elapsed().toNanos() / 1e9)));
    return figures;
  }

  private Optional<String> mainMetric() {
    return List.of("accuracy", "meanDeviance", "rmse").stream()
        .filter(
            key -> report.testMetrics().containsKey(key) || report.trainMetrics().containsKey(key))
        .findFirst();
  }

  private static Map<String, String> figure(String label, String value) {
    return Map.of("label", label, "value", value);
  }

  /** The chart data as JSON that cannot end, or change the parsing of, its script element. */
  private String chartData(List<ReportChart> curves, List<ReportChart> effort) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("run", report.runId());
    data.put("name", report.name());
    data.put("rounds", ReportChart.numbers(report.rounds()));
    data.put("loss", ReportChart.values(report.rounds(), RoundSummary::loss));
    data.put("charts", Stream.concat(curves.stream(), effort.stream()).toList());
    try {
      return JSON.writeValueAsString(data).replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write the chart data as JSON", e);
    }
  }

  private static String resource(String name) {
    try (InputStream stream = HtmlReport.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException(
            "the resource io/sparkfed/report/" + name + " is not on the class path");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
