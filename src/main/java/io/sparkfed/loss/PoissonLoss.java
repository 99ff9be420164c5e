package io.sparkfed.loss;

/**
 * Half the unit deviance of the Poisson distribution with the log link: {@code y log(y / m) - (y -
 * m)} with {@code m = exp(s)} (McCullagh and Nelder, "Generalized Linear Models", 2nd edition,
 * 1989, section 2.3). It differs from the negative log-likelihood {@code m - y s + log y!} by a
 * term without the score. Any label from 0 on is accepted, whole or not.
 *
 * <p>Near the optimum it is written as {@code y (e^d - 1 - d)} with {@code d = s - log y}, which
 * does not cancel. Above a score of 500 the exponential is continued by a parabola.
 */
public enum PoissonLoss implements Loss {
  INSTANCE;

  @Override
  public double value(double score, double label) {
    if (label == 0.0) {
      return ExtendedExp.value(score);
    }
    double d = score - StrictMath.log(label);
    return d <= 1.0
        ? label * ExtendedExp.aboveTangent(d)
        : ExtendedExp.value(score) - label * (1.0 + d);
  }

  @Override
  public double gradient(double score, double label) {
    return ExtendedExp.derivative(score) - label;
  }

  @Override
  public double curvature(double score, double label) {
    return ExtendedExp.secondDerivative(score);
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
    return label >= 0.0 && Double.isFinite(label);
  }

  @Override
  public String labelRule() {
    return "a finite number >= 0";
  }
}
