package io.sparkfed.federated.noised;

import io.sparkfed.math.Eigen;
import io.sparkfed.math.SymmetricMatrix;
import java.util.Arrays;
import java.util.Random;

/**
 * Least squares with differential privacy from noised sums, by one who sees all rows: AdaSSP, <a
 * href="https://arxiv.org/abs/1803.02596">Wang 2018</a>, Algorithm 2. Its ridge penalty adapts to
 * the smallest eigenvalue, which costs a third of the budget.
 */
final class AdaptiveStatistics {
  private static final double FAILURE = 0.05;

  private AdaptiveStatistics() {}

  /**
   * Returns the weights.
   *
   * @param rows each with its label last
   * @param longest row without its label, by length
   * @param largest label, by size
   */
  static double[] fit(
      double[][] rows, double longest, double largest, double epsilon, double delta, long seed) {
    int d = rows[0].length - 1;
    double[] products = new double[SymmetricMatrix.packedLength(d)];
    double[] withLabels = new double[d];
    for (double[] row : rows) {
      for (int i = 0; i < d; i++) {
        for (int j = i; j < d; j++) {
          products[SymmetricMatrix.at(d, i, j)] += row[i] * row[j];
        }
        withLabels[i] += row[i] * row[d];
      }
    }
    Random random = new Random(seed);
    double third = epsilon / 3.0;
    double tail = Math.log(6.0 / delta);
    double unit = longest * longest / third;
    double smallest = Double.POSITIVE_INFINITY;
    for (double value : Eigen.of(SymmetricMatrix.of(d, products.clone())).values()) {
      smallest = Math.min(smallest, value);
    }
    double told =
        Math.max(0.0, smallest + Math.sqrt(tail) * unit * random.nextGaussian() - tail * unit);
    for (int k = 0; k < products.length; k++) {
      products[k] += Math.sqrt(tail) * unit * random.nextGaussian();
    }
    for (int i = 0; i < d; i++) {
      withLabels[i] += Math.sqrt(tail) * longest * largest / third * random.nextGaussian();
    }
    double wanted = Math.sqrt(d * tail * Math.log(2.0 * d * d / FAILURE)) * unit;
    double[] penalty = new double[d];
    Arrays.fill(penalty, Math.max(0.0, wanted - told));
    return SymmetricMatrix.of(d, products).plusDiagonal(penalty).cholesky().solve(withLabels);
  }
}
