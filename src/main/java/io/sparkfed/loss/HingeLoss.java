package io.sparkfed.loss;

/**
 * The linear support vector machine's loss {@code max(0, 1 - z s)} with {@code z = 2 y - 1}, labels
 * 0 and 1 (Cortes and Vapnik, "Support-Vector Networks", 1995). At the kink {@code z s = 1} the
 * subgradient 0 is taken. It has no curvature anywhere, so Newton's method does not apply.
 */
public enum HingeLoss implements Loss {
  INSTANCE;

  @Override
  public double value(double score, double label) {
    return Math.max(0.0, 1.0 - sign(label) * score);
  }

  @Override
  public double gradient(double score, double label) {
    double z = sign(label);
    return z * score < 1.0 ? -z : 0.0;
  }

  @Override
  public double curvature(double score, double label) {
    return 0.0;
  }

  @Override
  public double mean(double score) {
    return score > 0.0 ? 1.0 : 0.0;
  }

  @Override
  public boolean isCurved() {
    return false;
  }

  @Override
  public double largestSlope() {
    return 1.0;
  }

  @Override
  public boolean acceptsLabel(double label) {
    return label == 0.0 || label == 1.0;
  }

  @Override
  public String labelRule() {
    return "exactly 0 or 1";
  }

  /** Returns -1 for the label 0 and 1 for the label 1. */
  static double sign(double label) {
    return 2.0 * label - 1.0;
  }
}
