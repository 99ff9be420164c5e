package io.sparkfed.spark.ml;

import io.sparkfed.evaluation.Measurement;
import io.sparkfed.evaluation.MetricNoise;
import io.sparkfed.evaluation.PrivacyAccount;
import io.sparkfed.federated.AlgorithmChoice;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.hint.Wording;
import io.sparkfed.spark.rows.ShardLoader;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.spark.ml.Model;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * How a fit went: rounds, cohort, and the statistics of an exact one. MLlib's models have no place
 * for it, so it stays with the estimator that fitted the model, which is the model's {@code parent}
 * as long as the model has not been saved.
 */
public final class FederatedSummary {
  /** The last of each estimator, by its uid. */
  private static final Map<String, WeakReference<FederatedSummary>> OF_FITS =
      new ConcurrentHashMap<>();

  private final SparkSession spark;
  private final String preset;
  private final List<String> workers;
  private final Map<String, String> skipped;
  private final String placement;
  private final TrainingResult result;
  private final List<String> notes;
  private final List<String> features;

  private FederatedSummary(
      SparkSession spark,
      String preset,
      List<String> features,
      ShardLoader.Loaded loaded,
      TrainingResult result,
      Wording words) {
    this.spark = spark;
    this.preset = result.choice().map(AlgorithmChoice::preset).orElse(preset);
    this.features = List.copyOf(features);
    this.workers = loaded.federation().workers();
    this.skipped = Map.copyOf(loaded.skipped());
    this.placement = loaded.placement();
    this.result = result;
    List<String> all = new ArrayList<>(loaded.notes());
    result.notes().forEach(note -> all.add(note.in(words)));
    this.notes = List.copyOf(all);
  }

  static FederatedSummary of(
      SparkSession spark,
      String preset,
      List<String> features,
      ShardLoader.Loaded loaded,
      TrainingResult result,
      Wording words) {
    return new FederatedSummary(spark, preset, features, loaded, result, words);
  }

  /** Has {@link #ofFit} find this as long as anybody holds it: the estimator, and so its model. */
  void remember(String estimator) {
    OF_FITS.values().removeIf(held -> held.refersTo(null));
    OF_FITS.put(estimator, new WeakReference<>(this));
  }

  /** Returns the summary of a session's last fit of an estimator of this uid, while it is held. */
  static Optional<FederatedSummary> ofFit(SparkSession session, String estimator) {
    return Optional.ofNullable(OF_FITS.get(estimator))
        .map(WeakReference::get)
        .filter(summary -> summary.spark.equals(session));
  }

  /**
   * Returns the summary of the fit that made a model; empty for a model that was loaded, or made by
   * another estimator, or whose estimator has fitted another one since.
   */
  public static Optional<FederatedSummary> of(Model<?> model) {
    return model.parent() instanceof HasFederation<?> estimator
        ? estimator.federation().summary()
        : Optional.empty();
  }

  /** Returns the preset that trained. */
  public String preset() {
    return preset;
  }

  /** Says why {@code preset = auto} chose that one; empty where the preset was named. */
  public String reason() {
    return result.choice().map(AlgorithmChoice::why).orElse("");
  }

  /** Returns the workers that took part, sorted. */
  public List<String> workers() {
    return workers;
  }

  /** Returns the workers left out, with the reason. */
  public Map<String, String> skipped() {
    return skipped;
  }

  /** Says how the rows came to their workers. */
  public String placement() {
    return placement;
  }

  /** Returns what should be known of the rows and of the result, one sentence each. */
  public List<String> notes() {
    return notes;
  }

  /**
   * Returns the model's metrics on all workers' training rows, by name; where rows are hidden, none
   * unless a part of the budget is for them.
   */
  public Map<String, Double> metrics() {
    return result.rounds().isEmpty() ? Map.of() : result.lastRound().trainMetrics();
  }

  /** Returns the model's metrics on all workers' test rows, by name; none without a split. */
  public Map<String, Double> testMetrics() {
    return result.rounds().isEmpty() ? Map.of() : result.lastRound().testMetrics();
  }

  /**
   * Returns one row a metric of the model: {@code rows}, train or test; {@code name}; {@code
   * value}, NaN for one that noise hides; and {@code noise}, the standard deviation of what noise
   * does to it, null where there is none.
   */
  public Dataset<Row> figures() {
    MetricNoise noise = result.rounds().isEmpty() ? MetricNoise.NONE : result.lastRound().noise();
    return frame(
        texts("rows", "name").add("value", DataTypes.DoubleType).add("noise", DataTypes.DoubleType),
        Stream.concat(
            figures("train", metrics(), noise.train()),
            figures("test", testMetrics(), noise.test())));
  }

  private static Stream<Row> figures(
      String rows, Map<String, Double> metrics, Map<String, Double> noise) {
    return metrics.entrySet().stream()
        .map(
            metric ->
                RowFactory.create(
                    rows, metric.getKey(), metric.getValue(), noise.get(metric.getKey())));
  }

  /** Returns what the fit released, and what that costs; empty where sums were exact. */
  public Optional<PrivacyAccount> privacy() {
    return result.privacy();
  }

  /**
   * Returns one row for each purpose that sums with noise had: {@code purpose, rows, sums, length,
   * sigma, sensitivity, rho}.
   */
  public Dataset<Row> releases() {
    StructType schema =
        texts("purpose", "rows")
            .add("sums", DataTypes.IntegerType)
            .add("length", DataTypes.IntegerType)
            .add("sigma", DataTypes.DoubleType)
            .add("sensitivity", DataTypes.DoubleType)
            .add("rho", DataTypes.DoubleType);
    return frame(
        schema,
        privacy().stream()
            .flatMap(account -> account.releases().stream())
            .map(
                r ->
                    RowFactory.create(
                        r.purpose(),
                        r.rows().text(),
                        r.sums(),
                        r.length(),
                        r.sigma(),
                        r.sensitivity(),
                        r.rho())));
  }

  private Map<String, Double> account() {
    Map<String, Double> values = new LinkedHashMap<>();
    privacy()
        .ifPresent(
            account -> {
              values.put("epsilon", account.epsilon());
              values.put("delta", account.delta());
              values.put("rho", account.rho());
              values.put("exactEpsilon", account.exactEpsilon());
              values.put("advantage", account.advantage());
              values.put("honestWorkers", (double) account.honestWorkers());
              values.put("rowsOfPerson", (double) account.rowsOfPerson());
            });
    return values;
  }

  /**
   * Returns one row a round, from round 0, the initial model: {@code round, workers, dropouts,
   * loss, seconds}, then a column for each {@link Measurement}, and for each metric on the training
   * rows.
   */
  public Dataset<Row> rounds() {
    StructType schema =
        new StructType()
            .add("round", DataTypes.IntegerType)
            .add("workers", DataTypes.IntegerType)
            .add("dropouts", DataTypes.IntegerType)
            .add("loss", DataTypes.DoubleType)
            .add("seconds", DataTypes.DoubleType);
    for (Measurement each : Measurement.values()) {
      schema = schema.add(each.key(), DataTypes.LongType);
    }
    List<String> metrics =
        result.rounds().isEmpty()
            ? List.of()
            : List.copyOf(result.lastRound().trainMetrics().keySet());
    for (String metric : metrics) {
      schema = schema.add(metric, DataTypes.DoubleType);
    }
    List<Row> rows = new ArrayList<>();
    result
        .rounds()
        .forEach(
            round -> {
              List<Object> values = new ArrayList<>();
              values.add(round.round());
              values.add(round.workers());
              values.add(round.dropouts());
              values.add(round.loss());
              values.add(round.seconds());
              round.measured().forEach((key, value) -> values.add(value));
              metrics.forEach(metric -> values.add(round.trainMetrics().get(metric)));
              rows.add(RowFactory.create(values.toArray()));
            });
    return spark.createDataFrame(rows, schema);
  }

  /**
   * Returns one row a coefficient: {@code name, estimate, standardError, statistic, pValue, lower,
   * upper}; none after a fit that has no statistics, as a penalized one. After one with noise they
   * count it.
   */
  public Dataset<Row> statistics() {
    StructType schema = new StructType().add("name", DataTypes.StringType);
    for (String column :
        List.of("estimate", "standardError", "statistic", "pValue", "lower", "upper")) {
      schema = schema.add(column, DataTypes.DoubleType);
    }
    List<Row> rows = new ArrayList<>();
    result
        .statistics()
        .ifPresent(
            statistics ->
                statistics
                    .named(features)
                    .coefficients()
                    .forEach(
                        c ->
                            rows.add(
                                RowFactory.create(
                                    c.name(),
                                    c.estimate(),
                                    c.standardError(),
                                    c.statistic(),
                                    c.pValue(),
                                    c.lower(),
                                    c.upper()))));
    return spark.createDataFrame(rows, schema);
  }

  /**
   * Returns what statistics says of the fit as a whole: {@code rows, residualDegrees, nullDegrees,
   * deviance, nullDeviance, dispersion, logLikelihood, aic, r2}; empty where there are none, and
   * after a fit with noise.
   */
  public Map<String, Double> goodnessOfFit() {
    Map<String, Double> values = new LinkedHashMap<>();
    result
        .statistics()
        .filter(s -> !s.countsNoise())
        .ifPresent(
            s -> {
              values.put("rows", s.rows());
              values.put("residualDegrees", s.residualDegrees());
              values.put("nullDegrees", s.nullDegrees());
              values.put("deviance", s.deviance());
              values.put("nullDeviance", s.nullDeviance());
              values.put("dispersion", s.dispersion());
              values.put("logLikelihood", s.logLikelihood());
              values.put("aic", s.aic());
              values.put("r2", s.r2());
            });
    return values;
  }

  /**
   * Returns what {@link FederatedSummaryTable} tells of it.
   *
   * @param name one of the tables'
   * @throws IllegalArgumentException for another name
   */
  public Dataset<Row> table(String name) {
    return switch (FederatedSummaryTable.Table.valueOf(name.toUpperCase(Locale.ROOT))) {
      case ROUNDS -> rounds();
      case STATISTICS -> statistics();
      case FIGURES -> figures();
      case GOODNESS -> named(goodnessOfFit());
      case PRIVACY -> named(account());
      case RELEASES -> releases();
      case COHORT ->
          frame(
              texts("worker", "skipped"),
              Stream.concat(
                  workers.stream().map(worker -> RowFactory.create(worker, null)),
                  new TreeMap<>(skipped)
                      .entrySet().stream()
                          .map(one -> RowFactory.create(one.getKey(), one.getValue()))));
      case NOTES -> frame(texts("note"), notes.stream().map(RowFactory::create));
      case FIT ->
          frame(
              texts("preset", "reason", "placement"),
              Stream.of(RowFactory.create(preset, reason(), placement)));
    };
  }

  private Dataset<Row> named(Map<String, Double> values) {
    return frame(
        new StructType().add("name", DataTypes.StringType).add("value", DataTypes.DoubleType),
        values.entrySet().stream().map(one -> RowFactory.create(one.getKey(), one.getValue())));
  }

  private Dataset<Row> frame(StructType schema, Stream<Row> rows) {
    return spark.createDataFrame(rows.toList(), schema);
  }

  private static StructType texts(String... columns) {
    StructType schema = new StructType();
    for (String column : columns) {
      schema = schema.add(column, DataTypes.StringType);
    }
    return schema;
  }
}
