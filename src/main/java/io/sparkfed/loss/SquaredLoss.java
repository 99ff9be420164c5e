package io.sparkfed.loss;

/**
 * Squared error {@code (s - y)²}, without the factor 1/2.
 *
 * <p>Without the half, a worker's local objective under {@code loss = sum} is its sum of squared
 * errors and under {@code loss = mean} its mean squared error.
 */
public enum SquaredLoss implements Loss {
  INSTANCE;

  @Override
  public double value(double score, double label) {
    double residual = score - label;
    return residual * residual;
  }

  @Override
  public double gradient(double score, double label) {
    return 2.0 * (score - label);
  }

  @Override
  public double curvature(double score, double label) {
    return 2.0;
  }

  @Override
  public double mean(double score) {
    return score;
  }

  @Override
  public boolean isCurved() {
    return true;
  }

  @Override
  public double largestCurvature() {
    return 2.0;
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
