package io.sparkfed.federated;

import io.sparkfed.server.PooledOptimizer;

/**
 * How the pooled objective is minimised: the mean loss of all rows, plus {@code l2/2 |w|²}, plus
 * {@code l1 |w|_1}.
 *
 * <p>The penalties are on the weights of standardised features under {@code standardize =
 * federated} (as in Spark ML with {@code standardization = true}) or {@code worker}, and on those
 * of the columns as they are under {@code none}; the intercept is exempt.
 *
 * @param optimizer what takes the steps
 * @param l1 L1 penalty, at least 0
 * @param conditioning whether features are standardised for the sake of the numbers even where the
 *     penalty is on the columns as they are; folded back
 * @param confidenceLevel of the intervals of coefficients, in (0, 1)
 */
public record PooledPlan(
    PooledOptimizer optimizer, double l1, Conditioning conditioning, double confidenceLevel) {
  /** Beyond it the information, a number for each pair of coefficients, is not summed. */
  private static final int MOST_WITH_ERRORS = 2000;

  /** In which units the optimizer works where nothing is to be standardised. */
  public enum Conditioning {
    /** In standardised ones, for the optimum does not depend on them. */
    STANDARDIZED,
    /** In those of the columns, for the steps depend on them. */
    AS_IS
  }

  /**
   * @throws IllegalArgumentException if {@code l1} is out of range
   */
  public PooledPlan {
    if (!(l1 >= 0.0) || Double.isInfinite(l1)) {
      throw new IllegalArgumentException("l1 must be >= 0 and finite. Provided value: " + l1);
    }
  }

  /** Returns the largest number of coefficients that get standard errors. */
  int mostCoefficientsWithErrors() {
    return MOST_WITH_ERRORS;
  }
}
