package io.sparkfed.spark.ml;

import io.sparkfed.model.Family;
import java.util.Locale;

/**
 * MLlib's family and link of a generalized linear model, as ours.
 *
 * @param family ours
 * @param mllibFamily MLlib's name of it
 */
record GlmFamily(Family family, String mllibFamily) {

  /**
   * Translates.
   *
   * @param family MLlib's name
   * @param link MLlib's name; null for the family's default
   * @throws IllegalArgumentException for those that are not trained here
   */
  static GlmFamily of(String family, String link) {
    String lower = family.toLowerCase(Locale.ROOT);
    Family ours =
        switch (lower + " " + (link == null ? defaultLink(lower) : link.toLowerCase(Locale.ROOT))) {
          case "gaussian identity" -> Family.LINEAR;
          case "binomial logit" -> Family.LOGISTIC;
          case "poisson log" -> Family.POISSON;
          case "gamma log" -> Family.GAMMA;
          default ->
              throw new IllegalArgumentException(
                  "family and link must be gaussian with identity, binomial with logit, poisson with"
                      + " log, or gamma with log (its default is inverse, so set link). Provided: "
                      + family
                      + " with "
                      + (link == null ? "its default link" : link));
        };
    return new GlmFamily(ours, lower);
  }

  private static String defaultLink(String family) {
    return switch (family) {
      case "gaussian" -> "identity";
      case "binomial" -> "logit";
      case "poisson" -> "log";
      default -> "inverse";
    };
  }

  /** Returns whether a model of a family can be penalized as MLlib's is. */
  static boolean hasPenalty(Family family) {
    return family == Family.LINEAR || family == Family.GAMMA;
  }

  /**
   * Returns the penalty. MLlib standardizes for the gaussian family alone, and only there and for
   * gamma with log is its result the minimum of a penalized likelihood: elsewhere it measures the
   * penalty in the working weights of its last iteration.
   *
   * @throws IllegalArgumentException if there is none
   */
  MllibPenalty penalty(double regParam) {
    boolean gaussian = family == Family.LINEAR;
    if (regParam > 0.0 && !hasPenalty(family)) {
      throw new IllegalArgumentException(
          "regParam must be 0 for family "
              + mllibFamily
              + ": MLlib's own result minimizes no penalized likelihood there. Provided value: "
              + regParam);
    }
    return new MllibPenalty(regParam, 0.0, gaussian, MllibPenalty.Deviations.POPULATION, gaussian);
  }
}
