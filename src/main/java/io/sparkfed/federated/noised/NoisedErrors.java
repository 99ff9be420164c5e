package io.sparkfed.federated.noised;

import io.sparkfed.math.Eigen;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.math.Vectors;
import java.util.function.UnaryOperator;

/**
 * Standard errors of a model that is the mean of the last iterates of gradient descent with noise:
 * of what rows were drawn, and of the noise. Those of a fit without noise would be too short.
 *
 * <p>With {@code u' = u - eta/n (g(u) + noise)} and the Hessian H of the sum of losses, the noise
 * of step j is in the iterate i as {@code -eta/n M^(i-j)}, {@code M = I - eta H/n}; in the mean of
 * the last m of T iterates as {@code -eta/n B_j}, where {@code B_j} is the mean of {@code M^(i-j)}
 * over those, without the ones before j. So the model's covariance is
 *
 * <pre>  (eta sigma / n)² sum_j B_j B_j'  +  phi H^-1
 * </pre>
 *
 * <p>(After Avella-Medina, Bradshaw and Loh, "Differentially private inference via noisy
 * optimization", 2021, arXiv 2103.11003.) All of it is diagonal in H's eigenvectors. The second
 * term is that of an M-estimate whose squared slopes are phi times as large as its curvatures: for
 * the likelihood of binomial and Poisson labels phi is 1.
 *
 * <p>Not counted is what clipping moves a model by, which can be many standard errors: for
 * intervals gradients must be let as long as rows usually make them, in whitened coordinates {@link
 * #CLIP} times the root of q for slopes of at most 1. What is left of the way from the first
 * iterate, {@code M^i} of it in the iterate i, is counted as if it were known to its size alone;
 * where much of it is left, there are none.
 *
 * @param step eta, as long as a step against the mean gradient is
 * @param rows n
 * @param noise sigma, the deviation of the noise on each number of a sum of gradients
 * @param rounds T
 * @param averaged m, at most T
 * @param dispersion phi
 */
record NoisedErrors(
    double step, double rows, double noise, int rounds, int averaged, double dispersion) {
  /** The least length of gradients, over the root of q, at which intervals hold. */
  static final double CLIP = 1.0;

  /** Why there are none, mostly. */
  static final String NOISE = "noise dominates";

  /** What may be left of the way from the first iterate, in any direction. */
  private static final double MOST_LEFT = 0.05;

  /** An eigenvalue says something that is so many times as large as the noise makes one. */
  private static final double LEAST_RATIO = 2.0;

  /**
   * What came out.
   *
   * @param each coefficient's standard error; empty where there are none
   * @param obstacle why there are none; empty where there are some
   */
  record Found(double[] each, String obstacle) {
    static Found none(String obstacle) {
      return new Found(new double[0], obstacle);
    }
  }

  /**
   * Returns how large an eigenvalue of H must be, at least, to say something.
   *
   * @param deviation of the noise on H's diagonal entries; off the diagonal it is less by the root
   *     of 2, so that its largest eigenvalue is about {@code deviation sqrt(2 q)} (Wigner)
   */
  static double least(double deviation, int order) {
    return LEAST_RATIO * deviation * Math.sqrt(2.0 * order);
  }

  /**
   * Returns the standard error of each coefficient. There are none where noise dominates, that is,
   * where H has an eigenvalue that is not twice as large as noise alone makes one, and where the
   * iterates have not come near enough to the optimum.
   *
   * @param hessian H with noise, in the coordinates of the descent
   * @param deviation of the noise on its diagonal entries
   * @param way from the first iterate to the model, in these coordinates, length q
   * @param toColumns the linear part of what turns coordinates into coefficients
   */
  Found of(
      SymmetricMatrix hessian, double deviation, double[] way, UnaryOperator<double[]> toColumns) {
    int order = hessian.order();
    Eigen eigen = Eigen.of(hessian);
    double least = least(deviation, order);
    // Above it steps would not contract: what is not far above it is so by noise.
    double most = 2.0 * rows / step;
    double[] variances = new double[0];
    double[] left = new double[0];
    for (int k = 0; k < order; k++) {
      double value = Math.min(eigen.values()[k], most);
      double contraction = 1.0 - step * value / rows;
      if (!(value > least)) {
        return Found.none(NOISE);
      }
      double partLeft = inMean(contraction, 0);
      if (!(eigen.values()[k] <= most + least && Math.abs(partLeft) <= MOST_LEFT)) {
        return Found.none("the last gradients are too far from the optimum");
      }
      double variance = ofNoise(contraction) + dispersion / value;
      double[] axis = new double[order];
      System.arraycopy(eigen.vectors(), k * order, axis, 0, order);
      double[] column = toColumns.apply(axis);
      if (k == 0) {
        variances = new double[column.length];
        left = new double[column.length];
      }
      double ofWay = partLeft * Vectors.dot(axis, 0, way, order);
      for (int j = 0; j < column.length; j++) {
        variances[j] += variance * column[j] * column[j];
        left[j] += ofWay * column[j];
      }
    }
    double[] errors = new double[variances.length];
    for (int j = 0; j < errors.length; j++) {
      errors[j] = Math.sqrt(variances[j] + left[j] * left[j]);
    }
    return new Found(errors, "");
  }

  /** Returns how much of what came in at a step is in the mean of the last iterates. */
  private double inMean(double contraction, int from) {
    double mean = 0.0;
    for (int i = Math.max(from, rounds - averaged + 1); i <= rounds; i++) {
      mean += Math.pow(contraction, i - from) / averaged;
    }
    return mean;
  }

  /** Returns {@code (eta sigma / n)² sum_j b_j²} for an eigenvalue of M. */
  private double ofNoise(double contraction) {
    double squares = 0.0;
    for (int j = 1; j <= rounds; j++) {
      double part = inMean(contraction, j);
      squares += part * part;
    }
    double each = step * noise / rows;
    return each * each * squares;
  }
}
