package io.sparkfed.loss;

/**
 * Half the unit deviance of the gamma distribution with the log link: {@code (y - m) / m - log(y /
 * m)} with {@code m = exp(s)} (McCullagh and Nelder, "Generalized Linear Models", 2nd edition,
 * 1989, section 2.3). With the log link it is convex in the score.
 *
 * <p>Written as {@code e^d - 1 - d} with {@code d = log y - s}. Where {@code d} exceeds 500 the
 * exponential is continued by a parabola.
 */
public enum GammaLoss implements Loss {
  INSTANCE;

  @Override
  public double value(double score, double label) {
    return ExtendedExp.aboveTangent(StrictMath.log(label) - score);
  }

  @Override
  public double gradient(double score, double label) {
    double d = StrictMath.log(label) - score;
    // 0 - x instead of -x: no negative zero.
    return d <= ExtendedExp.LIMIT ? 0.0 - StrictMath.expm1(d) : 1.0 - ExtendedExp.derivative(d);
  }

  @Override
  public double curvature(double score, double label) {
    return ExtendedExp.secondDerivative(StrictMath.log(label) - score);
  }

  @Override
  public double mean(double score) {
    return ExtendedExp.value(score);
  }

  @Override
  public boolean isCurved() {
    return true;
  }

  @Override
  public boolean acceptsLabel(double label) {
    return label > 0.0 && Double.isFinite(label);
  }

  @Override
  public String labelRule() {
    return "a finite number > 0";
  }
}
