package io.sparkfed.federated.noised;

import io.sparkfed.loss.HuberLoss;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.model.Family;
import java.util.Optional;

/**
 * How far a row's gradient reaches, and how long steps are: public rules of the family and of the
 * noise.
 *
 * @param clip C, in the coordinates of the gradients
 * @param length eta, of a step against the mean of the gradients
 */
record Steps(double clip, double length) {
  /** Of the root of q, which is how long rows are in whitened coordinates. */
  private static final double[] PARTS = {0.5, 0.35, 0.25};

  /**
   * Returns steps at whose cut a model is off by noise alone, so that intervals can be given; or
   * nothing, where it would move the model by more than what models differ by.
   */
  static Optional<Steps> unbiased(
      Family family, VectorLoss loss, int order, int size, double scale, double noiseOfOne) {
    double eta = length(family);
    double clip = NoisedErrors.CLIP * Math.sqrt(order) * slope(loss, scale);
    return eta * clip * noiseOfOne * Math.sqrt(size) <= scale
        ? Optional.of(new Steps(clip, eta))
        : Optional.empty();
  }

  /** Returns how curved a loss usually is at most: where it is more so, steps don't contract. */
  static double mostCurvature(Family family, VectorLoss loss) {
    double contracting = 2.0 / length(family);
    double largest = loss.largestCurvature();
    return Double.isNaN(largest) ? contracting : Math.min(largest, contracting);
  }

  /**
   * Returns the largest cut at which noise moves a model by no more than what models differ by;
   * where there is none, steps are shortened until it does.
   *
   * @param order q
   * @param size d
   * @param scale of scores: half the width of the labels' bounds, 1 for classes
   * @param noiseOfOne deviation of the noise on each number of the mean gradient, where C is 1
   */
  static Steps of(
      Family family, VectorLoss loss, int order, int size, double scale, double noiseOfOne) {
    double eta = length(family);
    double slope = slope(loss, scale);
    double last = 0.0;
    for (double part : PARTS) {
      double clip = part * Math.sqrt(order) * slope;
      double noise = eta * clip * noiseOfOne * Math.sqrt(size);
      if (noise <= scale) {
        return new Steps(clip, eta);
      }
      last = noise;
    }
    return new Steps(PARTS[PARTS.length - 1] * Math.sqrt(order) * slope, eta * scale / last);
  }

  /** How steep a row's loss usually is at most. */
  private static double slope(VectorLoss loss, double scale) {
    return loss instanceof HuberLoss huber ? Math.min(scale, huber.delta()) : scale;
  }

  /** Between 1 and 2 over the largest curvature of the loss, where rows have mean square 1. */
  private static double length(Family family) {
    return switch (family) {
      case LOGISTIC -> 8.0;
      case SOFTMAX -> 4.0;
      case LINEAR -> 0.75;
      case HUBER -> 1.5;
      case SVM -> 2.0;
      case SQUARED_HINGE -> 1.0;
      case POISSON, GAMMA -> 1.0;
    };
  }
}
