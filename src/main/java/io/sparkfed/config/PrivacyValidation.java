package io.sparkfed.config;

import com.typesafe.config.Config;
import io.sparkfed.config.DataConfig.Missing;
import io.sparkfed.config.DataConfig.PooledTable;
import io.sparkfed.config.PrivacySettings.Unit;
import io.sparkfed.config.TrainingConfig.WherePaying;
import io.sparkfed.federated.Weighting;
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

  /** What the rule on a key begins with; the unit follows. */
  private static final String UNSET = "must not be set%s";

  private static final String COHORT =
      ": who takes part is no secret, and sums need the noise of all";

  /** Why a preset's sums can't be hidden, by the beginning of its name. */
  private static final Map<String, String> OF_PRESETS = reasons();

  /** Keys that say what isn't done. */
  private static final Map<String, String> OF_KEYS =
      new TreeMap<>(
          Map.of(
              "algorithm.tolerance",
              UNSET + ": the loss to stop by would be told in each round",
              "algorithm.cohort.fraction",
              UNSET + COHORT,
              "algorithm.cohort.count",
              UNSET + COHORT,
              "data.min-level-rows",
              UNSET + ": it needs the exact number of rows at each level",
              "data.min-level-workers",
              UNSET + ": it needs the exact number of workers at each level",
              "data.min-worker-rows",
              UNSET + ": who has too few rows would be told exactly",
              "evaluation.auc-error",
              UNSET + ": the test rows are summed once, and no finer"));

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
    boolean isNoised = PresetNames.isNoised(preset);
    if (unit == Unit.NONE) {
      if (isNoised) {
        throw read.invalid(PRESET, "needs privacy.unit = row, with epsilon, delta and bounds");
      }
      return;
    }
    String under = unit.under();
    if (unit == Unit.WORKER) {
      requireAveraging(preset, under);
    } else {
      requireNoised(preset, under);
    }
    requireFamily(preset, family, under);
    OF_KEYS.forEach((key, rule) -> refuse(user.hasPath(key), key, String.format(rule, under)));
    refuseValues(under);
    requireIntervals(preset, family);
  }

  private void requireNoised(String preset, String under) {
    if (!PresetNames.isNoised(preset)) {
      throw read.invalid(
          PRESET,
          "must be one of "
              + String.join(" | ", PresetNames.noised())
              + under
              + ": "
              + OF_PRESETS.entrySet().stream()
                  .filter(reason -> preset.startsWith(reason.getKey()))
                  .map(Map.Entry::getValue)
                  .findFirst()
                  .orElseThrow());
    }
    refuse(
        user.hasPath("algorithm.rounds"),
        "algorithm.rounds",
        String.format(UNSET, under) + ": privacy.rounds says how many gradients are summed");
    refuse(
        read.oneOfOrTruth("algorithm.warm-start", WherePaying.class) == WherePaying.TRUE,
        "algorithm.warm-start",
        "must not be true" + under + ": nothing bounds what one row does to an average of models");
    refuse(
        read.oneOfOrTruth("algorithm.preconditioner", WherePaying.class) == WherePaying.TRUE,
        "algorithm.preconditioner",
        "must not be true" + under + ": it sums products of features without noise");
    refuse(
        read.number("model.l1", "must be a number >= 0", v -> v >= 0.0) > 0.0,
        "model.l1",
        "must be 0" + under + ": only model.l2 is possible there");
  }

  private void requireAveraging(String preset, String under) {
    if (!PresetNames.isAveraging(preset)) {
      throw read.invalid(
          PRESET,
          "must be one of "
              + String.join(" | ", PresetNames.averaging())
              + under
              + ": only a worker's update as a whole is cut to a length");
    }
    refuse(
        read.oneOf(PrivacyReader.WEIGHTING, Weighting.class) != Weighting.EQUAL,
        PrivacyReader.WEIGHTING,
        "must be equal" + under + ": otherwise a worker's weight tells how many rows it has");
  }

  private void requireFamily(String preset, Family family, String under) {
    if (!canHide(family)) {
      throw read.invalid(
          "model.family",
          "must be one of "
              + String.join(" | ", EnumNames.of(Family.class, PrivacyValidation::canHide))
              + under
              + ": the others' gradients are too large to be bounded with any use");
    }
    if (PresetNames.isNoised(preset)
        && !preset.equals(PresetNames.PRIVATE)
        && !family.isQuadratic()) {
      throw read.invalid(
          "model.family",
          "must be "
              + EnumNames.inWords(EnumNames.of(Family.class, Family::isQuadratic), "or")
              + " for algorithm.preset = "
              + preset
              + "; use private");
    }
  }

  /** Says why a family's coefficients have no intervals that count noise; empty where they have. */
  private static String withoutIntervals(Family family) {
    return switch (family) {
      case LINEAR, LOGISTIC, HUBER, POISSON -> "";
      case SVM -> "the hinge has no curvature, from which errors could follow";
      case SQUARED_HINGE ->
          "how far rows are within the margin depends on their features, so that errors don't follow"
              + " from the curvature and one dispersion";
      case SOFTMAX ->
          "errors would need the curvature for each pair of all classes' coefficients, and noise on"
              + " so many numbers hides it";
      case GAMMA -> "gradients of its rows can't be bounded with any use";
    };
  }

  private static boolean hasIntervals(Family family) {
    return withoutIntervals(family).isEmpty();
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
              + ": "
              + withoutIntervals(family)
              + ". Intervals that count noise are of "
              + EnumNames.inWords(
                  EnumNames.of(Family.class, PrivacyValidation::hasIntervals), "and"));
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

  private void refuseValues(String under) {
    refuse(
        read.oneOf("model.standardize", Standardize.class) != Standardize.NONE,
        "model.standardize",
        "must be none"
            + under
            + ": means and deviations would be told exactly; privacy.bounds gives the scale");
    refuse(
        read.oneOf("data.missing", Missing.class) == Missing.ERROR,
        "data.missing",
        "must be drop" + under + ": an error would tell that there is such a row");
    refuse(
        !read.strings("data.impute.columns").isEmpty()
            && !read.string("data.impute.strategy").equals(DataReader.CONSTANT),
        "data.impute.strategy",
        "must be constant" + under + ": a mean would be told exactly");
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
  static void requireLevels(DataConfig data, Unit unit) {
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
              + unit.under()
              + ": levels that are found in rows tell of single rows");
    }
  }

  /**
   * Refuses a condition on rows of one table.
   *
   * @throws ConfigurationException naming the key
   */
  static void requireAllRows(DataConfig data, Unit unit) {
    if (data.source() instanceof PooledTable && data.where().isPresent()) {
      throw new ConfigurationException(
          "data.where must not be set"
              + unit.under()
              + " where all rows are in one table, data.path: who has a row that fulfills it would"
              + " be told exactly; data.workers has a table for each");
    }
  }
}
