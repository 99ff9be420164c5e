package io.sparkfed.jobs;

import io.sparkfed.config.EnumNames;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.report.RunReport;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a training prints: a heading, one line a round, and where the results are. */
final class Console {
  /** Metrics worth a place on a round's line, the first that exists. */
  private static final List<String> MAIN_METRICS = List.of("accuracy", "meanDeviance", "rmse");

  private final PrintStream out;
  private final int rounds;

  Console(PrintStream out, int rounds) {
    this.out = out;
    this.rounds = rounds;
  }

  void heading(TrainingConfig config) {
    line(
        "%s: %s, %s, %d rounds, aggregation %s over at least %d workers",
        config.name(),
        EnumNames.of(config.model().family()),
        config.algorithm().preset(),
        rounds,
        EnumNames.of(config.aggregation().mode()),
        config.aggregation().minWorkers());
  }

  void cohort(List<String> workers, Map<String, String> skipped, String placement) {
    String shown = String.join(", ", workers.subList(0, Math.min(5, workers.size())));
    String more = workers.size() > 5 ? ", ..." : "";
    line("%d workers: %s%s (%s)", workers.size(), shown, more, placement);
    skipped.forEach((worker, reason) -> line("skipped worker %s: %s", worker, reason));
  }

  /** Prints where the run can be followed. */
  void tracked(String address) {
    line("followed at %s", address);
  }

  void note(String note) {
    line("note: %s", note);
  }

  void round(RoundSummary round) {
    int width = String.valueOf(rounds).length();
    String position =
        round.round() == 0
            ? "initial model"
            : String.format(Locale.ROOT, "round %" + width + "d/%d", round.round(), rounds);
    line(
        "%-13s  loss %-12s%s  workers %d  dropouts %d  %.2f s",
        position,
        number(round.loss()),
        metric(round.trainMetrics(), round.testMetrics()),
        round.workers(),
        round.dropouts(),
        round.seconds());
  }

  void finished(RunReport report, Object folder) {
    if (!report.exit().message().isEmpty()) {
      line("%s", report.exit().message());
    }
    line(
        "%s after %.1f s:%s",
        report.exit().state(),
        report.elapsed().toMillis() / 1000.0,
        metric(report.trainMetrics(), report.testMetrics()));
    line("written to %s (open report.html)", folder);
  }

  private static String metric(Map<String, Double> train, Map<String, Double> test) {
    StringBuilder text = new StringBuilder();
    for (String name : MAIN_METRICS) {
      if (train.containsKey(name)) {
        text.append("  train ").append(name).append(' ').append(number(train.get(name)));
      }
      if (test.containsKey(name)) {
        text.append("  test ").append(name).append(' ').append(number(test.get(name)));
      }
    }
    return text.toString();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.6g", value);
  }

  private void line(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
  }
}
