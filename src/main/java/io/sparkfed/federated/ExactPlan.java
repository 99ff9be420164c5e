package io.sparkfed.federated;

/**
 * How the objective of all rows is minimized: the mean loss of all rows, plus {@code l2/2 |w|²},
 * plus {@code l1 |w|_1}.
 *
 * <p>The penalties are on the weights of standardized features under {@code standardize =
 * federated} (as in Spark ML with {@code standardization = true}) or {@code worker}, and on those
 * of the columns as they are under {@code none}; the intercept is exempt.
 *
 * @param chooser what takes the steps
 * @param conditioning whether features are standardized for the sake of the numbers even where the
 *     penalty is on the columns as they are; folded back
 * @param confidenceLevel of the intervals of coefficients, in (0, 1)
 * @param counting what a row counts among the rows of the statistics
 */
public record ExactPlan(
    AlgorithmChoice.Chooser chooser,
    Conditioning conditioning,
    double confidenceLevel,
    Counting counting) {
  /** What a row counts where degrees of freedom are. */
  public enum Counting {
    /** Its weight: so many copies. */
    WEIGHTS,
    /** One, unless its weight is 0: weights are numbers of trials. */
    ROWS
  }

  /** In which units the optimizer works where nothing is to be standardized. */
  public enum Conditioning {
    /** In standardized ones, for the optimum does not depend on them. */
    STANDARDIZED,
    /** In those of the columns, for the steps depend on them. */
    AS_IS
  }
}
