package io.sparkfed.spark.ml;

import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.ConfigurationException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The param {@code settings} of an estimator: keys of a run's configuration that have an effect on
 * a fit and no param of their own. A key of which {@link FederationParams} or MLlib's limits are
 * the param may stand there, too, unless the param is set. Any other key is refused.
 */
final class EstimatorSettings {
  /** Sections and keys that fits heed. */
  private static final List<String> HEEDED =
      List.of(
          "name",
          "data.derive",
          "data.where",
          "data.missing",
          "data.storage",
          "data.split",
          "data.simulation",
          "algorithm.warm-start",
          "algorithm.preconditioner",
          "algorithm.step-size",
          "algorithm.local",
          "algorithm.weighting",
          "algorithm.divergence-factor",
          "aggregation.deadline",
          "aggregation.aggregators",
          "aggregation.keys",
          "aggregation.masked",
          "cluster.timeout",
          "privacy",
          "evaluation");

  /** Keys that may stand in the settings or be said by one of these params, not both. */
  private static final Map<String, List<String>> EITHER =
      Map.of(
          "seed", List.of("seed"),
          "algorithm.preset", List.of("preset"),
          "algorithm.rounds", List.of("rounds", "maxIter"),
          "algorithm.tolerance", List.of("tol"),
          "aggregation.mode", List.of("aggregationMode"),
          "aggregation.min-workers", List.of("minWorkers"));

  /** Keys that have a param, which MLlib's code reads as well, or which make others needed. */
  private static final Map<String, String> BY_PARAM =
      Map.ofEntries(
          Map.entry("data.worker-column", "workerCol"),
          Map.entry("data.label-column", "labelCol"),
          Map.entry("data.features-column", "featuresCol"),
          Map.entry("data.feature-columns", "featuresCol"),
          Map.entry("data.weight-column", "weightCol"),
          Map.entry("data.offset-column", "offsetCol"),
          Map.entry("model.family", "family"),
          Map.entry("model.intercept", "fitIntercept"),
          Map.entry("model.l1", "regParam with elasticNetParam"),
          Map.entry("model.l2", "regParam with elasticNetParam"),
          Map.entry("model.standardize", "standardization"),
          Map.entry("model.threshold", "threshold"),
          Map.entry("privacy.unit", "privacyEpsilon"),
          Map.entry("privacy.epsilon", "privacyEpsilon"),
          Map.entry("privacy.delta", "privacyDelta"),
          Map.entry("privacy.bounds", "featureBounds"),
          Map.entry("privacy.label-bounds", "labelBounds"),
          Map.entry("privacy.rows", "privacyRows"),
          Map.entry("privacy.intervals-share", "intervalsShare"));

  private static final String BOUNDS = "privacy.bounds";

  private final Map<String, Object> values;

  private EstimatorSettings(Map<String, Object> values) {
    this.values = values;
  }

  /**
   * Reads an estimator's settings.
   *
   * @throws ConfigurationException naming the key that is unknown, has no effect, or says what a
   *     param says
   */
  static EstimatorSettings of(HasFederation<?> estimator) {
    Map<String, Object> values = ConfigLoader.settings(List.of(estimator.getSettings()));
    values.keySet().forEach(key -> require(key, estimator));
    return new EstimatorSettings(values);
  }

  private static void require(String key, HasFederation<?> estimator) {
    String section = key.startsWith(BOUNDS + ".") ? BOUNDS : key;
    if (BY_PARAM.containsKey(section)) {
      throw new ConfigurationException(
          key + " can't be among the settings: use the param " + BY_PARAM.get(section));
    }
    if (EITHER.containsKey(key)) {
      Optional<String> set =
          EITHER.get(key).stream()
              .filter(estimator::hasParam)
              .filter(param -> estimator.isSet(estimator.getParam(param)))
              .findFirst();
      if (set.isPresent()) {
        throw new ConfigurationException(
            key + " is among the settings and the param " + set.get() + " is set: leave one out");
      }
    } else if (!heeds(key)) {
      throw new ConfigurationException(
          key + " is for jobs/train and the other jobs; an estimator can't use it");
    }
  }

  /** Returns whether a key has an effect on fits, and no param. */
  static boolean heeds(String key) {
    return !BY_PARAM.containsKey(key)
        && HEEDED.stream().anyMatch(heeded -> key.equals(heeded) || key.startsWith(heeded + "."));
  }

  /** Returns the keys that are set. */
  Set<String> keys() {
    return values.keySet();
  }

  /** Returns the preset: the param's, unless the settings name one. */
  String preset(HasFederation<?> estimator) {
    return Stream.ofNullable(values.get("algorithm.preset"))
        .map(String::valueOf)
        .findFirst()
        .orElseGet(estimator::getPreset);
  }
}
