package io.sparkfed.federated.noised;

import io.sparkfed.hint.Message;
import io.sparkfed.loss.HuberLoss;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.model.Family;
import java.math.BigDecimal;
import java.math.MathContext;
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

  /** These cut less, so that the model is less biased, where noise is little in any case. */
  private static final double[] LARGE_PARTS = {4.0, 2.8, 2.0, 1.4, 1.0, 0.7};

  /**
   * How much longer gradients are let of classes, where a model may be off by noise alone: those of
   * a rare class have slopes near 1, and it is cut on one side.
   */
  private static final double UNUSUAL = 2.0;

  /**
   * Little noise of a step, beside what models differ by. Of logistic models, and others of
   * classes, with 6 to 124 columns at epsilon 0.1 to 1000, the largest part of no more noise had a
   * smaller loss than 0.5 of the root, and hardly one more than the best.
   */
  private static final double LITTLE = 0.15;

  /**
   * Where no residual is cut a loss of constant curvature is at its minimum after one step of 1 by
   * that curvature, however far it is; where some are, after steps that are longer.
   */
  private static final double PAST_MINIMUM = 1.2;

  /**
   * Returns steps at whose cut a model is off by noise alone, so that intervals can be given; or
   * nothing, where it would move the model by more than what models differ by.
   */
  static Optional<Steps> unbiased(
      Family family, VectorLoss loss, int order, int size, double scale, double noiseOfOne) {
    boolean isFlat = family == Family.LINEAR || family == Family.HUBER;
    double eta = isFlat ? PAST_MINIMUM / mostCurvature(family, loss) : length(family);
    double most = isOfClasses(family) ? UNUSUAL : 1.0;
    double clip = NoisedErrors.CLIP * most * Math.sqrt(order) * slope(loss, scale);
    return eta * clip * noiseOfOne * Math.sqrt(size) <= scale
        ? Optional.of(new Steps(clip, eta))
        : Optional.empty();
  }

  /** Returns how curved a loss usually is at most: where it is more so, steps don't contract. */
  static double mostCurvature(Family family, VectorLoss loss) {
    if (family == Family.HUBER) {
      return 1.0;
    }
    if (family == Family.POISSON) {
      return 2.0;
    }
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
    return of(length(family), slope(loss, scale), order, size, scale, noiseOfOne);
  }

  /**
   * Returns the same for gradients in whitened coordinates: of classes, whose slopes are not as
   * uncertain as the bounds of labels, it is the largest at which noise is little, if that cuts
   * less. In other coordinates the cut is what keeps steps from going too far.
   */
  static Steps ofWhite(
      Family family, VectorLoss loss, int order, int size, double scale, double noiseOfOne) {
    double eta = length(family);
    for (double part : isOfClasses(family) ? LARGE_PARTS : new double[0]) {
      double clip = part * Math.sqrt(order) * slope(loss, scale);
      if (eta * clip * noiseOfOne * Math.sqrt(size) <= LITTLE * scale) {
        return new Steps(clip, eta);
      }
    }
    return of(family, loss, order, size, scale, noiseOfOne);
  }

  private static boolean isOfClasses(Family family) {
    return switch (family) {
      case LOGISTIC, SOFTMAX, SVM, SQUARED_HINGE -> true;
      case LINEAR, HUBER, POISSON, GAMMA -> false;
    };
  }

  /**
   * Returns the same for a step's length, and how steep a row's loss usually is at most.
   *
   * @param eta its length
   */
  static Steps of(double eta, double slope, int order, int size, double scale, double noiseOfOne) {
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

  /** Returns of how many of the last iterates the model is the mean. */
  static int averaged(int rounds) {
    return Math.max(1, rounds / 2);
  }

  /**
   * Returns what is to be said of noise that is longer than any row's gradient.
   *
   * @param noiseOfOne deviation of the noise on each number of the mean gradient, where C is 1
   * @param size d
   */
  static Optional<Message> hidden(double noiseOfOne, int size) {
    double noise = noiseOfOne * Math.sqrt(size);
    return noise > 1.0
        ? Optional.of(
            Message.of(
                "the noise of a round is ",
                Math.rint(10.0 * noise) / 10.0,
                " times as long as a row's gradient may be: the model may say little"))
        : Optional.empty();
  }

  /**
   * Returns what is to be said where labels may be farther from the middle of their bounds, where
   * steps begin, than all steps go: Huber's loss pulls no more the farther they are.
   *
   * @param order q
   * @param scale half the width of the bounds
   */
  Optional<Message> tooShort(VectorLoss loss, int order, double scale, int rounds) {
    if (!(loss instanceof HuberLoss huber)) {
      return Optional.empty();
    }
    double longest = length * Math.min(huber.delta(), clip / Math.sqrt(order));
    double reach = longest * (rounds - (averaged(rounds) - 1) / 2.0);
    return reach < scale
        ? Optional.of(
            Message.of(
                "all steps together go at most ",
                new BigDecimal(reach).round(new MathContext(2)).toPlainString(),
                " from the middle of the labels' bounds, as the loss is linear beyond ",
                huber.delta(),
                ": if most labels are farther away, the model is no good without narrower bounds,"
                    + " more rounds, or a loss that is linear later"))
        : Optional.empty();
  }

  /** Returns how many times as curved the loss is as it usually is: of counts, by their mean. */
  double stretch(Family family) {
    return family == Family.POISSON ? length(family) / length : 1.0;
  }

  /** How steep a row's loss usually is at most. */
  private static double slope(VectorLoss loss, double scale) {
    return loss instanceof HuberLoss huber ? Math.min(scale, huber.delta()) : scale;
  }

  /** Between 1 and 2 over the largest curvature of the loss, where rows have mean square 1. */
  static double length(Family family) {
    return switch (family) {
      case LOGISTIC -> 8.0;
      case SOFTMAX -> 4.0;
      case LINEAR -> 0.75;
      case HUBER -> 1.5;
      case SVM -> 2.0;
      case SQUARED_HINGE -> 1.0;
      // Where counts have the mean 1: curvatures are up to two and a half times that.
      case POISSON -> 0.75;
      case GAMMA -> 1.0;
    };
  }
}
