package io.sparkfed.loss;

/**
 * Huber's loss of the residual {@code r = s - y}: {@code r²/2} where {@code |r| <= delta}, {@code
 * delta (|r| - delta/2)} elsewhere (P. J. Huber, "Robust Estimation of a Location Parameter",
 * 1964). With a large delta it is half of {@link SquaredLoss}.
 *
 * <p>This is the plain form: delta is in the label's units, so no bound of the slope is stated.
 * Spark MLlib's {@code huber} loss also estimates a scale and multiplies it by its epsilon.
 *
 * @param delta where the loss turns from a parabola into a line, positive and finite
 */
public record HuberLoss(double delta) implements Loss {

  /** The delta with 95% efficiency for normal errors of deviation 1 (Huber's 1.345, rounded). */
  public static final double DEFAULT_DELTA = 1.35;

  /**
   * @throws IllegalArgumentException if {@code delta} is out of range
   */
  public HuberLoss {
    if (!(delta > 0.0) || Double.isInfinite(delta)) {
      throw new IllegalArgumentException(
          "huber-delta must be > 0 and finite. Provided value: " + delta);
    }
  }

  @Override
  public double value(double score, double label) {
    double size = Math.abs(score - label);
    return size <= delta ? 0.5 * size * size : delta * (size - 0.5 * delta);
  }

  @Override
  public double gradient(double score, double label) {
    return Math.max(-delta, Math.min(delta, score - label));
  }

  @Override
  public double curvature(double score, double label) {
    return Math.abs(score - label) < delta ? 1.0 : 0.0;
  }

  @Override
  public double mean(double score) {
    return score;
  }

  @Override
  public boolean isCurved() {
    return false;
  }

  @Override
  public boolean acceptsLabel(double label) {
    return Double.isFinite(label);
  }

  @Override
  public String labelRule() {
    return "a finite number";
  }
}
