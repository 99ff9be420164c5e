package io.sparkfed.federated.noised;

import io.sparkfed.federated.noised.Course.Leg;
import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import io.sparkfed.math.Vectors;
import io.sparkfed.model.ModelShape;
import java.util.Optional;

/**
 * Whether a fit from noised gradients has come to its optimum, and gone anywhere at all: from
 * iterates alone, which are opened.
 *
 * <p>Of m steps with a curvature h of the loss, and noise of deviation s on each number of a step,
 * the way has the variance {@code 2 (1 - r^m) / (1 - r²) s²}, {@code r = 1 - eta h}, around an
 * optimum where the fit begins. For even m that is at most {@code m s²}, which is what steps have
 * where there is no curvature. So a square of the way that is surely larger shows a slope.
 *
 * @param shape of the model
 * @param intercept the coordinates of an intercept of 1, length q; empty without one
 * @param deviation s, of the noise on each number of a step
 */
record Arrival(ModelShape shape, double[] intercept, double deviation) {
  /** So many standard errors are no noise. */
  private static final double CERTAIN = 4.0;

  /** Steps that are this much shorter in the last half have a tenth of the way before them. */
  private static final double DYING = 0.25;

  /** Returns what is to be said when all rounds are over. */
  Optional<Message> told(Course course) {
    if (course.all().steps() == 0) {
      return Optional.empty();
    }
    boolean hasSlopes = shape.features() > 0;
    if (hasSlopes
        && !isSeen(course.firstStep(), true)
        && !isSeen(course.firstLeg(), true)
        && !isSeen(course.all(), true)) {
      return Optional.of(
          Message.of(
              "what features say of labels can't be told from noise, so their coefficients may be"
                  + " noise: that takes more rows, fewer features, narrower bounds (",
              Hint.BOUNDS,
              ") or a larger ",
              Hint.EPSILON));
    }
    return isGoing(course, false) || (hasSlopes && isGoing(course, true))
        ? Optional.of(
            Message.of(
                "the fit is not at its optimum: the last gradients are clearly longer than noise,"
                    + " and hardly shorter than the first; more rounds (",
                Hint.NOISED_ROUNDS,
                "), narrower bounds (",
                Hint.BOUNDS,
                ") or a larger ",
                Hint.EPSILON,
                " may bring it nearer"))
        : Optional.empty();
  }

  /** Returns whether the last steps still go somewhere, and hardly slower than the first. */
  private boolean isGoing(Course course, boolean ofFeatures) {
    Leg first = course.firstLeg();
    Leg last = course.lastLeg();
    if (first.steps() == 0) {
      return false;
    }
    double least = DYING * speed(first, ofFeatures);
    double along = product(first, last, ofFeatures) / Math.sqrt(product(first, first, ofFeatures));
    return (isSeen(last, ofFeatures) && speed(last, ofFeatures) > least)
        || (along > CERTAIN * Math.sqrt(last.steps()) && along / last.steps() > least);
  }

  /** Returns whether a leg is longer than noise makes one. */
  private boolean isSeen(Leg leg, boolean ofFeatures) {
    if (leg.steps() == 0) {
      return false;
    }
    double numbers = numbers(ofFeatures);
    double excess = product(leg, leg, ofFeatures) / leg.steps() - numbers;
    return excess > CERTAIN * Math.sqrt(2.0 * numbers);
  }

  /** Returns how long a step is without noise, in deviations of this. */
  private double speed(Leg leg, boolean ofFeatures) {
    double noise = leg.steps() * numbers(ofFeatures);
    return Math.sqrt(Math.max(0.0, product(leg, leg, ofFeatures) - noise)) / leg.steps();
  }

  private double numbers(boolean ofFeatures) {
    return ofFeatures && intercept.length > 0 ? shape.size() - shape.outputs() : shape.size();
  }

  /** Returns the product of two ways in deviations; without the intercept's part, if asked. */
  private double product(Leg one, Leg other, boolean ofFeatures) {
    double product = Vectors.dot(one.way(), 0, other.way(), shape.size());
    if (ofFeatures && intercept.length > 0) {
      double length = Vectors.dot(intercept, 0, intercept, intercept.length);
      for (int k = 0; k < shape.outputs(); k++) {
        product -= along(one, k) * along(other, k) / length;
      }
    }
    return product / (deviation * deviation);
  }

  private double along(Leg leg, int output) {
    return Vectors.dot(Ridge.own(leg.way(), output, shape), 0, intercept, intercept.length);
  }
}
