package io.sparkfed.spark.ml;

import io.sparkfed.model.Family;
import java.util.Arrays;
import java.util.Locale;

/** MLlib's families of generalized linear models, each with the link that is trained here. */
enum GlmFamily {
  GAUSSIAN(Family.LINEAR, "identity", "identity", true),
  BINOMIAL(Family.LOGISTIC, "logit", "logit", false),
  POISSON(Family.POISSON, "log", "log", false),
  GAMMA(Family.GAMMA, "log", "inverse", true);

  private final Family family;
  private final String link;
  private final String defaultLink;
  private final boolean hasPenalty;

  GlmFamily(Family family, String link, String defaultLink, boolean hasPenalty) {
    this.family = family;
    this.link = link;
    this.defaultLink = defaultLink;
    this.hasPenalty = hasPenalty;
  }

  /**
   * Translates.
   *
   * @param family MLlib's name
   * @param link MLlib's name; null for the family's default
   * @throws IllegalArgumentException for those that are not trained here
   */
  static GlmFamily of(String family, String link) {
    String lower = family.toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(one -> one.mllibFamily().equals(lower))
        .filter(
            one -> one.link.equals(link == null ? one.defaultLink : link.toLowerCase(Locale.ROOT)))
        .findAny()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "family and link must be gaussian with identity, binomial with logit, poisson"
                        + " with log, or gamma with log (its default is inverse, so set link)."
                        + " Provided: "
                        + family
                        + " with "
                        + (link == null ? "its default link" : link)));
  }

  /**
   * Returns MLlib's family of one of ours.
   *
   * @throws java.util.NoSuchElementException if it is no generalized linear model there
   */
  static GlmFamily of(Family family) {
    return Arrays.stream(values()).filter(one -> one.family == family).findAny().orElseThrow();
  }

  /** Returns ours. */
  Family family() {
    return family;
  }

  /** Returns MLlib's name of it. */
  String mllibFamily() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns MLlib's name of its link. */
  String link() {
    return link;
  }

  /** Returns whether a model of a family can be penalized as MLlib's is. */
  static boolean hasPenalty(Family family) {
    return Arrays.stream(values()).anyMatch(one -> one.family == family && one.hasPenalty);
  }

  /**
   * Returns the penalty. MLlib standardizes for the gaussian family alone, and only there and for
   * gamma with log is its result the minimum of a penalized likelihood: elsewhere it measures the
   * penalty in the working weights of its last iteration.
   *
   * @throws IllegalArgumentException if there is none
   */
  MllibPenalty penalty(double regParam) {
    boolean gaussian = this == GAUSSIAN;
    if (regParam > 0.0 && !hasPenalty) {
      throw new IllegalArgumentException(
          "regParam must be 0 for family "
              + mllibFamily()
              + ": MLlib's own result minimizes no penalized likelihood there. Provided value: "
              + regParam);
    }
    return new MllibPenalty(regParam, 0.0, gaussian, MllibPenalty.Deviations.POPULATION, gaussian);
  }
}
