package io.sparkfed.math;

import java.util.Arrays;

/**
 * The penalty {@code sum_j c_j |w_j|}, and what OWL-QN does about its kinks (Andrew and Gao,
 * "Scalable Training of L1-Regularized Log-Linear Models", ICML 2007). Immutable.
 *
 * <p>{@code w} is where a step starts and {@code pseudo} the pseudo-gradient there: the subgradient
 * of least length of a smooth function plus the penalty. A step may not leave the orthant that it
 * starts into: where {@code c_j > 0} a coordinate keeps the sign of {@code w_j}, or of {@code
 * -pseudo_j} where that is 0, or becomes 0.
 */
public final class WeightedL1 {
  private final double[] factors;
  private final boolean zero;

  private WeightedL1(double[] factors) {
    this.factors = factors;
    this.zero = Arrays.stream(factors).noneMatch(factor -> factor > 0.0);
  }

  /**
   * Returns the penalty with these factors.
   *
   * @param factors c, each at least 0; copied
   */
  public static WeightedL1 of(double[] factors) {
    return new WeightedL1(factors.clone());
  }

  /** Returns the penalty with the same factor for the first {@code penalised} of n coordinates. */
  public static WeightedL1 ofFirst(int penalised, int length, double factor) {
    double[] factors = new double[length];
    Arrays.fill(factors, 0, penalised, factor);
    return new WeightedL1(factors);
  }

  /** Returns whether all factors are 0. */
  public boolean isZero() {
    return zero;
  }

  /** Returns the penalty of {@code w}. */
  public double value(double[] w) {
    double sum = 0.0;
    for (int j = 0; j < w.length; j++) {
      sum += factors[j] * Math.abs(w[j]);
    }
    return sum;
  }

  /** Returns the pseudo-gradient at w, given the gradient of the smooth part. */
  public double[] pseudoGradient(double[] w, double[] gradient) {
    double[] pseudo = gradient.clone();
    for (int j = 0; j < pseudo.length; j++) {
      if (w[j] != 0.0) {
        pseudo[j] += Math.copySign(factors[j], w[j]);
      } else if (factors[j] > 0.0) {
        double over = Math.abs(pseudo[j]) - factors[j];
        pseudo[j] = over > 0.0 ? Math.copySign(over, pseudo[j]) : 0.0;
      }
    }
    return pseudo;
  }

  /** Returns the direction without its penalized coordinates that go uphill. */
  public double[] downhill(double[] direction, double[] pseudo) {
    double[] downhill = direction.clone();
    for (int j = 0; j < downhill.length; j++) {
      if (factors[j] > 0.0 && downhill[j] * pseudo[j] >= 0.0) {
        downhill[j] = 0.0;
      }
    }
    return downhill;
  }

  /** Returns {@code end} with 0 for each penalized coordinate that has left the step's orthant. */
  public double[] projected(double[] end, double[] w, double[] pseudo) {
    double[] projected = end.clone();
    for (int j = 0; j < projected.length; j++) {
      double orthant = w[j] != 0.0 ? w[j] : -pseudo[j];
      if (factors[j] > 0.0 && !(projected[j] * orthant > 0.0)) {
        projected[j] = 0.0;
      }
    }
    return projected;
  }
}
