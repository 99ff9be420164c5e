package io.sparkfed.federated;

import io.sparkfed.aggregate.Aggregation;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.evaluation.FitSums;
import io.sparkfed.evaluation.ResponseDistribution;
import io.sparkfed.loss.Loss;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.LinearDerivatives;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Standard errors and all that goes with them, after an unpenalised fit, through the same sums as
 * the training: one visit brings Fisher's information at the optimum, the deviance, that of the
 * null model, and what the likelihood needs.
 *
 * <p>The null model's score is the link of the mean label, which is the maximum of its likelihood
 * where all rows have the same score. Where they have not, as with offsets, Newton's method on that
 * one number goes on from there, a visit a step.
 */
final class FederatedInference {
  /**
   * A step of the null model's score by so many standard errors changes its deviance by the square,
   * so no digit. Rounding leaves slopes of 1e-9 standard errors where there are a million rows.
   */
  private static final double NULL_TOLERANCE = 1e-7;

  private static final int MOST_NULL_STEPS = 50;

  /** Beyond it the information, a number for each pair of coefficients, is not summed. */
  private static final int MOST_COEFFICIENTS = 2000;

  private FederatedInference() {}

  /** The fitted model in training units, and the score of the null model. */
  private record Fit(double[] model, double nullScore) implements Serializable {}

  /**
   * Returns the statistics of a fit; empty where there are none: a penalised fit, a family that is
   * no generalised linear model, too many coefficients, or too few rows.
   *
   * @param model the optimum in training units
   * @param labelMean the mean label of the training rows
   * @param largest no entry of the information is larger; NaN where nobody knows
   * @throws io.sparkfed.math.SingularMatrixException if the information is singular
   */
  static Optional<FitStatistics> of(
      Federation<Shard> federation,
      TrainingPlan plan,
      Scaling scaling,
      double[] model,
      double labelMean,
      double largest) {
    PooledPlan pooled = plan.pooled().orElseThrow();
    Optional<ResponseDistribution> distribution = ResponseDistribution.of(plan.family());
    int size = plan.shape().size();
    if (distribution.isEmpty()
        || plan.l2() != 0.0
        || plan.l1() != 0.0
        || size > MOST_COEFFICIENTS) {
      return Optional.empty();
    }
    int packed = SymmetricMatrix.packedLength(size);
    Aggregation<double[], double[]> sum =
        plan.sums().sumOf(size <= PooledRounds.EXACT_HESSIAN ? 0 : packed);
    if (Double.isFinite(largest)) {
      sum.expect(largest, federation.workers().size());
    }
    WorkerTask<Shard, Fit, double[]> work = new Work(plan, scaling, distribution.get());
    double nullScore = plan.shape().hasIntercept() ? distribution.get().scoreOf(labelMean) : 0.0;
    List<String> cohort = federation.workers();
    double[] sums = new double[0];
    for (int step = 0; step <= MOST_NULL_STEPS; step++) {
      String description = "statistics of the fit (" + cohort.size() + " workers)";
      sums =
          sum.aggregate(
                  federation, new Visit<>(description, 0, cohort, new Fit(model, nullScore)), work)
              .value();
      double slope = sums[packed + 6];
      double information = sums[packed + 7];
      boolean done = Math.abs(slope) <= NULL_TOLERANCE * Math.sqrt(information);
      if (!plan.shape().hasIntercept() || done) {
        break;
      }
      nullScore -= slope / information;
    }
    if (!(sums[packed] > size)) {
      return Optional.empty();
    }
    SymmetricMatrix information = SymmetricMatrix.of(size, Arrays.copyOf(sums, packed));
    return Optional.of(
        FitStatistics.of(
            distribution.get(),
            new FitSums(
                sums[packed],
                sums[packed + 1],
                sums[packed + 2],
                sums[packed + 3],
                sums[packed + 4],
                sums[packed + 5]),
            scaling.toRaw(model),
            plan.shape().hasIntercept(),
            inverseInRawUnits(information, scaling),
            pooled.confidenceLevel()));
  }

  /**
   * {@code T I^-1 T'}, where T takes coefficients in training units to raw ones. Coordinates that
   * the information says nothing of are left out: 0.
   */
  private static SymmetricMatrix inverseInRawUnits(SymmetricMatrix information, Scaling scaling) {
    int size = information.order();
    SymmetricMatrix inverse = information.withoutZeroRows().cholesky().inverse();
    double[] present = information.diagonal();
    double[][] half = new double[size][];
    for (int i = 0; i < size; i++) {
      double[] row = new double[size];
      for (int j = 0; j < size; j++) {
        row[j] = present[i] == 0.0 || present[j] == 0.0 ? 0.0 : inverse.get(i, j);
      }
      half[i] = scaling.toRaw(row);
    }
    double[] packed = new double[SymmetricMatrix.packedLength(size)];
    double[] column = new double[size];
    for (int j = 0; j < size; j++) {
      for (int i = 0; i < size; i++) {
        column[i] = half[i][j];
      }
      double[] raw = scaling.toRaw(column);
      for (int i = 0; i <= j; i++) {
        packed[SymmetricMatrix.rowStart(size, i) + j - i] = raw[i];
      }
    }
    return SymmetricMatrix.of(size, packed);
  }

  /**
   * Runs at workers. {@code [information..., weight, deviance, null deviance, Pearson, label term,
   * score term, slope and information of the null model's score]}.
   */
  private static final class Work implements WorkerTask<Shard, Fit, double[]> {
    private static final long serialVersionUID = 1L;
    private static final int SUMS = 8;

    private final Loss loss;
    private final ModelShape shape;
    private final Scaling federatedScaling;
    private final ResponseDistribution distribution;

    Work(TrainingPlan plan, Scaling federatedScaling, ResponseDistribution distribution) {
      this.loss = (Loss) plan.loss();
      this.shape = plan.shape();
      this.federatedScaling = federatedScaling;
      this.distribution = distribution;
    }

    @Override
    public double[] run(String worker, Shard shard, Fit fit) {
      Scaling scaling = LocalWork.scaling(shard, federatedScaling);
      Examples rows = shard.train();
      double[] information =
          LinearDerivatives.at(
                  fit.model,
                  loss,
                  (scores, label, out) -> out[0] = distribution.information(scores[0]),
                  rows,
                  shape,
                  scaling)
              .hessian();
      double[] raw = scaling.toRaw(fit.model);
      double[] scores = new double[1];
      double[] sums = Arrays.copyOf(information, information.length + SUMS);
      for (int i = 0; i < rows.rows(); i++) {
        double c = rows.weight(i);
        double y = rows.label(i);
        rows.scores(i, shape, raw, scores);
        double score = scores[0];
        double nullScore = fit.nullScore + rows.offset(i);
        int at = information.length;
        sums[at] += c;
        sums[at + 1] += c * distribution.unitDeviance(y, score);
        sums[at + 2] += c * distribution.unitDeviance(y, nullScore);
        sums[at + 3] += c * distribution.squaredPearsonResidual(y, score);
        sums[at + 4] += c * distribution.labelTerm(y);
        sums[at + 5] += c * distribution.scoreTerm(y, score);
        sums[at + 6] += c * distribution.slope(y, nullScore);
        sums[at + 7] += c * distribution.information(nullScore);
      }
      return sums;
    }
  }
}
