package io.sparkfed.federated.noised;

import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;

/**
 * How many of the labels of two classes are 1: what steps of logistic regression are as long as,
 * and begin at where one class is rare. The first gradient says it: where all scores are 0 it is,
 * along the intercept, {@code 1/2 - share}.
 *
 * <p>Labels that are evenly mixed have the curvature 1/4, and with features that say little they
 * keep it. Steps of 2 by that, which suit labels as they usually are, don't contract then, and what
 * noise makes of whitened coordinates has them diverge. Where one class is rare, curvatures are
 * about {@code share (1 - share)}, and from 0 such steps don't arrive.
 *
 * @param share of labels of 1, in (0, 1)
 */
record Balance(double share) {
  /** How much of the way a step goes at the curvature of the first gradient. */
  private static final double CONTRACTING = 1.45;

  /** Curvatures grow with scores where a class is rare: twice as large is no harm. */
  private static final double GROWING = 0.75;

  /** Of a class that is rare: 8 rows in 100 of it. */
  private static final double RARE = 0.0736;

  /** How long noise makes a step, beside what models differ by, where a class is rare. */
  private static final double MOST_NOISE = 0.5;

  /** So many deviations of the noise are no noise. */
  private static final double CERTAIN = 3.0;

  /** Returns whether steps depend on it. */
  static boolean isAsked(Family family, ModelShape shape) {
    return family == Family.LOGISTIC && shape.hasIntercept();
  }

  /**
   * Reads the first gradient. A class that is not to be told from noise is taken for as frequent as
   * noise is.
   *
   * @param intercept the coordinates of an intercept of 1
   * @param gradient the mean one, in coordinates, with noise
   * @param deviation of the noise on each of its numbers
   */
  static Balance of(double[] intercept, double[] gradient, double deviation) {
    double least = Math.min(0.5, CERTAIN * deviation * FirstGradient.length(intercept));
    double share = 0.5 - FirstGradient.along(intercept, gradient);
    return new Balance(Math.max(least, Math.min(1.0 - least, share)));
  }

  private double curvature() {
    return share * (1.0 - share);
  }

  /** Returns whether steps from 0 would not arrive. */
  boolean isRare() {
    return curvature() < RARE;
  }

  /** Returns steps that contract. */
  Steps careful(Steps planned) {
    double length = Math.min(planned.length(), CONTRACTING / curvature());
    return new Steps(planned.clip(), length);
  }

  /**
   * Returns steps that arrive where a class is rare.
   *
   * @param size d
   * @param noiseOfOne deviation of the noise on each number of the mean gradient, where C is 1
   */
  Steps longer(Steps planned, int size, double noiseOfOne) {
    double most = MOST_NOISE / (planned.clip() * noiseOfOne * Math.sqrt(size));
    double length = Math.max(planned.length(), Math.min(most, GROWING / curvature()));
    return new Steps(planned.clip(), length);
  }

  /**
   * Returns where the second gradient is asked for where a class is rare: at the intercept of the
   * share, and a step from there.
   *
   * @param isWhite whether rows have mean square 1 in each of the coordinates
   * @param length eta
   */
  double[] begin(double[] intercept, double[] gradient, boolean isWhite, double length) {
    return FirstGradient.begin(
        Math.log(share / (1.0 - share)), share - 0.5, intercept, gradient, isWhite, length);
  }
}
