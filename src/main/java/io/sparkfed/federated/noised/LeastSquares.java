package io.sparkfed.federated.noised;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.ProductsWithin;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.math.Eigen;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.objective.SampledGram;
import io.sparkfed.privacy.Zcdp;

/** Least squares from products of features and labels with noise: their minimum. */
final class LeastSquares {
  private final TrainingPlan plan;
  private final PrivatePlan privacy;
  private final Releases releases;
  private final int order;

  LeastSquares(TrainingPlan plan, Releases releases) {
    this.plan = plan;
    this.privacy = plan.privacy().orElseThrow();
    this.releases = releases;
    this.order = SampledGram.order(plan.shape());
  }

  /**
   * Asks for the products, and returns the weights by place, in the units of the cut's scaling, for
   * labels less the middle of their bounds.
   *
   * @param rows n
   * @param cost of the release
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  double[] solve(Federation<Shard> federation, double rows, Zcdp cost) {
    double norm = privacy.cut().norm();
    ProductsWithin asked =
        new ProductsWithin(
            plan.shape(), privacy.cut(), privacy.labelMiddle(), norm / privacy.labelScale(), norm);
    SymmetricMatrix found = releases.products(federation, asked, cost);
    double[] ofFeatures = new double[SymmetricMatrix.packedLength(order)];
    double[] withLabels = new double[order];
    for (int i = 0; i < order; i++) {
      for (int j = i; j < order; j++) {
        ofFeatures[SymmetricMatrix.at(order, i, j)] = found.get(i, j);
      }
      withLabels[i] = found.get(i, order) * privacy.labelScale() / norm;
    }
    double least = releases.deviation(asked, cost) * Math.sqrt(order);
    SymmetricMatrix floored =
        Eigen.of(SymmetricMatrix.of(order, ofFeatures)).with(value -> Math.max(value, least));
    double[] ridges =
        Ridge.diagonal(0.5 * rows * plan.l2(), privacy.cut().scaling(), plan.shape(), order);
    return floored.plusDiagonal(ridges).cholesky().solve(withLabels);
  }
}
