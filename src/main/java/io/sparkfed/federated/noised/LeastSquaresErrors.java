package io.sparkfed.federated.noised;

import io.sparkfed.federated.noised.NoisedErrors.Found;
import io.sparkfed.math.Eigen;
import io.sparkfed.math.SymmetricMatrix;
import java.util.function.UnaryOperator;

/**
 * Standard errors of least squares from products with noise: of what rows were drawn, and of the
 * noise.
 *
 * <p>With the products S + E of features and v + e of features and labels, where E is symmetric,
 * the weights b are off by {@code (S + E)^-1 (X' r + e - E b)}, r being the residuals. The noise
 * has the deviation sigma on the diagonal and {@code sigma / sqrt(2)} off it, and labels are
 * multiplied with a; so {@code e - E b} is {@code -E' c} for {@code c = (b, -1/a)}, and of
 * covariance {@code N = sigma²/2 (|c|² I + b b')}. To the first order the weights have the
 * covariance
 *
 * <pre>  s² S^-1 + S^-1 N S^-1,   s² = (Q + tr(S^-1 N)) / (n - q)</pre>
 *
 * <p>where Q is the sum of squared residuals as the noised products tell it, which the minimum made
 * less by {@code s² q + tr(S^-1 N)}. The second order moves weights by {@code S^-1 sigma²/2
 * (tr(S^-1) I + S^-1) b}: where that is no small part of an error, there are none.
 *
 * @param deviation sigma
 * @param perLabel a
 * @param mostWeight what a row of weight 1 in the sums counts: rows are copies
 */
record LeastSquaresErrors(double deviation, double perLabel, double mostWeight) {
  /** The most that the second order may move a weight by, in standard errors. */
  private static final double MOST_MOVED = 0.5;

  /** Residuals say something that are so many times what noise adds to them. */
  private static final double LEAST_RATIO = 2.0;

  /**
   * Returns the standard error of each coefficient.
   *
   * @param products S with noise, of order q
   * @param weights b
   * @param residuals Q
   * @param rows n, in the weights of the sums
   * @param toColumns the linear part of what turns weights into coefficients
   */
  Found of(
      SymmetricMatrix products,
      double[] weights,
      double residuals,
      double rows,
      UnaryOperator<double[]> toColumns) {
    int order = products.order();
    Eigen eigen = Eigen.of(products);
    double half = deviation * deviation / 2.0;
    double squares = 1.0 / (perLabel * perLabel);
    for (double weight : weights) {
      squares += weight * weight;
    }
    if (!(eigen.values()[0] > NoisedErrors.least(deviation, order))
        || !(residuals > LEAST_RATIO * deviation * squares)
        || !(rows > order)) {
      return Found.none(NoisedErrors.NOISE);
    }
    double[] along = new double[order];
    double trace = 0.0;
    double ofWeights = 0.0;
    for (int k = 0; k < order; k++) {
      for (int j = 0; j < order; j++) {
        along[k] += eigen.vectors()[k * order + j] * weights[j];
      }
      trace += 1.0 / eigen.values()[k];
      ofWeights += along[k] * along[k] / eigen.values()[k];
    }
    double dispersion = (residuals + half * (squares * trace + ofWeights)) / (rows - order);
    double[] variances = new double[0];
    double[] turned = new double[0];
    double[] moved = new double[0];
    for (int k = 0; k < order; k++) {
      double inverse = 1.0 / eigen.values()[k];
      double[] axis = new double[order];
      System.arraycopy(eigen.vectors(), k * order, axis, 0, order);
      double[] column = toColumns.apply(axis);
      if (k == 0) {
        variances = new double[column.length];
        turned = new double[column.length];
        moved = new double[column.length];
      }
      double variance = dispersion * inverse / mostWeight + half * squares * inverse * inverse;
      for (int j = 0; j < column.length; j++) {
        variances[j] += variance * column[j] * column[j];
        turned[j] += inverse * along[k] * column[j];
        moved[j] += half * (trace + inverse) * inverse * along[k] * column[j];
      }
    }
    double[] errors = new double[variances.length];
    for (int j = 0; j < errors.length; j++) {
      errors[j] = Math.sqrt(variances[j] + half * turned[j] * turned[j]);
      if (!(Math.abs(moved[j]) <= MOST_MOVED * errors[j])) {
        return Found.none(NoisedErrors.NOISE);
      }
    }
    return new Found(errors, "");
  }
}
