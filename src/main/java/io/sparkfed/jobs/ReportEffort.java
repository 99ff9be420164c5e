package io.sparkfed.jobs;

import static io.sparkfed.jobs.ReportChart.numbers;
import static io.sparkfed.jobs.ReportChart.values;
import static io.sparkfed.jobs.ReportText.bytes;
import static io.sparkfed.jobs.ReportText.count;
import static io.sparkfed.jobs.ReportText.seconds;

import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.jobs.ReportChart.Series;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

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
    charts.add(
        new ReportChart(
            "chart-seconds",
            "bars",
            "Seconds by round",
            "Bar chart, wall-clock seconds by round. " + secondsSummary(),
            "Seconds",
            rounds,
            List.of(new Series("Seconds", values(trained, RoundSummary::seconds), 2))));
    return charts;
  }

  /** Returns the same in a few sentences. */
  String summary() {
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
}
