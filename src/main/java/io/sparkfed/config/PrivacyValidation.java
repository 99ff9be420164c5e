package io.sparkfed.config;

import com.typesafe.config.Config;
import io.sparkfed.config.DataConfig.Missing;
import io.sparkfed.config.DataConfig.PooledTable;
import io.sparkfed.config.PrivacySettings.Unit;
import io.sparkfed.config.TrainingConfig.WherePaying;
import io.sparkfed.model.Family;
import io.sparkfed.model.Standardize;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What can't be where rows are hidden, with the reason: all that would tell something of rows
 * without noise on it.
 */
final class PrivacyValidation {
  private static final String PRESET = "algorithm.preset";
  private static final String UNDER = " under privacy.unit = row";

  private static final String COHORT =
      ": who takes part is no secret, and sums need the noise of all";

  /** Why a preset's sums can't be hidden, by the beginning of its name. */
  private static final Map<String, String> OF_PRESETS = reasons();

  /** Keys that say what isn't done. */
  private static final Map<String, String> OF_KEYS =
      new TreeMap<>(
          Map.of(
              "algorithm.rounds",
              "must not be set" + UNDER + ": privacy.rounds says how many gradients are summed",
              "algorithm.tolerance",
              "must not be set" + UNDER + ": the loss to stop by would be told in each round",
              "algorithm.cohort.fraction",
              "must not be set" + UNDER + COHORT,
              "algorithm.cohort.count",
              "must not be set" + UNDER + COHORT,
              "data.min-level-rows",
              "must not be set" + UNDER + ": it needs the exact number of rows at each level",
              "data.min-level-workers",
              "must not be set" + UNDER + ": it needs the exact number of workers at each level",
              "data.min-worker-rows",
              "must not be set" + UNDER + ": who has too few rows would be told exactly",
              "evaluation.auc-error",
              "must not be set" + UNDER + ": the test rows are summed once, and no finer"));

  private final Config user;
  private final ConfigReader read;

  /**
   * Creates the rules.
   *
   * @param user what was set, without defaults
   */
  PrivacyValidation(Config user, ConfigReader read) {
    this.user = user;
    this.read = read;
  }

  private static Map<String, String> reasons() {
    Map<String, String> reasons = new LinkedHashMap<>();
    reasons.put("fed-newton", "its Hessians and its line search are exact");
    reasons.put("fed-lbfgs", "its line search needs exact losses");
    reasons.put("normal-equations", "its sums are exact; private-statistics has them with noise");
    reasons.put("fed-sgd", "it stops by exact losses; private has gradients with noise");
    reasons.put("fed-", "nothing bounds what one row does to a model that is trained locally");
    return reasons;
  }

  /** Returns whether a family's gradients can be bounded by public numbers and stay of use. */
  static boolean canHide(Family family) {
    return family != Family.GAMMA;
  }

  /**
   * Refuses what an algorithm can't be.
   *
   * @throws ConfigurationException naming the first key that doesn't go with the unit
   */
  void validate(String preset, Family family, Unit unit) {
    if (unit == Unit.WORKER) {
      throw read.invalid(
          PrivacyReader.UNIT, "must be none or row: whole workers can't be hidden yet");
    }
    boolean isNoised = PresetNames.isNoised(preset);
    if (unit == Unit.NONE) {
      if (isNoised) {
        throw read.invalid(PRESET, "needs privacy.unit = row, with epsilon, delta and bounds");
      }
      return;
    }
    if (!isNoised) {
      throw read.invalid(
          PRESET,
          "must be one of "
              + String.join(" | ", PresetNames.noised())
              + UNDER
              + ": "
              + OF_PRESETS.entrySet().stream()
                  .filter(reason -> preset.startsWith(reason.getKey()))
                  .map(Map.Entry::getValue)
                  .findFirst()
                  .orElseThrow());
    }
    requireFamily(preset, family);
    OF_KEYS.forEach((key, rule) -> refuse(user.hasPath(key), key, rule));
    refuseValues();
    requireIntervals(preset, family);
  }

  private void requireFamily(String preset, Family family) {
    if (!canHide(family)) {
      throw read.invalid(
          "model.family",
          "must be one of "
              + String.join(" | ", EnumNames.of(Family.class, PrivacyValidation::canHide))
              + UNDER
              + ": the others' gradients of single rows are too large to be bounded with any use");
    }
    if (!preset.equals(PresetNames.PRIVATE) && !family.isQuadratic()) {
      throw read.invalid(
          "model.family",
          "must be "
              + EnumNames.inWords(EnumNames.of(Family.class, Family::isQuadratic), "or")
              + " for algorithm.preset = "
              + preset
              + "; use private");
    }
  }

  /** Returns whether intervals of a family's coefficients can count noise. */
  static boolean hasIntervals(Family family) {
    return switch (family) {
      case LOGISTIC, POISSON -> true;
      case LINEAR, HUBER, SVM, SQUARED_HINGE, SOFTMAX, GAMMA -> false;
    };
  }

  private void requireIntervals(String preset, Family family) {
    String key = PrivacyReader.INTERVALS_SHARE;
    if (PrivacyReader.share(read, key) == 0.0 || !preset.equals(PresetNames.PRIVATE)) {
      return;
    }
    if (!hasIntervals(family)) {
      throw read.invalid(
          key,
          "must be 0 for model.family = "
              + EnumNames.of(family)
              + ": intervals that count noise are of "
              + EnumNames.inWords(
                  EnumNames.of(Family.class, PrivacyValidation::hasIntervals), "and")
              + ", and for nothing of private-statistics");
    }
    refuse(
        read.number("model.l2", "must be a number >= 0", v -> v >= 0.0) > 0.0,
        key,
        "must be 0 with model.l2: a penalty moves coefficients, and intervals don't count that");
    refuse(
        PrivacyReader.share(read, PrivacyReader.GRAM_SHARE) == 0.0,
        key,
        "must be 0 with privacy.gram-share = 0: without products gradients can't be let as long as"
            + " intervals need");
  }

  private void refuseValues() {
    refuse(
        read.oneOf("model.standardize", Standardize.class) != Standardize.NONE,
        "model.standardize",
        "must be none"
            + UNDER
            + ": means and deviations would be told exactly; privacy.bounds gives the scale");
    refuse(
        read.oneOfOrTruth("algorithm.warm-start", WherePaying.class) == WherePaying.TRUE,
        "algorithm.warm-start",
        "must not be true" + UNDER + ": nothing bounds what one row does to an average of models");
    refuse(
        read.oneOfOrTruth("algorithm.preconditioner", WherePaying.class) == WherePaying.TRUE,
        "algorithm.preconditioner",
        "must not be true" + UNDER + ": it sums products of features without noise");
    refuse(
        read.number("model.l1", "must be a number >= 0", v -> v >= 0.0) > 0.0,
        "model.l1",
        "must be 0" + UNDER + ": only model.l2 is possible there");
    refuse(
        read.oneOf("data.missing", Missing.class) == Missing.ERROR,
        "data.missing",
        "must be drop" + UNDER + ": an error would tell that there is such a row");
    refuse(
        !read.strings("data.impute.columns").isEmpty()
            && !read.string("data.impute.strategy").equals(DataReader.CONSTANT),
        "data.impute.strategy",
        "must be constant" + UNDER + ": a mean would be told exactly");
  }

  private void refuse(boolean isSo, String key, String rule) {
    if (isSo) {
      throw read.invalid(key, rule);
    }
  }

  /**
   * Refuses categories whose levels would have to be found.
   *
   * @throws ConfigurationException naming all of them
   */
  static void requireLevels(DataConfig data) {
    List<String> without =
        data.preprocessing().categories().entrySet().stream()
            .filter(category -> category.getValue().levels().isEmpty())
            .map(category -> ConfigReader.under("data.categorical", category.getKey(), "levels"))
            .sorted()
            .toList();
    if (!without.isEmpty()) {
      throw new ConfigurationException(
          String.join(", ", without)
              + " must be set"
              + UNDER
              + ": levels that are found in rows tell of single rows");
    }
  }

  /**
   * Refuses a condition on rows of one table.
   *
   * @throws ConfigurationException naming the key
   */
  static void requireAllRows(DataConfig data) {
    if (data.source() instanceof PooledTable && data.where().isPresent()) {
      throw new ConfigurationException(
          "data.where must not be set"
              + UNDER
              + " where all rows are in one table, data.path: who has a row that fulfills it would"
              + " be told exactly; data.workers has a table for each");
    }
  }
}
