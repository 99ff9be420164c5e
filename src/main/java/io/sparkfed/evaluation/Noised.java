package io.sparkfed.evaluation;

/**
 * A number with noise.
 *
 * @param value the number
 * @param deviation standard deviation of the noise in it, at least 0
 */
record Noised(double value, double deviation) {
  /** Of its deviation: what is below could be of noise alone. */
  private static final double LEAST_RATIO = 3.0;

  /** What is hidden by noise, or undefined. */
  static final Noised HIDDEN = new Noised(Double.NaN, Double.NaN);

  /** Returns whether a sum that is never negative is more than noise. */
  boolean isSeen() {
    return value > LEAST_RATIO * deviation;
  }

  /** Returns what a sum that is never negative hardly exceeds. */
  double most() {
    return Math.max(0.0, value) + LEAST_RATIO * deviation;
  }

  /** Returns the mean of what was summed; hidden where the number of rows is. */
  Noised over(Noised rows) {
    if (!rows.isSeen()) {
      return HIDDEN;
    }
    double mean = value / rows.value;
    return new Noised(mean, Math.hypot(deviation, mean * rows.deviation) / rows.value);
  }

  /** Returns what part of the whole a number is that the whole is the sum of, in [0, 1]. */
  static Noised share(Noised part, Noised rest) {
    Noised whole = new Noised(part.value + rest.value, Math.hypot(part.deviation, rest.deviation));
    if (!whole.isSeen()) {
      return HIDDEN;
    }
    double share = Math.max(0.0, Math.min(1.0, part.value / whole.value));
    return new Noised(
        share, Math.hypot((1.0 - share) * part.deviation, share * rest.deviation) / whole.value);
  }

  /** Returns the root; hidden of what isn't positive. */
  Noised root() {
    double root = Math.sqrt(value);
    return value > 0.0 ? new Noised(root, deviation / (2.0 * root)) : HIDDEN;
  }

  /** Returns a multiple. */
  Noised times(double factor) {
    return new Noised(factor * value, Math.abs(factor) * deviation);
  }

  /** Returns the sum with a number whose noise is another's. */
  Noised plus(Noised other) {
    return new Noised(value + other.value, Math.hypot(deviation, other.deviation));
  }
}
