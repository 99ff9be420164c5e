package io.sparkfed.model;

import io.sparkfed.loss.LogisticLoss;
import io.sparkfed.loss.SoftmaxLoss;
import io.sparkfed.math.SeededRandom;

/** Labels drawn for known scores, for rows that are generated. */
interface DrawnLabels {
  /** Scores are held within it, on both sides, before they become a mean. */
  double LARGEST_LOG_MEAN = 3.0;

  /** The deviation of a quantity around its score. */
  double NOISE = 0.5;

  /**
   * Draws a label.
   *
   * @param scores the scores of a row, length K
   */
  double draw(double[] scores, SeededRandom random);

  /** A quantity around the score. */
  static double around(double[] scores, SeededRandom random) {
    return scores[0] + NOISE * random.nextGaussian();
  }

  /** 0 or 1 with the probability of the logistic model. */
  static double ofTwoClasses(double[] scores, SeededRandom random) {
    return random.nextDouble() < LogisticLoss.INSTANCE.mean(scores[0]) ? 1.0 : 0.0;
  }

  /** A class with the probabilities of the multinomial model. */
  static double ofClasses(double[] scores, SeededRandom random) {
    double[] probabilities = new double[scores.length];
    new SoftmaxLoss(scores.length).mean(scores, probabilities);
    double left = random.nextDouble();
    int drawn = 0;
    while (drawn < scores.length - 1 && left >= probabilities[drawn]) {
      left -= probabilities[drawn];
      drawn++;
    }
    return drawn;
  }

  /**
   * A count with the mean of the score: D. E. Knuth, "The Art of Computer Programming", volume 2,
   * section 3.4.1, for small means.
   */
  static double count(double[] scores, SeededRandom random) {
    double limit = StrictMath.exp(-mean(scores[0]));
    double product = random.nextDouble();
    int count = 0;
    while (product > limit) {
      product *= random.nextDouble();
      count++;
    }
    return count;
  }

  /** A positive quantity with the mean of the score, of a gamma distribution with shape 1. */
  static double positive(double[] scores, SeededRandom random) {
    return Math.max(Double.MIN_NORMAL, -StrictMath.log1p(-random.nextDouble())) * mean(scores[0]);
  }

  private static double mean(double score) {
    return StrictMath.exp(Math.max(-LARGEST_LOG_MEAN, Math.min(LARGEST_LOG_MEAN, score)));
  }
}
