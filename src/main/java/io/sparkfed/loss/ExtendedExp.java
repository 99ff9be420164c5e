package io.sparkfed.loss;

/**
 * The exponential function, continued above {@link #LIMIT} by its Taylor polynomial of degree two
 * there, {@code e^L (1 + d + d²/2)} with {@code d = x - L}: still convex and twice differentiable,
 * and finite for any score that training can meet. A mean of e^500 (1e217) is no model's optimum,
 * so only the way there is changed, on which an infinite loss would end the training.
 */
final class ExtendedExp {
  static final double LIMIT = 500.0;

  private static final double AT_LIMIT = StrictMath.exp(LIMIT);

  private ExtendedExp() {}

  static double value(double x) {
    if (x <= LIMIT) {
      return StrictMath.exp(x);
    }
    double d = x - LIMIT;
    return AT_LIMIT * (1.0 + d + 0.5 * d * d);
  }

  static double derivative(double x) {
    return x <= LIMIT ? StrictMath.exp(x) : AT_LIMIT * (1.0 + (x - LIMIT));
  }

  static double secondDerivative(double x) {
    return StrictMath.exp(Math.min(x, LIMIT));
  }

  /** Returns {@code e^x - 1 - x}, at least 0, without canceling the 1. */
  static double aboveTangent(double x) {
    double difference = x <= LIMIT ? StrictMath.expm1(x) : value(x) - 1.0;
    return Math.max(difference - x, 0.0);
  }
}
