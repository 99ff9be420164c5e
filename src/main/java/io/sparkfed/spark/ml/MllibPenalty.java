package io.sparkfed.spark.ml;

import io.sparkfed.data.DataException;
import io.sparkfed.federated.survey.FederatedLabels.Moments;

/**
 * MLlib's penalty in the terms of our objective, the mean loss of a row plus {@code l1 |w|_1 + l2/2
 * |w|²}.
 *
 * <p>With {@code r = regParam} and {@code a = elasticNetParam} MLlib minimizes the mean loss plus
 * {@code r a |w|_1 + r (1 - a)/2 |w|²}, with three differences. Its squared loss is halved and ours
 * is not, so there both penalties are doubled. For least squares it divides label and features by
 * the label's deviation s_y before it penalizes, which in units of the columns leaves l1 as it is
 * and divides l2 by s_y. With standardization the penalty is on {@code w_j s_j}; MLlib's deviation
 * is {@code s_j = c t_j} where t_j, ours, is that of a sample of rows of unlike reliability. So l1
 * is times c and l2 times c², where {@code c² = (W - sum w² / W) / D} and D is what MLlib divides
 * by: c is 1 but where it takes the population's. The scale of the weights w has no part in it.
 *
 * @param regParam r, at least 0
 * @param elasticNetParam a, in [0, 1]
 * @param standardization whether the penalty is on the weights of standardized features
 * @param deviations what D is
 * @param leastSquares whether the loss is the squared error
 */
record MllibPenalty(
    double regParam,
    double elasticNetParam,
    boolean standardization,
    Deviations deviations,
    boolean leastSquares) {

  /** What MLlib divides the squared deviations by. */
  enum Deviations {
    /** {@code W - sum w² / W}: weights say how reliable a row is. */
    RELIABILITY,
    /** {@code W}, as its solver of normal equations does. */
    POPULATION
  }

  /** The two penalties of our objective. */
  record Values(double l1, double l2) {}

  /** Returns whether {@link #values(Moments, boolean)} depends on the moments. */
  boolean needsMoments() {
    boolean otherDeviation = deviations == Deviations.POPULATION;
    return regParam > 0.0 && (leastSquares || (standardization && otherDeviation));
  }

  /** Returns the penalties where {@link #needsMoments} says that the moments don't matter. */
  Values values() {
    double doubled = leastSquares ? 2.0 : 1.0;
    return new Values(
        doubled * regParam * elasticNetParam, doubled * regParam * (1.0 - elasticNetParam));
  }

  /**
   * Returns the penalties.
   *
   * @throws DataException if a model without an intercept is penalized where all labels are equal
   *     and not 0, which MLlib refuses too
   */
  Values values(Moments label, boolean intercept) {
    double divisor =
        deviations == Deviations.POPULATION ? label.weight() : label.reliabilityDegrees();
    double l1 = values().l1();
    double l2 = values().l2();
    if (leastSquares) {
      double deviation = Math.sqrt(label.squaredDeviations() / divisor);
      if (deviation > 0.0) {
        l2 /= deviation;
      } else if (!intercept && label.mean() != 0.0) {
        throw new DataException(
            "regParam must be 0 where all labels are equal, and not 0, and fitIntercept is false");
      }
    }
    if (standardization) {
      double squaredRatio = label.reliabilityDegrees() / divisor;
      l1 *= Math.sqrt(squaredRatio);
      l2 *= squaredRatio;
    }
    return new Values(l1, l2);
  }

  /**
   * Returns MLlib's penalty for ours: what {@link #values(Moments, boolean)} turns into {@code l1}
   * and {@code l2}, with MLlib's deviations of reliability.
   */
  static MllibPenalty inverse(
      double l1, double l2, boolean standardization, boolean leastSquares, Moments label) {
    double doubled = leastSquares ? 2.0 : 1.0;
    double deviation =
        leastSquares ? Math.sqrt(label.squaredDeviations() / label.reliabilityDegrees()) : 1.0;
    double lasso = l1 / doubled;
    double ridge = l2 * deviation / doubled;
    double regParam = lasso + ridge;
    return new MllibPenalty(
        regParam,
        regParam > 0.0 ? lasso / regParam : 0.0,
        standardization,
        Deviations.RELIABILITY,
        leastSquares);
  }
}
