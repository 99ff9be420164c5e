package io.sparkfed.jobs;

import io.sparkfed.aggregate.LeftOut;
import io.sparkfed.config.EnumNames;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.evaluation.MetricNoise;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.RunPhase;
import io.sparkfed.report.NoisedMetric;
import io.sparkfed.report.PrivacyWords;
import io.sparkfed.report.RunReport;
import io.sparkfed.spark.watch.RunningTasks;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What a training prints: a heading, one line a round, and where the results are; meanwhile what is
 * going on.
 */
final class Console implements AutoCloseable {
  /** Metrics worth a place on a round's line, the first that exists. */
  private static final List<String> MAIN_METRICS = List.of("accuracy", "meanDeviance", "rmse");

  /** Phases in which Spark's tasks are what can be waited for. */
  private static final Set<RunPhase> BEFORE_TRAINING =
      EnumSet.of(RunPhase.PLAN, RunPhase.SURVEY, RunPhase.LOAD);

  /** Phases that are shorter are not told at the end. */
  private static final double SHOWN_SECONDS = 0.05;

  private final LiveLine out;
  private final int rounds;

  /** Returns what prints on the process's output, which stays open. */
  static Console ofProcess(int rounds) {
    return new Console(
        new LiveLine(System.out, LiveLine.Screen.ofProcess(), System::nanoTime), rounds);
  }

  Console(LiveLine out, int rounds) {
    this.out = out;
    this.rounds = rounds;
  }

  /**
   * Tells from now on which phase the run is in, and how far the tasks are that read.
   *
   * @param workers how many workers have a place of their own in the configuration; 0 if none has
   */
  void live(Phases phases, int workers, Supplier<RunningTasks> tasks) {
    out.begin(() -> progress(phases.current(), phases.inCurrent().toSeconds(), workers, tasks));
  }

  static String progress(RunPhase phase, long seconds, int workers, Supplier<RunningTasks> tasks) {
    String text = phase.key() + ", " + seconds + " s";
    if (!BEFORE_TRAINING.contains(phase)) {
      return text;
    }
    RunningTasks running = tasks.get();
    if (running.all() == 0) {
      return text;
    }
    return String.format(
        Locale.ROOT,
        "%s: reading %d of %d %s, %d %%",
        text,
        running.done(),
        running.all(),
        running.all() == workers ? "workers" : "tasks",
        running.percent());
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

  /** Prints how many take part, who they are where that is told, and how many don't. */
  void cohort(int workers, List<String> named, LeftOut leftOut, String placement) {
    String shown = String.join(", ", named.subList(0, Math.min(5, named.size())));
    String more = named.size() > 5 ? ", ..." : "";
    line("%d workers%s%s%s (%s)", workers, named.isEmpty() ? "" : ": ", shown, more, placement);
    if (!leftOut.isNobody()) {
      line("left out: %s", leftOut);
    }
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
        metric(round.trainMetrics(), round.testMetrics(), round.noise()),
        round.workers(),
        round.dropouts(),
        round.seconds());
  }

  void finished(RunReport report, Phases.Times times, Object folder) {
    if (!report.exit().message().isEmpty()) {
      line("%s", report.exit().message());
    }
    String metric = metric(report.trainMetrics(), report.testMetrics(), report.noise());
    line(
        "%s after %.1f s%s",
        report.exit().state(),
        times.elapsed().toMillis() / 1000.0,
        metric.isBlank() ? "" : ":" + metric);
    report
        .privacy()
        .ifPresent(
            privacy -> {
              line("%s", PrivacyWords.line(privacy));
              line("%s", PrivacyWords.meaning(privacy));
            });
    line("%s", seconds(times.seconds()));
    line("written to %s (open report.html)", folder);
  }

  /** Returns the phases of a run in one line. */
  static String seconds(Map<String, Double> phases) {
    return phases.entrySet().stream()
        .filter(phase -> phase.getValue() >= SHOWN_SECONDS)
        .map(phase -> String.format(Locale.ROOT, "%s %.1f", phase.getKey(), phase.getValue()))
        .collect(Collectors.joining(", ", "seconds: ", ""));
  }

  @Override
  public void close() {
    out.close();
  }

  private static String metric(
      Map<String, Double> train, Map<String, Double> test, MetricNoise noise) {
    StringBuilder text = new StringBuilder();
    for (String name : MAIN_METRICS) {
      append(text, "  train ", name, train, noise.train());
      append(text, "  test ", name, test, noise.test());
    }
    return text.toString();
  }

  private static void append(
      StringBuilder text,
      String rows,
      String name,
      Map<String, Double> metrics,
      Map<String, Double> noise) {
    if (metrics.containsKey(name)) {
      String noised =
          NoisedMetric.text(name, metrics, noise, " +- ")
              .map(told -> NoisedMetric.isTold(name, metrics, noise) ? told + " (noise)" : told)
              .orElseGet(() -> number(metrics.get(name)));
      text.append(rows).append(name).append(' ').append(noised);
    }
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.6g", value);
  }

  private void line(String format, Object... arguments) {
    out.print(String.format(Locale.ROOT, format, arguments));
  }
}
