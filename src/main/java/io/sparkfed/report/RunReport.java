package io.sparkfed.report;

import io.sparkfed.data.DroppedRows;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.evaluation.MetricNoise;
import io.sparkfed.evaluation.PrivacyAccount;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.model.FeatureEncoding;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Everything a run tells about itself. Values only; {@code run.json} and {@code report.html} are
 * two renderings of it.
 *
 * @param runId unique id of this run
 * @param name the run's name from the configuration
 * @param started when the run started
 * @param elapsed how long it took
 * @param exit how it ended
 * @param versions versions by name: spark-federated, spark, scala, java
 * @param seed the run's seed
 * @param cohort who took part
 * @param protection what the aggregation mode protects, in plain words
 * @param notes warnings and notices, in the order they arose
 * @param rounds one entry for each finished round, round 0 (the initial model) first
 * @param trainMetrics metrics of the final model on the training rows
 * @param testMetrics metrics of the final model on the test rows; empty without a test split
 * @param model the final model
 * @param statistics standard errors and the like, after an exact fit without penalty
 * @param privacy what noise was added and what it protects; empty where none was
 * @param configuration each resolved configuration value and where it came from
 * @param phaseSeconds wall-clock seconds by phase, in order
 * @param encoding how the workers' columns became the model's features
 * @param journals for each named party with a journal the hash that its lines had at the end, in
 *     hexadecimal
 */
public record RunReport(
    String runId,
    String name,
    Instant started,
    Duration elapsed,
    Exit exit,
    Map<String, String> versions,
    long seed,
    Cohort cohort,
    Protection protection,
    List<String> notes,
    List<RoundSummary> rounds,
    Map<String, Double> trainMetrics,
    Map<String, Double> testMetrics,
    FinalModel model,
    Optional<FitStatistics> statistics,
    Optional<PrivacyAccount> privacy,
    List<Setting> configuration,
    Map<String, Double> phaseSeconds,
    FeatureEncoding encoding,
    SortedMap<String, String> journals) {

  /** Returns what noise does to the metrics of the final model; none where sums were exact. */
  public MetricNoise noise() {
    return rounds.isEmpty() ? MetricNoise.NONE : rounds.get(rounds.size() - 1).noise();
  }

  /**
   * How a run ended.
   *
   * @param state {@code succeeded} or {@code diverged}
   * @param code the process's exit code
   * @param message one sentence; empty when the run succeeded
   */
  public record Exit(String state, int code, String message) {}

  /**
   * Who took part.
   *
   * @param count number of the workers that held training rows
   * @param workers their ids, sorted; empty where they aren't told, as others are left out
   * @param skipped numbers of the workers left out, by the reason
   * @param placement how the rows came to their workers, e.g. "read in place: no row moved"
   * @param dropped what is told of rows left out for a missing value; empty where none may be
   */
  public record Cohort(
      int count,
      List<String> workers,
      SortedMap<String, Integer> skipped,
      String placement,
      Optional<DroppedRows> dropped) {}

  /**
   * The privacy statement.
   *
   * @param mode the aggregation mode's name in the configuration
   * @param inPlainWords what whoever ran the training could see, for readers who know nothing of
   *     aggregation; empty to say nothing
   * @param protects what is protected from whom, one sentence each
   * @param doesNotProtect what is not, one sentence each
   */
  public record Protection(
      String mode, String inPlainWords, List<String> protects, List<String> doesNotProtect) {}

  /**
   * The final model in the units of the input columns.
   *
   * @param family the family's name in the configuration
   * @param lossMetric the metric that the training loss is compared with
   * @param features feature names in the order of the coefficients
   * @param coefficients for each output (softmax: class) one coefficient for each feature
   * @param intercepts one for each output; 0 when the model has none
   * @param classes the names of the classes, 0, 1 and so on unless they have others; empty when the
   *     label is a quantity
   * @param standardization none, worker or federated
   * @param threshold above which a row of two classes is predicted positive; NaN without one
   */
  public record FinalModel(
      String family,
      String lossMetric,
      List<String> features,
      List<List<Double>> coefficients,
      List<Double> intercepts,
      List<String> classes,
      String standardization,
      double threshold) {}

  /**
   * One configuration value.
   *
   * @param key dotted path
   * @param value rendered value, secrets already removed
   * @param origin file and line, command line, Spark property or default
   * @param fingerprint tells values apart that differ only in what was removed; empty where no
   *     result depends on that, and written nowhere
   */
  public record Setting(String key, String value, String origin, String fingerprint) {
    /** Creates one that says all of its value. */
    public Setting(String key, String value, String origin) {
      this(key, value, origin, "");
    }
  }
}
