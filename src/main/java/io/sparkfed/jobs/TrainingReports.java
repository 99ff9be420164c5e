package io.sparkfed.jobs;

import io.sparkfed.config.AggregationMode;
import io.sparkfed.config.EnumNames;
import io.sparkfed.config.KeyWords;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.evaluation.PrivacyAccount;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.TrainingResult.Divergence;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Labels;
import io.sparkfed.report.LibraryVersion;
import io.sparkfed.report.PlainWords;
import io.sparkfed.report.RunReport;
import io.sparkfed.report.RunReport.Cohort;
import io.sparkfed.report.RunReport.Exit;
import io.sparkfed.report.RunReport.FinalModel;
import io.sparkfed.report.RunReport.Protection;
import io.sparkfed.spark.rows.ShardLoader;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;

/** What a training tells of itself, as a report. */
final class TrainingReports {
  private TrainingReports() {}

  /**
   * Returns the report of a training.
   *
   * @param journals hashes of parties' journals
   * @param phases what the report's times are taken from, at this moment
   */
  static RunReport of(
      SparkSession spark,
      TrainingConfig config,
      String runId,
      ShardLoader.Loaded loaded,
      TrainingResult result,
      List<String> notes,
      SortedMap<String, String> journals,
      Phases phases) {
    Exit exit =
        result
            .divergence()
            .map(d -> new Exit("diverged", ExitCode.DIVERGENCE.code(), sentence(d, result)))
            .orElse(new Exit("succeeded", ExitCode.SUCCESS.code(), ""));
    AggregationMode mode = config.aggregation().mode();
    List<RoundSummary> rounds = result.rounds();
    RoundSummary last = rounds.isEmpty() ? null : rounds.get(rounds.size() - 1);
    Phases.Times times = phases.times();
    return new RunReport(
        runId,
        config.name(),
        phases.started(),
        times.elapsed(),
        exit,
        versions(spark),
        config.seed(),
        new Cohort(
            loaded.federation().workers().size(),
            loaded.namedWorkers(),
            loaded.leftOut().byReason(),
            loaded.placement(),
            loaded.dropped()),
        new Protection(
            EnumNames.of(mode),
            inPlainWords(config, spark.sparkContext().isLocal(), result),
            mode.protects(),
            mode.doesNotProtect(config.data().source(), result.privacy().isPresent())),
        List.copyOf(notes),
        rounds,
        last == null ? Map.of() : last.trainMetrics(),
        last == null ? Map.of() : last.testMetrics(),
        finalModel(config, loaded.features(), result.model()),
        result.statistics().map(statistics -> statistics.named(loaded.features())),
        result.privacy(),
        config.settings(),
        times.seconds(),
        loaded.encoding(),
        // Where workers aren't named, as others are left out, neither are these.
        loaded.namedWorkers().isEmpty() ? Collections.emptySortedMap() : journals);
  }

  private static String inPlainWords(
      TrainingConfig config, boolean isLocal, TrainingResult result) {
    Optional<HiddenUnit> hidden = result.privacy().map(PrivacyAccount::unit);
    if (!config.aggregation().mode().protectsFromDriver()) {
      return PlainWords.inTheClear(hidden);
    }
    int minWorkers = config.aggregation().minWorkers();
    return isLocal
        ? PlainWords.rehearsal(minWorkers, hidden)
        : PlainWords.sums(minWorkers, result.rounds(), hidden);
  }

  private static FinalModel finalModel(
      TrainingConfig config, List<String> features, Coefficients model) {
    int outputs = model.shape().outputs();
    int classes = config.model().family().isClassifier() ? Math.max(2, outputs) : 0;
    return new FinalModel(
        EnumNames.of(config.model().family()),
        config.model().family().lossMetric(),
        features,
        IntStream.range(0, outputs)
            .mapToObj(k -> Arrays.stream(model.weights(k)).boxed().toList())
            .toList(),
        Arrays.stream(model.intercepts()).boxed().toList(),
        config.model().labels() instanceof Labels.Classes named
            ? named.levels()
            : IntStream.range(0, classes).mapToObj(String::valueOf).toList(),
        EnumNames.of(config.model().standardize()),
        config.model().response().threshold());
  }

  private static String sentence(Divergence divergence, TrainingResult result) {
    int kept = result.rounds().isEmpty() ? 0 : result.lastRound().round();
    return divergence.message().in(KeyWords::of)
        + ". The model kept is "
        + (kept == 0 ? "the initial one" : "that of round " + kept);
  }

  /** Returns the versions of what the run is made of. */
  static Map<String, String> versions(SparkSession spark) {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("spark-federated", LibraryVersion.current());
    versions.put("spark", spark.version());
    versions.put("scala", scala.util.Properties.versionNumberString());
    versions.put("java", System.getProperty("java.version"));
    return versions;
  }
}
