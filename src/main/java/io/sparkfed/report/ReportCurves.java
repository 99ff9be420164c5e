package io.sparkfed.report;

import static io.sparkfed.report.MetricNames.inPhrase;
import static io.sparkfed.report.MetricNames.label;
import static io.sparkfed.report.ReportChart.any;
import static io.sparkfed.report.ReportChart.numbers;
import static io.sparkfed.report.ReportChart.values;
import static io.sparkfed.report.ReportText.finite;
import static io.sparkfed.report.ReportText.number;

import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.report.ReportChart.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The learning curves: loss and metrics by round, training rows beside test rows. */
final class ReportCurves {

  /** Metrics that share a unit share a chart: RMSE and R² on one axis would flatten one of them. */
  private static final List<List<String>> METRIC_CHARTS =
      List.of(List.of("accuracy", "auc"), List.of("rmse"), List.of("r2"));

  private final List<RoundSummary> rounds;
  private final String lossKey;

  /**
   * Prepares the curves.
   *
   * @param rounds the finished rounds, the initial model included
   * @param lossKey the metric that the model's loss is compared with
   */
  ReportCurves(List<RoundSummary> rounds, String lossKey) {
    this.rounds = rounds;
    this.lossKey = lossKey;
  }

  /** Returns the charts of the learning curves; none where no figure is finite. */
  List<ReportChart> charts() {
    List<ReportChart> charts = new ArrayList<>();
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
              .map(MetricNames::label)
              .collect(Collectors.joining(" and "));
      addLines(charts, keys.get(0), title + " by round", title, series);
    }
    return charts;
  }

  private void addLines(
      List<ReportChart> charts, String id, String caption, String axis, List<Series> series) {
    List<Series> drawable = series.stream().filter(one -> any(one.values())).toList();
    if (drawable.isEmpty()) {
      return;
    }
    List<Integer> numbers = numbers(rounds);
    charts.add(
        new ReportChart(
            "chart-" + id,
            "line",
            caption,
            "Line chart, " + caption + ". " + inWords(numbers, drawable),
            axis,
            numbers,
            drawable));
  }

  /**
   * Two curves on one axis must measure the same thing. Where the training loss is not the metric
   * that the test rows are measured by (half of the deviance, say), both curves show the metric.
   */
  private List<Series> lossSeries() {
    List<Double> train =
        lossReplacedByMetric() ? trainValues(lossKey) : values(rounds, RoundSummary::loss);
    return List.of(new Series("Train", train, 0), new Series("Test", testValues(lossKey), 1));
  }

  private String lossAxis() {
    boolean measured = any(testValues(lossKey)) || (any(trainValues(lossKey)) && lossIsMetric());
    return measured ? label(lossKey) : "Mean loss";
  }

  /** Returns what must be said of the first chart; empty when it shows the loss itself. */
  String lossNote() {
    return lossReplacedByMetric()
        ? "The first chart shows the "
            + inPhrase(lossKey)
            + " of both; the training loss itself has another scale and is in the table of rounds."
        : "";
  }

  private boolean lossReplacedByMetric() {
    return any(testValues(lossKey)) && !lossIsMetric();
  }

  private boolean lossIsMetric() {
    return rounds.stream()
        .allMatch(
            round -> {
              Double loss = finite(round.loss());
              Double metric = finite(round.trainMetrics().get(lossKey));
              return loss == null
                  || metric == null
                  || Math.abs(loss - metric) <= 1e-6 * Math.max(Math.abs(loss), Math.abs(metric));
            });
  }

  private static String inWords(List<Integer> numbers, List<Series> series) {
    StringBuilder words = new StringBuilder();
    for (Series one : series) {
      int[] drawn =
          IntStream.range(0, numbers.size()).filter(i -> one.values().get(i) != null).toArray();
      int first = drawn[0];
      int last = drawn[drawn.length - 1];
      words
          .append(words.isEmpty() ? "" : " ")
          .append(one.label())
          .append(": ")
          .append(number(one.values().get(first)))
          .append(" in round ")
          .append(numbers.get(first));
      if (last != first) {
        words
            .append(", ")
            .append(number(one.values().get(last)))
            .append(" in round ")
            .append(numbers.get(last));
      }
      words.append('.');
    }
    return words.toString();
  }

  private List<Double> trainValues(String key) {
    return rounds.stream().map(r -> finite(r.trainMetrics().get(key))).toList();
  }

  private List<Double> testValues(String key) {
    return rounds.stream().map(r -> finite(r.testMetrics().get(key))).toList();
  }
}
