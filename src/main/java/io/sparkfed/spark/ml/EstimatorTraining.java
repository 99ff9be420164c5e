package io.sparkfed.spark.ml;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.EnumNames;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.DataException;
import io.sparkfed.federated.FeatureException;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.survey.FederatedLabels;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import io.sparkfed.model.Standardize;
import io.sparkfed.recipe.Presets;
import io.sparkfed.spark.rows.ShardLoader;
import io.sparkfed.spark.watch.RoundFinished;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.classification.LinearSVC;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.Option;

/**
 * One fit of an estimator: its params as a configuration, the rows loaded, a model trained. Holds
 * no algorithm.
 */
final class EstimatorTraining implements AutoCloseable {
  /** As many classes as MLlib counts in a column that does not say how many it has. */
  static final int MOST_CLASSES = 100;

  private static final System.Logger LOG = System.getLogger(EstimatorTraining.class.getName());

  private final HasFederation<?> estimator;
  private final Dataset<Row> rows;
  private final Family family;
  private final int classes;
  private final String preset;
  private final ParamWords words;
  private final ShardLoader.Loaded loaded;
  private final SumFactory sums;

  private EstimatorTraining(
      HasFederation<?> estimator, Dataset<Row> rows, Family family, int classes) {
    this.estimator = estimator;
    this.rows = rows;
    this.family = family;
    this.classes = classes;
    // The family and the penalty may still change; the settings are checked against the preset.
    EstimatorSettings settings = EstimatorSettings.of(estimator);
    EstimatorPrivacy.require(estimator, family);
    this.preset = settings.preset(estimator);
    this.words = new ParamWords(estimator, family, settings.keys());
    TrainingConfig config = config(family, classes, new MllibPenalty.Values(0.0, 0.0), false);
    this.loaded = worded(() -> new ShardLoader(config, rows).load());
    this.sums = Presets.sums(config);
  }

  /**
   * Loads the rows.
   *
   * @param family whose rule for labels holds
   * @param classes number of classes of softmax; {@value #MOST_CLASSES} to accept so many
   */
  static EstimatorTraining load(
      HasFederation<?> estimator, Dataset<?> rows, Family family, int classes) {
    return new EstimatorTraining(estimator, rows.toDF(), family, classes);
  }

  /** Returns the number of features. */
  int features() {
    return loaded.features().size();
  }

  /** Returns the number of classes that the workers' labels have, from a secure sum. */
  int classesHeld() {
    return worded(
        () ->
            sums.endedAfter(
                loaded.federation(),
                () -> FederatedLabels.classes(loaded.federation(), sums, classes)));
  }

  /**
   * Trains, and leaves the summary with the estimator.
   *
   * @throws TrainingDivergedException if training diverged
   */
  Coefficients train(MllibPenalty penalty) {
    return train(family, classes, penalty);
  }

  /** The same for a family and a number of classes that are known only now. */
  Coefficients train(Family known, int knownClasses, MllibPenalty penalty) {
    boolean intercept = (boolean) value("fitIntercept");
    MllibPenalty.Values values =
        penalty.needsMoments()
            ? penalty.values(
                worded(
                    () ->
                        sums.endedAfter(
                            loaded.federation(),
                            () -> FederatedLabels.moments(loaded.federation(), sums))),
                intercept)
            : penalty.values();
    TrainingConfig config = config(known, knownClasses, values, penalty.standardization());
    TrainingResult result = worded(() -> train(config));
    if (result.divergence().isPresent()) {
      throw new TrainingDivergedException(result.divergence().get().message().in(words));
    }
    FederatedSummary summary =
        FederatedSummary.of(
            rows.sparkSession(),
            config.algorithm().preset(),
            featureNames(),
            loaded,
            result,
            words);
    estimator.federation().fitted(summary);
    summary.remember(estimator.uid());
    summary.notes().forEach(note -> LOG.log(System.Logger.Level.WARNING, "{0}", note));
    return result.model();
  }

  /** Has a failure name settings as the estimator's user knows them. */
  private <T> T worded(Supplier<T> work) {
    try {
      return work.get();
    } catch (DataException | AggregationException e) {
      throw e.in(words);
    }
  }

  private TrainingResult train(TrainingConfig config) {
    try {
      return new FederatedTrainer(
              loaded.federation(),
              Presets.plan(config, loaded.encoding()),
              RoundFinished.posting(
                  rows.sparkSession(), UUID.randomUUID().toString(), config.name()))
          .train();
    } catch (FeatureException e) {
      throw e.named(featureNames());
    }
  }

  @Override
  public void close() {
    loaded.federation().close();
  }

  private TrainingConfig config(
      Family trained, int trainedClasses, MllibPenalty.Values penalty, boolean standardization) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", estimator.uid());
    values.put("seed", estimator.getSeed());
    values.put("data.format", "parquet");
    values.put("data.worker-column", estimator.getWorkerCol());
    values.put("data.features-column", value("featuresCol"));
    values.put("data.label-column", value("labelCol"));
    optionalColumn("weightCol").ifPresent(name -> values.put("data.weight-column", name));
    optionalColumn("offsetCol").ifPresent(name -> values.put("data.offset-column", name));
    values.put("model.family", EnumNames.of(trained));
    if (trained == Family.SOFTMAX) {
      values.put("model.classes", trainedClasses);
    }
    // An infinite one, as MLlib's for a vector machine may be, is for its predictions alone.
    if (trained == Family.LOGISTIC && estimator instanceof LogisticRegression classifier) {
      values.put("model.threshold", classifier.getThreshold());
    } else if (trained == Family.SVM
        && estimator instanceof LinearSVC classifier
        && Double.isFinite(classifier.getThreshold())) {
      values.put("model.threshold", classifier.getThreshold());
    }
    // MLlib's takes shares of successes, and weights that are numbers of trials.
    values.put(
        "data.label-proportions",
        trained == Family.LOGISTIC && estimator instanceof FederatedGeneralizedLinearRegression);
    values.put("model.intercept", value("fitIntercept"));
    values.put("model.l1", penalty.l1());
    values.put("model.l2", penalty.l2());
    boolean isHidden = EstimatorPrivacy.isWanted(estimator);
    values.put(
        "model.standardize",
        EnumNames.of(standardization && !isHidden ? Standardize.FEDERATED : Standardize.NONE));
    values.put("algorithm.preset", preset);
    values.putAll(EstimatorPrivacy.values(estimator, (String) value("featuresCol"), rows.schema()));
    if (isHidden) {
      optional("rounds").ifPresent(rounds -> values.put("privacy.rounds", rounds));
    } else if (!preset.equals("normal-equations")) {
      optional("rounds")
          .or(() -> optional("maxIter"))
          .ifPresent(rounds -> values.put("algorithm.rounds", rounds));
      optional("tol").ifPresent(tolerance -> values.put("algorithm.tolerance", tolerance));
    }
    values.put("aggregation.mode", estimator.getAggregationMode());
    values.put("aggregation.min-workers", estimator.getMinWorkers());
    return ConfigLoader.of(estimator.uid(), values, List.of(estimator.getSettings()));
  }

  private Object value(String param) {
    return estimator.getOrDefault(estimator.getParam(param));
  }

  /** Returns what a param was set to, not its default; empty where the estimator has no such. */
  private Optional<Object> optional(String name) {
    if (!estimator.hasParam(name)) {
      return Optional.empty();
    }
    Param<Object> param = estimator.getParam(name);
    Option<Object> set = estimator.get(param);
    return set.isDefined() ? Optional.of(set.get()) : Optional.empty();
  }

  private Optional<String> optionalColumn(String param) {
    return optional(param).map(String::valueOf).filter(name -> !name.isEmpty());
  }

  /** Returns the names that earlier stages gave the features, or else the loader's. */
  private List<String> featureNames() {
    AttributeGroup group =
        AttributeGroup.fromStructField(rows.schema().apply((String) value("featuresCol")));
    List<String> names = new ArrayList<>(loaded.features());
    if (group.attributes().isDefined() && group.size() == names.size()) {
      Attribute[] attributes = group.attributes().get();
      for (int j = 0; j < attributes.length; j++) {
        if (attributes[j].name().isDefined()) {
          names.set(j, attributes[j].name().get());
        }
      }
    }
    return names;
  }
}
