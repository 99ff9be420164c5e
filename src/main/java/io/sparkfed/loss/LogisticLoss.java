package io.sparkfed.loss;

/**
 * Binomial negative log-likelihood with the logit link, labels 0 and 1: {@code log(1 + exp(s)) - y
 * s}.
 *
 * <p>Written as {@code max(s, 0) - y s + log1p(exp(-|s|))}, which neither overflows nor cancels for
 * large scores (M. Mächler, "Accurately computing log(1 - exp(-|a|))", 2012, equation 10).
 */
public enum LogisticLoss implements Loss {
  INSTANCE;

  @Override
  public double value(double score, double label) {
    double hinge = Math.max(score, 0.0) - label * score;
    return hinge + StrictMath.log1p(StrictMath.exp(-Math.abs(score)));
  }

  @Override
  public double gradient(double score, double label) {
    return mean(score) - label;
  }

  @Override
  public double curvature(double score, double label) {
    double e = StrictMath.exp(-Math.abs(score));
    return e / ((1.0 + e) * (1.0 + e));
  }

  @Override
  public double mean(double score) {
    if (score >= 0.0) {
      return 1.0 / (1.0 + StrictMath.exp(-score));
    }
    double e = StrictMath.exp(score);
    return e / (1.0 + e);
  }

  @Override
  public boolean acceptsLabel(double label) {
    return label == 0.0 || label == 1.0;
  }

  @Override
  public String labelRule() {
    return "exactly 0 or 1";
  }
}
