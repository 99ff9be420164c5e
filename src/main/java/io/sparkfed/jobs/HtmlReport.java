package io.sparkfed.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.samskivert.mustache.Mustache;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.evaluation.RunReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Renders a {@link RunReport} as one self-contained HTML page: styles, script and data are inlined
 * and the page's own content security policy forbids every request.
 *
 * <p>The page is a pure function of the report and does not depend on the JVM's locale or time
 * zone. Every text of the report is escaped. A figure that is missing or not finite is shown as an
 * en dash and left out of the charts.
 */
final class HtmlReport {

  /** How many workers, and how many skipped ones, are listed before the rest is folded away. */
  static final int LISTED_WORKERS = 30;

  /** How many coefficients are shown at most. */
  static final int SHOWN_COEFFICIENTS = 60;

  /** Above this a dropout is less than a pixel or two of a worker bar and needs its own chart. */
  private static final int STACKED_WORKERS = 40;

  private static final String DASH = "\u2013";

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final DateTimeFormatter UTC_SECOND =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final List<String> METRIC_ORDER =
      List.of(
          "rows",
          "logLoss",
          "meanSquaredError",
          "rmse",
          "mae",
          "r2",
          "accuracy",
          "precision",
          "recall",
          "auc",
          "aucBinWidth",
          "sumSquaredErrors");

  private static final Map<String, String> METRIC_LABELS =
      Map.ofEntries(
          Map.entry("rows", "Rows"),
          Map.entry("logLoss", "Log loss"),
          Map.entry("meanSquaredError", "Mean squared error"),
          Map.entry("rmse", "RMSE"),
          Map.entry("mae", "Mean absolute error"),
          Map.entry("r2", "R\u00b2"),
          Map.entry("accuracy", "Accuracy"),
          Map.entry("precision", "Precision"),
          Map.entry("recall", "Recall"),
          Map.entry("auc", "AUC"),
          Map.entry("aucBinWidth", "AUC bin width"),
          Map.entry("sumSquaredErrors", "Sum of squared errors"));

  private static final Map<String, String> LOSS_KEYS =
      Map.of("logistic", "logLoss", "linear", "meanSquaredError");

  /** Metrics that share a unit share a chart: RMSE and R² on one axis would flatten one of them. */
  private static final List<List<String>> METRIC_CHARTS =
      List.of(List.of("accuracy", "auc"), List.of("rmse"), List.of("r2"));

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
  static String render(RunReport report) {
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

    List<Chart> curves = curves();
    List<Chart> effort = effort();
    List<Chart> charts = new ArrayList<>(curves);
    charts.addAll(effort);
    page.put("curves", curves.stream().map(Chart::view).toList());
    page.put("anyCurves", !curves.isEmpty());
    page.put("lossNote", lossNote());
    page.put("effort", effort.stream().map(Chart::view).toList());
    page.put("effortSummary", effortSummary());
    page.put("anyTest", report.rounds().stream().anyMatch(r -> !r.testMetrics().isEmpty()));
    page.put("chartData", embeddable(chartData(charts)));
    page.put("chartScript", resource("uplot/uPlot.iife.min.js"));
    page.put("chartStyle", resource("uplot/uPlot.min.css"));

    page.put("cohort", cohort());
    page.put("protection", protection());
    page.put("notes", report.notes());
    page.put("anyNotes", !report.notes().isEmpty());
    page.put("metrics", metrics());
    page.put("model", model());
    page.put("phases", phases());
    page.put("anyPhases", !report.phaseSeconds().isEmpty());
    page.put("rounds", roundsTable());
    page.put("configuration", configuration());
    page.put("configurationCount", report.configuration().size());
    page.put("anyConfiguration", !report.configuration().isEmpty());
    page.put("versions", entries(report.versions()));
    page.put("seed", Long.toString(report.seed()));
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
    figures.add(figure("Workers", count(report.cohort().workers().size())));
    figures.add(figure("Rounds", count(trained.size())));
    figures.add(
        figure(
            "Train loss",
            report.rounds().isEmpty()
                ? DASH
                : number(report.rounds().get(report.rounds().size() - 1).loss())));
    mainMetric()
        .ifPresent(
            key -> {
              Double test = finite(report.testMetrics().get(key));
              Double train = finite(report.trainMetrics().get(key));
              figures.add(
                  test != null
                      ? figure("Test " + inPhrase(key), number(test))
                      : figure("Train " + inPhrase(key), number(train)));
            });
    figures.add(figure("Seconds", seconds(report.elapsed().toNanos() / 1e9)));
    return figures;
  }

  private Optional<String> mainMetric() {
    return List.of("accuracy", "rmse").stream()
        .filter(
            key -> report.testMetrics().containsKey(key) || report.trainMetrics().containsKey(key))
        .findFirst();
  }

  private static Map<String, String> figure(String label, String value) {
    return Map.of("label", label, "value", value);
  }

  // ---- charts

  /**
   * One curve or one row of bars.
   *
   * @param values one value for each round, null where there is nothing to draw
   * @param tone index of the style: even tones are train, odd ones test
   */
  private record Series(String label, List<Double> values, int tone) {
    boolean drawable() {
      return any(values);
    }
  }

  /**
   * One chart.
   *
   * @param kind line, stack or bars
   */
  private record Chart(
      String id,
      String kind,
      String caption,
      String description,
      String axis,
      List<Integer> rounds,
      List<Series> series) {

    Map<String, Object> view() {
      return Map.of("id", id, "caption", caption, "description", description, "kind", kind);
    }
  }

  private List<Chart> curves() {
    List<Chart> charts = new ArrayList<>();
    addLines(charts, "loss", "Loss by round", lossAxis(), lossSeries());
    for (List<String> keys : METRIC_CHARTS) {
      List<Series> series = new ArrayList<>();
      for (int i = 0; i < keys.size(); i++) {
        String key = keys.get(i);
        String suffix = keys.size() > 1 ? " " + inPhrase(key) : "";
        series.add(new Series("Train" + suffix, trainValues(key), 2 * i));
        series.add(new Series("Test" + suffix, testValues(key), 2 * i + 1));
      }
      String title =
          keys.stream()
              .filter(key -> any(trainValues(key)) || any(testValues(key)))
              .map(HtmlReport::label)
              .collect(Collectors.joining(" and "));
      addLines(charts, keys.get(0), title + " by round", title, series);
    }
    return charts;
  }

  private void addLines(
      List<Chart> charts, String id, String caption, String axis, List<Series> series) {
    List<Series> drawable = series.stream().filter(Series::drawable).toList();
    if (drawable.isEmpty()) {
      return;
    }
    List<Integer> rounds = report.rounds().stream().map(RoundSummary::round).toList();
    charts.add(
        new Chart(
            "chart-" + id,
            "line",
            caption,
            "Line chart, " + caption + ". " + inWords(rounds, drawable),
            axis,
            rounds,
            drawable));
  }

  /**
   * Two curves on one axis must measure the same thing. Where the training loss is not the metric
   * that the test rows are measured by (half of the squared error, say), both curves show the
   * metric.
   */
  private List<Series> lossSeries() {
    List<Double> train =
        lossReplacedByMetric()
            ? trainValues(lossKey())
            : values(report.rounds(), RoundSummary::loss);
    return List.of(new Series("Train", train, 0), new Series("Test", testValues(lossKey()), 1));
  }

  private String lossAxis() {
    boolean measured =
        any(testValues(lossKey())) || (any(trainValues(lossKey())) && lossIsMetric());
    return measured ? label(lossKey()) : "Mean loss";
  }

  private String lossNote() {
    return lossReplacedByMetric()
        ? "The first chart shows the "
            + inPhrase(lossKey())
            + " of both; the training loss itself has another scale and is in the table of rounds."
        : "";
  }

  private boolean lossReplacedByMetric() {
    return any(testValues(lossKey())) && !lossIsMetric();
  }

  private boolean lossIsMetric() {
    return report.rounds().stream()
        .allMatch(
            round -> {
              Double loss = finite(round.loss());
              Double metric = finite(round.trainMetrics().get(lossKey()));
              return loss == null
                  || metric == null
                  || Math.abs(loss - metric) <= 1e-6 * Math.max(Math.abs(loss), Math.abs(metric));
            });
  }

  private String lossKey() {
    return LOSS_KEYS.getOrDefault(report.model().family(), "loss");
  }

  private List<Chart> effort() {
    if (trained.isEmpty()) {
      return List.of();
    }
    List<Integer> rounds = trained.stream().map(RoundSummary::round).toList();
    List<Double> workers = values(trained, RoundSummary::workers);
    List<Double> dropouts = values(trained, RoundSummary::dropouts);
    int most = trained.stream().mapToInt(r -> r.workers() + r.dropouts()).max().orElse(0);
    List<Chart> charts = new ArrayList<>();
    if (most <= STACKED_WORKERS) {
      charts.add(
          new Chart(
              "chart-workers",
              "stack",
              "Workers by round",
              "Bar chart, workers and dropouts by round. " + workersSummary(),
              "Workers",
              rounds,
              List.of(
                  new Series("In the average", workers, 0), new Series("Dropouts", dropouts, 1))));
    } else {
      charts.add(
          new Chart(
              "chart-workers",
              "line",
              "Workers in the average by round",
              "Line chart, workers in the average by round. " + workersSummary(),
              "Workers",
              rounds,
              List.of(new Series("Workers", workers, 0))));
      charts.add(
          new Chart(
              "chart-dropouts",
              "bars",
              "Dropouts by round",
              "Bar chart, dropouts by round. " + workersSummary(),
              "Dropouts",
              rounds,
              List.of(new Series("Dropouts", dropouts, 1))));
    }
    charts.add(
        new Chart(
            "chart-seconds",
            "bars",
            "Seconds by round",
            "Bar chart, wall-clock seconds by round. " + secondsSummary(),
            "Seconds",
            rounds,
            List.of(new Series("Seconds", values(trained, RoundSummary::seconds), 2))));
    return charts;
  }

  private String effortSummary() {
    if (trained.isEmpty()) {
      return "No round was finished.";
    }
    long bytes = trained.stream().mapToLong(RoundSummary::bytes).sum();
    return workersSummary() + " " + secondsSummary() + " " + bytes(bytes) + " travelled in all.";
  }

  private String workersSummary() {
    int fewest = trained.stream().mapToInt(RoundSummary::workers).min().orElse(0);
    int most = trained.stream().mapToInt(RoundSummary::workers).max().orElse(0);
    long dropouts = trained.stream().mapToLong(RoundSummary::dropouts).sum();
    long hit = trained.stream().filter(r -> r.dropouts() > 0).count();
    String each = fewest == most ? count(most) : count(fewest) + " to " + count(most);
    return each
        + (most == 1 ? " worker" : " workers")
        + " in the average of each round; "
        + (dropouts == 0
            ? "no dropouts."
            : count(dropouts)
                + (dropouts == 1 ? " dropout in " : " dropouts in ")
                + count(hit)
                + " of "
                + count(trained.size())
                + (trained.size() == 1 ? " round." : " rounds."));
  }

  private String secondsSummary() {
    List<RoundSummary> timed =
        trained.stream()
            .filter(r -> Double.isFinite(r.seconds()))
            .sorted(Comparator.comparingDouble(RoundSummary::seconds))
            .toList();
    if (timed.isEmpty()) {
      return "";
    }
    RoundSummary longest = timed.get(timed.size() - 1);
    return "Median round "
        + seconds(timed.get((timed.size() - 1) / 2).seconds())
        + " s, longest "
        + seconds(longest.seconds())
        + " s (round "
        + count(longest.round())
        + ").";
  }

  private static String inWords(List<Integer> rounds, List<Series> series) {
    StringBuilder words = new StringBuilder();
    for (Series one : series) {
      int[] drawn =
          IntStream.range(0, rounds.size()).filter(i -> one.values().get(i) != null).toArray();
      int first = drawn[0];
      int last = drawn[drawn.length - 1];
      words
          .append(words.isEmpty() ? "" : " ")
          .append(one.label())
          .append(": ")
          .append(number(one.values().get(first)))
          .append(" in round ")
          .append(rounds.get(first));
      if (last != first) {
        words
            .append(", ")
            .append(number(one.values().get(last)))
            .append(" in round ")
            .append(rounds.get(last));
      }
      words.append('.');
    }
    return words.toString();
  }

  private List<Double> trainValues(String key) {
    return report.rounds().stream().map(r -> finite(r.trainMetrics().get(key))).toList();
  }

  private List<Double> testValues(String key) {
    return report.rounds().stream().map(r -> finite(r.testMetrics().get(key))).toList();
  }

  private Map<String, Object> chartData(List<Chart> charts) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("run", report.runId());
    data.put("name", report.name());
    data.put("rounds", report.rounds().stream().map(RoundSummary::round).toList());
    data.put("loss", values(report.rounds(), RoundSummary::loss));
    data.put("charts", charts);
    return data;
  }

  private static List<Double> values(
      List<RoundSummary> rounds, ToDoubleFunction<RoundSummary> value) {
    return rounds.stream().map(r -> finite(value.applyAsDouble(r))).toList();
  }

  /** JSON that cannot end, or change the parsing of, the script element around it. */
  private static String embeddable(Object value) {
    try {
      return JSON.writeValueAsString(value).replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write the chart data as JSON", e);
    }
  }

  // ---- sections

  private Map<String, Object> cohort() {
    RunReport.Cohort cohort = report.cohort();
    Map<String, Object> view = new LinkedHashMap<>();
    fold(view, "workers", cohort.workers());
    fold(view, "skipped", entries(cohort.skipped()));
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

  private Map<String, Object> protection() {
    RunReport.Protection protection = report.protection();
    return Map.of(
        "mode", protection.mode(),
        "protects", protection.protects(),
        "doesNotProtect", protection.doesNotProtect());
  }

  private Map<String, Object> metrics() {
    boolean test = !report.testMetrics().isEmpty();
    List<Map<String, Object>> rows = new ArrayList<>();
    for (String key :
        ordered(List.of(report.trainMetrics().keySet(), report.testMetrics().keySet()))) {
      rows.add(
          Map.of(
              "label", label(key),
              "train", metric(key, report.trainMetrics()),
              "test", metric(key, report.testMetrics())));
    }
    return Map.of("any", !rows.isEmpty(), "hasTest", test, "rows", rows);
  }

  private Map<String, Object> model() {
    RunReport.FinalModel model = report.model();
    int features = model.coefficients().size();
    List<Integer> largest =
        IntStream.range(0, features)
            .boxed()
            .sorted(
                Comparator.comparingDouble(
                    (Integer i) -> {
                      Double value = finite(model.coefficients().get(i));
                      return value == null ? Double.POSITIVE_INFINITY : -Math.abs(value);
                    }))
            .limit(SHOWN_COEFFICIENTS)
            .toList();
    Bars bars = Bars.of(largest.stream().map(i -> finite(model.coefficients().get(i))).toList());
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int i : largest) {
      Double value = finite(model.coefficients().get(i));
      String feature =
          i < model.features().size() ? model.features().get(i) : "feature " + count(i);
      rows.add(Map.of("feature", feature, "value", metricValue(value), "bar", bars.bar(value)));
    }
    return Map.of(
        "family", capitalized(model.family()),
        "intercept", number(model.intercept()),
        "standardization", standardization(model.standardization()),
        "any", features > 0,
        "cut", features > SHOWN_COEFFICIENTS,
        "shown", count(rows.size()),
        "features", count(features),
        "rows", rows);
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

  private List<Map<String, Object>> phases() {
    List<Double> all = report.phaseSeconds().values().stream().map(HtmlReport::finite).toList();
    Bars bars = Bars.of(all);
    List<Map<String, Object>> rows = new ArrayList<>();
    report
        .phaseSeconds()
        .forEach(
            (phase, value) ->
                rows.add(
                    Map.of(
                        "phase",
                        phase,
                        "seconds",
                        finite(value) == null ? DASH : seconds(value),
                        "bar",
                        bars.bar(finite(value)))));
    return rows;
  }

  private Map<String, Object> roundsTable() {
    List<String> train =
        ordered(report.rounds().stream().map(r -> r.trainMetrics().keySet()).toList());
    List<String> test =
        ordered(report.rounds().stream().map(r -> r.testMetrics().keySet()).toList());
    List<String> headings = new ArrayList<>();
    train.forEach(key -> headings.add("Train " + inPhrase(key)));
    test.forEach(key -> headings.add("Test " + inPhrase(key)));
    List<Map<String, Object>> rows = new ArrayList<>();
    for (RoundSummary round : report.rounds()) {
      List<String> cells = new ArrayList<>();
      train.forEach(key -> cells.add(metric(key, round.trainMetrics())));
      test.forEach(key -> cells.add(metric(key, round.testMetrics())));
      rows.add(
          Map.of(
              "round", count(round.round()),
              "workers", count(round.workers()),
              "dropouts", count(round.dropouts()),
              "loss", number(round.loss()),
              "metrics", cells,
              "seconds", seconds(round.seconds()),
              "bytes", bytes(round.bytes())));
    }
    return Map.of(
        "any", !rows.isEmpty(), "count", count(rows.size()), "headings", headings, "rows", rows);
  }

  private List<Map<String, String>> configuration() {
    return report.configuration().stream()
        .map(s -> Map.of("key", s.key(), "value", s.value(), "origin", s.origin()))
        .toList();
  }

  /** Known metrics in a fixed order, then unknown ones in the order they come. */
  private static List<String> ordered(Collection<Set<String>> keys) {
    Set<String> all = new LinkedHashSet<>();
    keys.forEach(all::addAll);
    List<String> ordered = new ArrayList<>(METRIC_ORDER);
    ordered.retainAll(all);
    all.stream().filter(key -> !METRIC_ORDER.contains(key)).forEach(ordered::add);
    return ordered;
  }

  private static List<Map<String, String>> entries(Map<String, String> map) {
    return map.entrySet().stream()
        .map(e -> Map.of("key", e.getKey(), "value", e.getValue()))
        .toList();
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

    private String percent(double value) {
      return fixed((value / 2 - low / 2) / span * 100, 2);
    }
  }

  // ---- numbers and words

  private static Double finite(Double value) {
    return value == null || !Double.isFinite(value) ? null : value;
  }

  private static String metric(String key, Map<String, Double> metrics) {
    Double value = finite(metrics.get(key));
    boolean whole = value != null && key.equals("rows") && value == Math.rint(value);
    return whole && Math.abs(value) < 1e15 ? count(value.longValue()) : metricValue(value);
  }

  private static String metricValue(Double value) {
    return value == null ? DASH : number(value);
  }

  /** Four significant digits; an en dash for what is not finite. */
  private static String number(Double value) {
    if (finite(value) == null) {
      return DASH;
    }
    double size = Math.abs(value);
    if (size == 0) {
      return "0";
    }
    if (size >= 1e6 || size < 1e-4) {
      return String.format(Locale.ROOT, "%.3e", value);
    }
    return fixed(value, Math.max(1, 3 - (int) Math.floor(Math.log10(size))));
  }

  private static String seconds(double value) {
    if (!Double.isFinite(value)) {
      return DASH;
    }
    double size = Math.abs(value);
    return fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 || size == 0 ? 2 : 3);
  }

  private static String bytes(long value) {
    String[] units = {"B", "kB", "MB", "GB", "TB"};
    double scaled = value;
    int unit = 0;
    while (Math.abs(scaled) >= 1000 && unit < units.length - 1) {
      scaled /= 1000;
      unit++;
    }
    return fixed(scaled, unit == 0 || scaled >= 100 ? 0 : 1) + "\u00a0" + units[unit];
  }

  private static String duration(Duration value) {
    if (value.toSeconds() < 60) {
      return seconds(value.toNanos() / 1e9) + " s";
    }
    String minutes = value.toMinutesPart() + " min " + value.toSecondsPart() + " s";
    return value.toHours() > 0 ? value.toHours() + " h " + minutes : minutes;
  }

  private static String fixed(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static boolean any(List<Double> values) {
    return values.stream().anyMatch(Objects::nonNull);
  }

  private static String label(String key) {
    return METRIC_LABELS.getOrDefault(key, key);
  }

  /** The label within a phrase: capitals only where they belong to an abbreviation. */
  private static String inPhrase(String key) {
    String label = label(key);
    boolean word = label.length() > 1 && Character.isLowerCase(label.charAt(1));
    return METRIC_LABELS.containsKey(key) && word
        ? label.substring(0, 1).toLowerCase(Locale.ROOT) + label.substring(1)
        : label;
  }

  private static String capitalized(String word) {
    return word.isEmpty()
        ? word
        : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  private static String resource(String name) {
    try (InputStream stream = HtmlReport.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException(
            "the resource io/sparkfed/jobs/" + name + " is not on the class path");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
