package io.sparkfed.federated.noised;

import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;

/**
 * How large counts are on average: what steps of Poisson regression are as long as, and begin at.
 * Its curvature is the mean, and its slopes have the variance of the counts, which no bound of the
 * labels says. The first gradient does: where all scores are 0 it is, along the intercept, {@code 1
 * - mean}, so it is asked for with a cut that lets most counts through.
 *
 * <p>Begun at {@code log(mean)}, a step of that gradient goes most of the way: for features of a
 * normal distribution their covariance with counts is the mean times the coefficients (C. Stein,
 * "Estimation of the mean of a multivariate normal distribution", 1981).
 *
 * @param mean of the counts, positive
 * @param isSeen whether it is more than noise
 */
record MeanRate(double mean, boolean isSeen) {
  /** Counts are skewed, and spread more where they are larger: so many deviations. */
  private static final double DEVIATIONS = 4.0;

  /** So many deviations of the noise are no noise. */
  private static final double CERTAIN = 3.0;

  /** Returns whether steps depend on how large counts are. */
  static boolean isAsked(Family family, ModelShape shape) {
    return family == Family.POISSON && shape.hasIntercept();
  }

  /** Returns how far a row's first gradient reaches, where rows have the length root of q. */
  static double firstClip(int order, double mostLabel) {
    return Math.sqrt(order) * Math.max(1.0, mostLabel / 2.0);
  }

  /**
   * Reads the first gradient.
   *
   * @param intercept the coordinates of an intercept of 1
   * @param gradient the mean one, in coordinates, with noise
   * @param deviation of the noise on each of its numbers
   */
  static MeanRate of(double[] intercept, double[] gradient, double deviation) {
    double noise = deviation * FirstGradient.length(intercept);
    double mean = 1.0 - FirstGradient.along(intercept, gradient);
    return new MeanRate(Math.max(mean, Math.max(noise, Double.MIN_NORMAL)), mean > CERTAIN * noise);
  }

  /**
   * Returns the steps after the first.
   *
   * @param order q
   * @param noiseOfOne deviation of the noise on each number of the mean gradient, where C is 1
   * @param unbiased whether the cut must be so that the model is off by noise alone
   */
  Steps steps(int order, double noiseOfOne, boolean unbiased) {
    double eta = Steps.length(Family.POISSON) / mean;
    double slope = DEVIATIONS * Math.sqrt(mean);
    return unbiased
        ? new Steps(NoisedErrors.CLIP * Math.sqrt(order) * slope, eta)
        : Steps.of(eta, slope, order, order, 1.0, noiseOfOne);
  }

  /**
   * Returns where the second gradient is asked for.
   *
   * @param isWhite whether rows have mean square 1 in each of the coordinates
   * @param length eta
   */
  double[] begin(double[] intercept, double[] gradient, boolean isWhite, double length) {
    return FirstGradient.begin(Math.log(mean), mean - 1.0, intercept, gradient, isWhite, length);
  }
}
