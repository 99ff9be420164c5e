package io.sparkfed.config;

import io.sparkfed.hint.Hint;

/** What hints are called in a configuration: its keys. */
public final class KeyWords {
  private KeyWords() {}

  /** Returns the key, or the setting of one. */
  public static String of(Hint hint) {
    return switch (hint) {
      case SAMPLED_COHORTS -> "algorithm.cohort";
      case AGGREGATION_MODE -> "aggregation.mode";
      case AGGREGATORS -> "aggregation.aggregators";
      case KEYS_FOLDER -> "aggregation.keys.dir";
      case MIN_WORKERS -> TrainingConfig.MIN_WORKERS;
      case CLUSTER_TIMEOUT -> "cluster.timeout";
      case PRESET -> "algorithm.preset";
      case ROUNDS -> "algorithm.rounds";
      case STEP_SIZE -> "algorithm.step-size";
      case LOCAL_STEP_SIZE -> "algorithm.local.step-size";
      case SERVER_LEARNING_RATE -> "algorithm.server.learning-rate";
      case DIVERGENCE_FACTOR -> "algorithm.divergence-factor";
      case PRECONDITIONER -> "algorithm.preconditioner";
      case CLASSES -> "model.classes";
      case L2 -> "model.l2";
      case SHARED_UNITS -> "model.standardize = federated";
      case FORMULA -> "data.formula";
      case CATEGORIES -> "data.categorical";
      case LABEL_LEVELS -> "data.label-levels";
      case MIN_LEVEL_ROWS -> "data.min-level-rows";
      case MIN_LEVEL_WORKERS -> "data.min-level-workers";
      case IMPUTATION -> "data.impute";
      case MISSING_VALUES -> "data.missing";
      case FILTER -> "data.where";
      case DERIVED_COLUMNS -> "data.derive";
      case TEST_ROWS -> "data.split";
      case NOISED_ROUNDS -> "privacy.rounds";
      case EPSILON -> "privacy.epsilon";
      case BOUNDS -> "privacy.bounds";
    };
  }
}
