package io.sparkfed.report;

import static io.sparkfed.report.ReportChart.numbers;
import static io.sparkfed.report.ReportChart.values;
import static io.sparkfed.report.ReportText.bytes;
import static io.sparkfed.report.ReportText.count;
import static io.sparkfed.report.ReportText.finite;
import static io.sparkfed.report.ReportText.fixed;
import static io.sparkfed.report.ReportText.seconds;

import io.sparkfed.evaluation.Measurement;
import io.sparkfed.evaluation.Measurement.Unit;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.report.ReportChart.Series;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the rounds took: workers, dropouts, seconds and bytes, as charts and in words. */
final class ReportEffort {

  /** Above this a dropout is less than a pixel or two of a worker bar and needs its own chart. */
  private static final int STACKED_WORKERS = 40;

  private final List<RoundSummary> trained;

  /**
   * Prepares charts and words.
   *
   * @param trained the finished rounds without round 0, which no worker trained
   */
  ReportEffort(List<RoundSummary> trained) {
    this.trained = trained;
  }

  /** Returns the charts of workers, dropouts and seconds; none without a trained round. */
  List<ReportChart> charts() {
    if (trained.isEmpty()) {
      return List.of();
    }
    List<Integer> rounds = numbers(trained);
    List<Double> workers = values(trained, RoundSummary::workers);
    List<Double> dropouts = values(trained, RoundSummary::dropouts);
    int most = trained.stream().mapToInt(r -> r.workers() + r.dropouts()).max().orElse(0);
    List<ReportChart> charts = new ArrayList<>();
    if (most <= STACKED_WORKERS) {
      charts.add(
          new ReportChart(
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
          new ReportChart(
              "chart-workers",
              "line",
              "Workers in the average by round",
              "Line chart, workers in the average by round. " + workersSummary(),
              "Workers",
              rounds,
              List.of(new Series("Workers", workers, 0))));
      charts.add(
          new ReportChart(
              "chart-dropouts",
              "bars",
              "Dropouts by round",
              "Bar chart, dropouts by round. " + workersSummary(),
              "Dropouts",
              rounds,
              List.of(new Series("Dropouts", dropouts, 1))));
    }
    addCounts(charts, rounds);
    List<Series> phases = phaseSeries();
    charts.add(
        new ReportChart(
            "chart-seconds",
            phases.isEmpty() ? "bars" : "stack",
            phases.isEmpty() ? "Seconds by round" : "Seconds by round and phase",
            "Bar chart, wall-clock seconds by round. " + secondsSummary() + phasesSummary(),
            "Seconds",
            rounds,
            phases.isEmpty()
                ? List.of(new Series("Seconds", values(trained, RoundSummary::seconds), 2))
                : phases));
    return charts;
  }

  /** What was counted, where anything was. */
  private void addCounts(List<ReportChart> charts, List<Integer> rounds) {
    for (Measurement each : Measurement.values()) {
      if (each.unit() == Unit.COUNT) {
        addBars(
            charts,
            each.key(),
            each.caption(),
            each.axis(),
            rounds,
            values(trained, round -> round.measured(each)));
      }
    }
  }

  private static void addBars(
      List<ReportChart> charts,
      String id,
      String caption,
      String axis,
      List<Integer> rounds,
      List<Double> counts) {
    double all = counts.stream().filter(Objects::nonNull).mapToDouble(Double::doubleValue).sum();
    if (all > 0.0) {
      charts.add(
          new ReportChart(
              "chart-" + id,
              "bars",
              caption,
              "Bar chart, " + caption + ". " + count((long) all) + " in all.",
              axis,
              rounds,
              List.of(new Series(axis, counts, 1))));
    }
  }

  /** The phases that any round has, the driver's own time last. */
  private List<Series> phaseSeries() {
    return PHASES.entrySet().stream()
        .map(
            phase ->
                new Series(
                    phase.getValue().label(),
                    trained.stream()
                        .map(r -> finite(r.phaseSeconds().get(phase.getKey())))
                        .toList(),
                    phase.getValue().tone()))
        .filter(series -> ReportChart.any(series.values()))
        .toList();
  }

  private String phasesSummary() {
    double all = trained.stream().mapToDouble(ReportEffort::inPhases).sum();
    if (!(all > 0.0)) {
      return "";
    }
    List<String> shares = new ArrayList<>();
    PHASES.forEach(
        (key, phase) -> {
          double spent =
              trained.stream().mapToDouble(r -> r.phaseSeconds().getOrDefault(key, 0.0)).sum();
          if (spent > 0.0) {
            shares.add(phase.inPhrase() + " " + fixed(100.0 * spent / all, 0) + "%");
          }
        });
    return " Of the rounds' time: " + String.join(", ", shares) + ".";
  }

  private static double inPhases(RoundSummary round) {
    return round.phaseSeconds().values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /**
   * A phase in the report.
   *
   * @param label in a legend or a heading
   * @param inPhrase in a sentence
   * @param tone index of the style
   */
  private record PhaseName(String label, String inPhrase, int tone) {}

  /** In the order of a round; the keys are those of {@code rounds.jsonl}. */
  private static final Map<String, PhaseName> PHASES = phaseNames();

  private static Map<String, PhaseName> phaseNames() {
    Map<String, PhaseName> names = new LinkedHashMap<>();
    names.put("advertise", new PhaseName("Advertising keys", "advertising keys", 4));
    names.put("work", new PhaseName("Local work", "local work", 2));
    names.put("unmask", new PhaseName("Unmasking", "unmasking", 3));
    names.put("open", new PhaseName("Opening", "opening at the aggregators", 0));
    names.put("driver", new PhaseName("Driver", "the driver's own work", 5));
    return names;
  }

  /** Returns the phases that any of these rounds has: name by key. */
  static Map<String, String> phasesOf(List<RoundSummary> rounds) {
    Map<String, String> labels = new LinkedHashMap<>();
    PHASES.forEach(
        (key, phase) -> {
          if (rounds.stream().anyMatch(r -> r.phaseSeconds().containsKey(key))) {
            labels.put(key, phase.label());
          }
        });
    return labels;
  }

  /** Returns the same in a few sentences. */
  String summary() {
    if (trained.isEmpty()) {
      return "No round was finished.";
    }
    long bytes = trained.stream().mapToLong(round -> round.measured(Measurement.BYTES)).sum();
    return workersSummary()
        + " "
        + secondsSummary()
        + phasesSummary()
        + " "
        + bytes(bytes)
        + " traveled in all.";
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
}
