package io.sparkfed.doctor;

import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.Synthetic;
import io.sparkfed.config.EnumNames;
import io.sparkfed.config.PresetNames;
import io.sparkfed.config.PrivacySettings;
import io.sparkfed.config.PrivacySettings.Unit;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.config.TrainingConfig.Algorithm;
import io.sparkfed.config.Validation;
import io.sparkfed.doctor.Finding.Area;
import io.sparkfed.doctor.Finding.Verdict;
import io.sparkfed.evaluation.ResponseDistribution;
import io.sparkfed.model.Family;
import io.sparkfed.report.RunReport.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Keys that somebody set and that do nothing beside the others, but could be meant for another run
 * of the same file. What would be lost without a word is refused instead, by {@link Validation}.
 */
public final class IdleKeys {
  /** Where values come from that nobody set. */
  private static final List<String> NOT_USERS = List.of("default:", "preset ", "privacy.unit = ");

  private final TrainingConfig config;
  private final List<Finding> notes = new ArrayList<>();

  private IdleKeys(TrainingConfig config) {
    this.config = config;
  }

  /** Returns a warning for each. */
  public static List<Finding> of(TrainingConfig config) {
    IdleKeys keys = new IdleKeys(config);
    keys.data();
    keys.training();
    keys.result();
    return List.copyOf(keys.notes);
  }

  /** Notes what the user set among these keys and sections. */
  private void idle(boolean isIdle, String why, String... keys) {
    if (!isIdle) {
      return;
    }
    for (Setting setting : config.settings()) {
      boolean isSet = NOT_USERS.stream().noneMatch(origin -> setting.origin().startsWith(origin));
      for (String key : keys) {
        if (isSet && (setting.key().equals(key) || setting.key().startsWith(key + "."))) {
          notes.add(
              new Finding(
                  Area.CONFIGURATION,
                  Verdict.WARN,
                  setting.key(),
                  setting.value(),
                  "not set",
                  "it has no effect: " + why));
        }
      }
    }
  }

  private void data() {
    DataConfig data = config.data();
    idle(
        data.source() instanceof Synthetic,
        "the rows are generated (data.synthetic)",
        "data.format",
        "data.label-column",
        "data.missing-values",
        "data.missing",
        "data.columns",
        "data.decimal");
    idle(
        data.preprocessing().imputed().isEmpty(),
        "data.impute.columns names no column",
        "data.impute.strategy");
  }

  private void training() {
    Algorithm algorithm = config.algorithm();
    idle(
        PresetNames.isLossless(algorithm.preset()) && !algorithm.preset().equals("fed-sgd"),
        "algorithm.preset = " + algorithm.preset() + " detects divergence by itself",
        "algorithm.divergence-factor");
    idle(
        config.privacy().isPresent(),
        "no loss is told before the end",
        "algorithm.divergence-factor");
    idle(
        config.aggregation().mode().aggregators().isEmpty(),
        "aggregation.mode = " + EnumNames.of(config.aggregation().mode()) + " has no aggregators",
        "aggregation.aggregators");
  }

  private static boolean hasStatistics(Family family) {
    return ResponseDistribution.of(family).isPresent();
  }

  private static String those(Predicate<Family> families) {
    return EnumNames.inWords(EnumNames.of(Family.class, families), "and");
  }

  private boolean hasIntervals(PrivacySettings privacy) {
    return config.algorithm().preset().equals(PresetNames.PRIVATE)
        ? privacy.intervalsShare() > 0.0
        : privacy.unit() == Unit.ROW && config.model().l2() == 0.0;
  }

  private void result() {
    Family family = config.model().family();
    boolean lossless = PresetNames.isLossless(config.algorithm().preset());
    idle(
        !family.isBinomial(),
        "only model.family = " + those(Family::isBinomial) + " has an AUC",
        "evaluation.auc-bins",
        "evaluation.auc-error");
    idle(
        config
            .privacy()
            .map(privacy -> !hasIntervals(privacy))
            .orElse(
                !lossless
                    || !hasStatistics(family)
                    || config.model().l1() > 0.0
                    || config.model().l2() > 0.0),
        config.privacy().isPresent()
            ? "intervals are of private-statistics without penalty, and where"
                + " privacy.intervals-share is set"
            : "only exact fits without penalty have intervals: " + those(IdleKeys::hasStatistics),
        "evaluation.confidence-level");
    idle(config.checkpoints().every() == 0, "checkpoint.every = 0 writes none", "checkpoint.dir");
    idle(
        config.mlflow().isEmpty(),
        "tracking.mlflow.uri is not set",
        "tracking.mlflow.experiment",
        "tracking.mlflow.run-name",
        "tracking.mlflow.timeout");
  }
}
