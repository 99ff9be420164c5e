package io.sparkfed.spark.ml;

import io.sparkfed.config.KeyWords;
import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Wording;
import io.sparkfed.model.Family;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What hints are called for the user of an estimator: its params, and keys where they are among its
 * {@code settings} or could be.
 *
 * @param keys those among the settings
 */
record ParamWords(HasFederation<?> estimator, Family family, Set<String> keys) implements Wording {
  @Override
  public String of(Hint hint) {
    return switch (hint) {
      case MIN_WORKERS -> either(hint, "minWorkers");
      case AGGREGATION_MODE -> either(hint, "aggregationMode");
      case PRESET -> either(hint, "preset");
      case ROUNDS -> either(hint, "rounds", "maxIter");
      case L2 -> l2();
      case SHARED_UNITS ->
          estimator.hasParam("standardization")
              ? "standardization = true"
              : "features in units that suit them";
      case EPSILON -> "privacyEpsilon";
      case BOUNDS -> "featureBounds";
      case CLASSES -> "the classes of labelCol";
      case AGGREGATORS,
          KEYS_FOLDER,
          CLUSTER_TIMEOUT,
          STEP_SIZE,
          LOCAL_STEP_SIZE,
          DIVERGENCE_FACTOR,
          PRECONDITIONER,
          MISSING_VALUES,
          FILTER,
          DERIVED_COLUMNS,
          TEST_ROWS,
          NOISED_ROUNDS ->
          KeyWords.of(hint) + " of the settings";
      // A run of an estimator has none of these.
      case SAMPLED_COHORTS,
          SERVER_LEARNING_RATE,
          FORMULA,
          CATEGORIES,
          LABEL_LEVELS,
          MIN_LEVEL_ROWS,
          MIN_LEVEL_WORKERS,
          IMPUTATION ->
          KeyWords.of(hint) + " of jobs/train";
    };
  }

  /** The key where it is among the settings; else the param that is set, or the first. */
  private String either(Hint hint, String... params) {
    String key = KeyWords.of(hint);
    return keys.contains(key)
        ? key
        : Stream.of(params)
            .filter(estimator::hasParam)
            .filter(param -> estimator.isSet(estimator.getParam(param)))
            .findFirst()
            .orElse(params[0]);
  }

  private String l2() {
    if (estimator instanceof FederatedGeneralizedLinearRegression
        && !GlmFamily.hasPenalty(family)) {
      return KeyWords.of(Hint.L2) + " of jobs/train";
    }
    boolean isMixed =
        estimator.hasParam("elasticNetParam")
            && !estimator.getOrDefault(estimator.getParam("elasticNetParam")).equals(0.0);
    return isMixed ? "regParam * (1 - elasticNetParam)" : "regParam";
  }
}
