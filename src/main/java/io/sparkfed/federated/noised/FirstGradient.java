package io.sparkfed.federated.noised;

import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.hint.Message;
import io.sparkfed.math.Vectors;
import io.sparkfed.model.ModelShape;
import java.util.Optional;

/**
 * What the first gradient says of the labels, for the steps after it: it costs nothing more.
 *
 * @param coordinates of the gradients
 * @param order q
 * @param unbiased whether the cut must be so that the model is off by noise alone
 */
record FirstGradient(TrainingPlan plan, Coordinates coordinates, int order, boolean unbiased) {

  /**
   * What is said.
   *
   * @param steps after it
   * @param begin where they begin; empty where the first gradient is that of a step itself
   * @param note what is to be said to the user
   */
  record Told(Steps steps, Optional<double[]> begin, Optional<Message> note) {}

  /**
   * Reads it.
   *
   * @param mean the mean gradient where all scores are 0, length d, with noise
   * @param planned the steps as they were asked for
   * @param noiseOfOne deviation of the noise on each number of the mean gradient, where C is 1
   */
  Told read(double[] mean, Steps planned, double noiseOfOne) {
    ModelShape shape = plan.shape();
    if (MeanRate.isAsked(plan.family(), shape)) {
      return ofCounts(Ridge.own(mean, 0, shape), planned, noiseOfOne);
    }
    return Balance.isAsked(plan.family(), shape)
        ? ofClasses(Ridge.own(mean, 0, shape), planned, noiseOfOne)
        : new Told(planned, Optional.empty(), Optional.empty());
  }

  private Told ofCounts(double[] gradient, Steps planned, double noiseOfOne) {
    double[] intercept = coordinates.ofLast(order);
    MeanRate rate = MeanRate.of(intercept, gradient, planned.clip() * noiseOfOne);
    Steps steps = rate.steps(order, noiseOfOne, unbiased);
    double[] begin = rate.begin(intercept, gradient, coordinates.isWhite(), steps.length());
    Message unseen =
        Message.of(
            "noise hides the mean of the labels, from which the fit begins:"
                + " the model may say little");
    return new Told(
        steps, Optional.of(begin), rate.isSeen() ? Optional.empty() : Optional.of(unseen));
  }

  private Told ofClasses(double[] gradient, Steps planned, double noiseOfOne) {
    double[] intercept = coordinates.ofLast(order);
    Balance balance = Balance.of(intercept, gradient, planned.clip() * noiseOfOne);
    if (!balance.isRare() || unbiased) {
      return new Told(balance.careful(planned), Optional.empty(), Optional.empty());
    }
    Steps steps = balance.longer(planned, order, noiseOfOne);
    double[] begin = balance.begin(intercept, gradient, coordinates.isWhite(), steps.length());
    return new Told(steps, Optional.of(begin), Optional.empty());
  }

  /** Returns how long the intercept is in coordinates. */
  static double length(double[] intercept) {
    return Math.sqrt(along(intercept, intercept));
  }

  /** Returns the part of a gradient that is the intercept's. */
  static double along(double[] intercept, double[] gradient) {
    return Vectors.dot(intercept, 0, gradient, intercept.length);
  }

  /**
   * Returns where steps begin: at an intercept, and a step from there.
   *
   * @param at the intercept
   * @param more how much more the mean label is expected to be there than at 0
   * @param intercept the coordinates of an intercept of 1
   * @param gradient the mean one at 0, in coordinates
   * @param isWhite whether rows have mean square 1 in each of the coordinates
   * @param length eta
   */
  static double[] begin(
      double at,
      double more,
      double[] intercept,
      double[] gradient,
      boolean isWhite,
      double length) {
    double[] begin = new double[intercept.length];
    for (int j = 0; j < begin.length; j++) {
      // The mean row is A^-1 times the intercept then, so this is the gradient there.
      double there = isWhite ? gradient[j] + more * intercept[j] : 0.0;
      begin[j] = at * intercept[j] - length * there;
    }
    return begin;
  }
}
