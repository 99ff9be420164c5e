package io.sparkfed.federated.noised;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.ProductsWithin;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.hint.Message;
import io.sparkfed.math.Eigen;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.objective.SampledGram;
import io.sparkfed.privacy.Zcdp;
import java.util.List;
import java.util.Optional;

/** Least squares from products of features and labels with noise: their minimum. */
final class LeastSquares {
  private final TrainingPlan plan;
  private final PrivatePlan privacy;
  private final Releases releases;
  private final int order;
  private double deviation;
  private SymmetricMatrix products;
  private double[] weights;

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
        ProductsWithin.ofLabels(
            plan.shape(), privacy.cut(), privacy.labelMiddle(), privacy.labelScale());
    SymmetricMatrix found = releases.products(federation, asked, cost);
    double[] ofFeatures = new double[SymmetricMatrix.packedLength(order)];
    double[] withLabels = new double[order];
    for (int i = 0; i < order; i++) {
      for (int j = i; j < order; j++) {
        ofFeatures[SymmetricMatrix.at(order, i, j)] = found.get(i, j);
      }
      withLabels[i] = found.get(i, order) * privacy.labelScale() / norm;
    }
    deviation = releases.deviation(asked, cost);
    products = found;
    double least = deviation * Math.sqrt(order);
    SymmetricMatrix floored =
        Eigen.of(SymmetricMatrix.of(order, ofFeatures)).with(value -> Math.max(value, least));
    double[] ridges =
        Ridge.diagonal(0.5 * rows * plan.l2(), privacy.cut().scaling(), plan.shape(), order);
    weights = floored.plusDiagonal(ridges).cholesky().solve(withLabels);
    return weights.clone();
  }

  /**
   * Returns the statistics of the coefficients, which cost nothing more; empty with a penalty, and,
   * with a note, where noise dominates.
   *
   * @param model what was solved, in the units of the cut's scaling
   * @param rows n
   * @param notes gets what there is to say
   */
  Optional<FitStatistics> statistics(double[] model, double rows, List<Message> notes) {
    if (plan.l2() > 0.0) {
      return Optional.empty();
    }
    double perLabel = privacy.cut().norm() / privacy.labelScale();
    double[] ofFeatures = new double[SymmetricMatrix.packedLength(order)];
    double residuals = 0.0;
    for (int i = 0; i <= order; i++) {
      for (int j = i; j <= order; j++) {
        if (j < order) {
          ofFeatures[SymmetricMatrix.at(order, i, j)] = products.get(i, j);
        }
        double both = (i < order ? weights[i] : -1.0 / perLabel);
        both *= j < order ? weights[j] : -1.0 / perLabel;
        residuals += (i == j ? 1.0 : 2.0) * both * products.get(i, j);
      }
    }
    boolean hasOnes = plan.shape().hasIntercept();
    NoisedErrors.Found found =
        new LeastSquaresErrors(deviation, perLabel, privacy.cut().mostWeight())
            .of(
                SymmetricMatrix.of(order, ofFeatures),
                weights,
                residuals,
                hasOnes ? products.get(order - 1, order - 1) : rows,
                privacy.cut().scaling()::toRaw);
    return Intervals.told(plan, found, model, rows, notes);
  }
}
