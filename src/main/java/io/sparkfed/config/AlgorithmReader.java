package io.sparkfed.config;

import com.typesafe.config.Config;
import io.sparkfed.config.TrainingConfig.Algorithm;
import io.sparkfed.config.TrainingConfig.WherePaying;
import io.sparkfed.federated.Cohort;
import io.sparkfed.federated.Weighting;
import io.sparkfed.model.Family;
import io.sparkfed.objective.Reduction;

/** Reads {@code algorithm}. */
final class AlgorithmReader {
  private static final String COHORT = "algorithm.cohort.";
  private static final String EVALUATE_EVERY = "evaluate-every";

  private final Config user;
  private final ConfigReader read;

  /**
   * Creates a reader.
   *
   * @param user what was set, without defaults
   */
  AlgorithmReader(Config user, ConfigReader read) {
    this.user = user;
    this.read = read;
  }

  /**
   * Returns the algorithm.
   *
   * @throws ConfigurationException if a key's value is out of its domain, or doesn't go with others
   */
  Algorithm algorithm() {
    PrivacyReader privacy = new PrivacyReader(user, read);
    String preset =
        PrivacyReader.taken(read.oneOf("algorithm.preset", PresetNames.all()), privacy.hidesRows());
    Family family = read.oneOf("model.family", Family.class);
    new PrivacyValidation(user, read).validate(preset, family, privacy.unit());
    LosslessValidation lossless = new LosslessValidation(user, read);
    lossless.validate(preset, family);
    return new Algorithm(
        preset,
        rounds(preset),
        new SolverValidation(user, read).solver(family),
        read.oneOf("algorithm.local.loss", Reduction.class),
        read.oneOf("algorithm.weighting", Weighting.class),
        lossless.tolerance(),
        read.oneOfOrTruth("algorithm.warm-start", WherePaying.class),
        read.oneOfOrTruth("algorithm.preconditioner", WherePaying.class),
        read.number("algorithm.divergence-factor", "must be a number > 1", v -> v > 1.0),
        lossless.stepSize(preset),
        read.isSet("algorithm.proximal-mu")
            ? read.number("algorithm.proximal-mu", "must be a number >= 0", v -> v >= 0.0)
            : 0.0,
        Preset.of(preset).orElseThrow().server(read),
        cohort());
  }

  private int rounds(String preset) {
    if (!PresetNames.isNoised(preset)) {
      return read.integer("algorithm.rounds", 1, 10_000_000);
    }
    return preset.equals(PresetNames.PRIVATE) ? PrivacyReader.rounds(read) : 1;
  }

  private Cohort cohort() {
    boolean hasFraction = read.isSet(COHORT + "fraction");
    boolean hasCount = read.isSet(COHORT + "count");
    if (!hasFraction && !hasCount) {
      if (read.isSet(COHORT + EVALUATE_EVERY)) {
        throw read.invalid(
            COHORT + EVALUATE_EVERY,
            "must be with algorithm.cohort.fraction or count: without samples each round evaluates");
      }
      return Cohort.everybody();
    }
    if (hasFraction && hasCount) {
      throw new ConfigurationException(
          "only one of algorithm.cohort.fraction and algorithm.cohort.count may be set");
    }
    if (read.isSet("algorithm.tolerance")) {
      throw read.invalid(
          "algorithm.tolerance",
          "can't be with algorithm.cohort: the losses of different cohorts don't tell what a round"
              + " has gained");
    }
    int least = minWorkers(read);
    int every =
        read.isSet(COHORT + EVALUATE_EVERY)
            ? read.integer(COHORT + EVALUATE_EVERY, 1, Integer.MAX_VALUE)
            : Cohort.EVALUATED_EVERY;
    if (hasFraction) {
      return new Cohort.Fraction(
          read.number(COHORT + "fraction", "must be a number in (0, 1]", v -> v > 0.0 && v <= 1.0),
          least,
          every);
    }
    int count = read.integer(COHORT + "count", 1, Integer.MAX_VALUE);
    if (count < least) {
      throw read.invalid(
          COHORT + "count", "must be at least aggregation.min-workers, which is " + least);
    }
    return new Cohort.Count(count, every);
  }

  /** Returns the least number of workers that a sum may be opened over. */
  static int minWorkers(ConfigReader read) {
    return read.integer(TrainingConfig.MIN_WORKERS, 2, Integer.MAX_VALUE);
  }
}
