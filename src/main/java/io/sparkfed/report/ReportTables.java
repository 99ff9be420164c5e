package io.sparkfed.report;

import static io.sparkfed.report.MetricNames.inPhrase;
import static io.sparkfed.report.MetricNames.label;
import static io.sparkfed.report.MetricNames.ordered;
import static io.sparkfed.report.ReportText.bytes;
import static io.sparkfed.report.ReportText.capitalized;
import static io.sparkfed.report.ReportText.count;
import static io.sparkfed.report.ReportText.finite;
import static io.sparkfed.report.ReportText.fixed;
import static io.sparkfed.report.ReportText.number;
import static io.sparkfed.report.ReportText.seconds;

import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.evaluation.FitStatistics.Coefficient;
import io.sparkfed.evaluation.Measurement;
import io.sparkfed.evaluation.Measurement.Unit;
import io.sparkfed.evaluation.RoundSummary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The report's lists and tables, as the template wants them: cohort, metrics, model, time. */
final class ReportTables {

  /** How many workers are listed before the rest is folded away. */
  static final int LISTED_WORKERS = 30;

  /** How many coefficients are shown at most. */
  private static final int SHOWN_COEFFICIENTS = 60;

  /** How many intercepts are shown at most. */
  private static final int SHOWN_INTERCEPTS = 20;

  private final RunReport report;

  ReportTables(RunReport report) {
    this.report = report;
  }

  /** Returns who took part and who was left out. */
  Map<String, Object> cohort() {
    RunReport.Cohort cohort = report.cohort();
    Map<String, Object> view = new LinkedHashMap<>();
    fold(view, "workers", cohort.workers());
    view.put("workersCount", count(cohort.count()));
    int skipped = cohort.skipped().values().stream().mapToInt(Integer::intValue).sum();
    view.put("skippedAny", skipped > 0);
    view.put("skippedCount", count(skipped));
    view.put("skipped", List.copyOf(cohort.skipped().entrySet()));
    view.put("placement", cohort.placement());
    return view;
  }

  private static void fold(Map<String, Object> view, String key, List<?> all) {
    int listed = Math.min(LISTED_WORKERS, all.size());
    view.put(key + "Count", count(all.size()));
    view.put(key + "Any", !all.isEmpty());
    view.put(key + "Listed", all.subList(0, listed));
    view.put(key + "Folded", all.subList(listed, all.size()));
    view.put(key + "More", all.size() > listed);
    view.put(key + "MoreCount", count(all.size() - listed));
  }

  /** Returns the metrics of the final model. */
  Map<String, Object> metrics() {
    boolean test = !report.testMetrics().isEmpty();
    List<Map<String, Object>> rows = new ArrayList<>();
    for (String key :
        ordered(List.of(report.trainMetrics().keySet(), report.testMetrics().keySet()))) {
      rows.add(
          Map.of(
              "label", label(key),
              "train", metric(key, report.trainMetrics(), report.noise().train()),
              "test", metric(key, report.testMetrics(), report.noise().test())));
    }
    return Map.of(
        "any",
        !rows.isEmpty(),
        "hasTest",
        test,
        "isNoised",
        !report.noise().isNone(),
        "rows",
        rows);
  }

  /** Returns the final model with its largest coefficients. */
  Map<String, Object> model() {
    RunReport.FinalModel model = report.model();
    List<Double> coefficients = new ArrayList<>();
    List<String> names = new ArrayList<>();
    boolean byClass = model.coefficients().size() > 1;
    for (int k = 0; k < model.coefficients().size(); k++) {
      List<Double> ofOutput = model.coefficients().get(k);
      for (int j = 0; j < ofOutput.size(); j++) {
        coefficients.add(finite(ofOutput.get(j)));
        String feature =
            j < model.features().size() ? model.features().get(j) : "feature " + count(j);
        names.add(byClass ? feature + ", class " + model.classes().get(k) : feature);
      }
    }
    List<Integer> largest =
        IntStream.range(0, coefficients.size())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> rank(coefficients.get(i))))
            .limit(SHOWN_COEFFICIENTS)
            .toList();
    Map<Integer, Coefficient> intervals = intervals(coefficients.size());
    List<Double> ends = new ArrayList<>(largest.stream().map(coefficients::get).toList());
    intervals
        .values()
        .forEach(interval -> ends.addAll(List.of(interval.lower(), interval.upper())));
    Bars bars = Bars.of(ends);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int i : largest) {
      Double value = coefficients.get(i);
      Coefficient interval = intervals.get(i);
      rows.add(
          Map.of(
              "feature",
              names.get(i),
              "value",
              number(value),
              "bars",
              interval == null ? List.of(bars.bar(value)) : List.of(),
              "whiskers",
              interval == null ? List.of() : List.of(bars.whisker(interval))));
    }
    return Map.of(
        "family", capitalized(model.family()),
        "intercept", intercepts(model),
        "standardization", standardization(model.standardization()),
        "any", !coefficients.isEmpty(),
        "intervals", level(intervals),
        "cut", coefficients.size() > SHOWN_COEFFICIENTS,
        "shown", count(rows.size()),
        "coefficients", count(coefficients.size()),
        "features", count(byClass ? model.features().size() : coefficients.size()),
        "rows", rows);
  }

  /** The intervals of the coefficients that have one, by place; none without statistics. */
  private Map<Integer, Coefficient> intervals(int coefficients) {
    Map<Integer, Coefficient> intervals = new LinkedHashMap<>();
    List<Coefficient> all = report.statistics().map(FitStatistics::coefficients).orElse(List.of());
    for (int i = 0; i < Math.min(all.size(), coefficients); i++) {
      Coefficient one = all.get(i);
      if (Double.isFinite(one.lower()) && Double.isFinite(one.upper())) {
        intervals.put(i, one);
      }
    }
    return intervals;
  }

  /** The confidence level in percent, where there are intervals. */
  private List<String> level(Map<Integer, Coefficient> intervals) {
    return intervals.isEmpty()
        ? List.of()
        : report.statistics().stream()
            .map(statistics -> ReportStatistics.percent(statistics.confidenceLevel()))
            .toList();
  }

  /** One number, or for softmax as many as there are room for, by class. */
  private static String intercepts(RunReport.FinalModel model) {
    List<Double> intercepts = model.intercepts();
    if (intercepts.size() == 1) {
      return number(intercepts.get(0));
    }
    String shown =
        IntStream.range(0, Math.min(SHOWN_INTERCEPTS, intercepts.size()))
            .mapToObj(k -> number(intercepts.get(k)) + " (class " + model.classes().get(k) + ")")
            .collect(Collectors.joining(", "));
    return intercepts.size() > SHOWN_INTERCEPTS ? shown + ", ..." : shown;
  }

  /** Large values first, missing ones last. */
  private static double rank(Double value) {
    return value == null ? Double.POSITIVE_INFINITY : -Math.abs(value);
  }

  private static String standardization(String kind) {
    return switch (kind) {
      case "none" -> "The model was trained on the columns as they are.";
      case "worker" ->
          "The model was trained on columns that each worker standardized by its own figures.";
      case "federated" ->
          "The model was trained on columns standardized by figures of the whole cohort, and is"
              + " converted back here.";
      default -> "Standardization: " + kind + ".";
    };
  }

  /** Returns the time of each phase. */
  List<Map<String, Object>> phases() {
    List<Double> all = report.phaseSeconds().values().stream().map(ReportText::finite).toList();
    Bars bars = Bars.of(all);
    List<Map<String, Object>> rows = new ArrayList<>();
    report
        .phaseSeconds()
        .forEach(
            (phase, value) ->
                rows.add(
                    Map.of(
                        "phase", phase,
                        "seconds", seconds(value),
                        "bar", bars.bar(finite(value)))));
    return rows;
  }

  private boolean isAbove0(Measurement each) {
    return report.rounds().stream().anyMatch(round -> round.measured(each) > 0);
  }

  private static String measured(Measurement each, RoundSummary round) {
    return switch (each.unit()) {
      case COUNT -> count(round.measured(each));
      case BYTES -> bytes(round.measured(each));
    };
  }

  /** Returns all that is known of each round. */
  Map<String, Object> rounds() {
    List<String> train =
        ordered(report.rounds().stream().map(r -> r.trainMetrics().keySet()).toList());
    List<String> test =
        ordered(report.rounds().stream().map(r -> r.testMetrics().keySet()).toList());
    List<String> headings = new ArrayList<>();
    train.forEach(key -> headings.add("Train " + inPhrase(key)));
    test.forEach(key -> headings.add("Test " + inPhrase(key)));
    List<Measurement> measured =
        Arrays.stream(Measurement.values())
            .filter(each -> each.unit() != Unit.COUNT || isAbove0(each))
            .toList();
    Map<String, String> phases = ReportEffort.phasesOf(report.rounds());
    List<String> costs = new ArrayList<>(measured.stream().map(Measurement::heading).toList());
    costs.add("Seconds");
    costs.addAll(phases.values());
    List<Map<String, Object>> rows = new ArrayList<>();
    for (RoundSummary round : report.rounds()) {
      List<String> cells = new ArrayList<>();
      train.forEach(key -> cells.add(metric(key, round.trainMetrics(), round.noise().train())));
      test.forEach(key -> cells.add(metric(key, round.testMetrics(), round.noise().test())));
      measured.forEach(each -> cells.add(measured(each, round)));
      cells.add(seconds(round.seconds()));
      phases.keySet().forEach(phase -> cells.add(seconds(round.phaseSeconds().get(phase))));
      rows.add(
          Map.of(
              "round", count(round.round()),
              "workers", count(round.workers()),
              "dropouts", count(round.dropouts()),
              "loss", number(round.loss()),
              "cells", cells));
    }
    headings.addAll(costs);
    return Map.of(
        "any", !rows.isEmpty(), "count", count(rows.size()), "headings", headings, "rows", rows);
  }

  /**
   * Returns a metric as it is shown.
   *
   * @param noise deviations of noise in the metrics; none where they are exact
   */
  static String metric(String key, Map<String, Double> metrics, Map<String, Double> noise) {
    return NoisedMetric.text(key, metrics, noise, " \u00b1 ").orElseGet(() -> exact(key, metrics));
  }

  private static String exact(String key, Map<String, Double> metrics) {
    Double value = finite(metrics.get(key));
    boolean whole = value != null && key.equals("rows") && value == Math.rint(value);
    return whole && Math.abs(value) < 1e15 ? count(value.longValue()) : number(value);
  }

  /**
   * Horizontal bars on one scale.
   *
   * @param low the left end: 0, or the least value if that is negative
   * @param span right end minus left end, positive
   */
  private record Bars(double low, double span) {
    static Bars of(List<Double> values) {
      double low = 0;
      double high = 0;
      for (Double value : values) {
        if (value != null) {
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
      // Halved first: the span of two finite doubles can overflow.
      double half = high / 2 - low / 2;
      return new Bars(low, half > 0 ? half : 0.5);
    }

    Map<String, Object> bar(Double value) {
      double shown = value == null ? 0 : value;
      return Map.of(
          "drawn", value != null && value != 0,
          "sign", shown < 0 ? "negative" : "positive",
          "zero", percent(0),
          "left", percent(Math.min(shown, 0)),
          "width", fixed(Math.abs(shown) / span * 50, 2));
    }

    Map<String, Object> whisker(Coefficient of) {
      return Map.of(
          "sign", of.estimate() < 0 ? "negative" : "positive",
          "zero", percent(0),
          "at", percent(of.estimate()),
          "left", percent(of.lower()),
          "width", fixed((of.upper() / 2 - of.lower() / 2) / span * 100, 2));
    }

    private String percent(double value) {
      return fixed((value / 2 - low / 2) / span * 100, 2);
    }
  }
}
