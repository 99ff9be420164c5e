package io.sparkfed.objective;

/**
 * The proximal term {@code mu/2 |w - at|²} that holds local training near where it starts: FedProx
 * (Li et al., "Federated Optimization in Heterogeneous Networks", MLSys 2020, section 3.2). As
 * there, it is about all coefficients, intercepts included, in the units of the training.
 *
 * @param mu at least 0 and finite
 * @param at the point, length d; must not be changed
 */
public record Anchor(double mu, double[] at) {
  /** No such term. */
  public static final Anchor NONE = new Anchor(0.0, new double[0]);

  /**
   * @throws IllegalArgumentException if {@code mu} is out of range
   */
  public Anchor {
    if (!(mu >= 0.0) || Double.isInfinite(mu)) {
      throw new IllegalArgumentException(
          "proximal-mu must be >= 0 and finite. Provided value: " + mu);
    }
  }

  boolean holds() {
    return mu > 0.0;
  }

  double value(double[] w) {
    if (!holds()) {
      return 0.0;
    }
    double squares = 0.0;
    for (int j = 0; j < w.length; j++) {
      squares += (w[j] - at[j]) * (w[j] - at[j]);
    }
    return 0.5 * mu * squares;
  }

  /** Adds a share of the gradient at w. */
  void addGradient(double share, double[] w, double[] gradient) {
    if (holds()) {
      for (int j = 0; j < w.length; j++) {
        gradient[j] += share * mu * (w[j] - at[j]);
      }
    }
  }
}
