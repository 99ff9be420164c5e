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
import io.sparkfed.federated.PooledPlan.Counting;
import io.sparkfed.loss.Loss;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.LinearDerivatives;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Standard errors and all that goes with them, after an unpenalised fit, through the same sums as
 * the training: one visit brings Fisher's information at the optimum, the deviance, that of the
 * null model, and what the likelihood needs.
 *
 * <p>The null model's score is the link of the mean label, which is the maximum of its likelihood
 * where all rows have the same score. Where they have not, as with offsets, a {@link NullSearch}
 * for that one number goes on from there, a visit of a few numbers a step.
 */
final class FederatedInference {
  private static final int MOST_NULL_STEPS = 60;

  /** Sums at a score that is tried may be so large. */
  private static final double IN_RANGE = 1e60;

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
   * @param note hears what is left out, and why
   * @throws io.sparkfed.math.SingularMatrixException if the information is singular
   */
  static Optional<FitStatistics> of(
      Federation<Shard> federation,
      TrainingPlan plan,
      Scaling scaling,
      double[] model,
      double labelMean,
      double largest,
      Consumer<String> note) {
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
    NullSearch search =
        NullSearch.from(
            distribution.get(),
            plan.shape().hasIntercept() ? distribution.get().scoreOf(labelMean) : 0.0);
    List<String> cohort = federation.workers();
    String description = "statistics of the fit (" + cohort.size() + " workers)";
    double[] sums =
        sum.aggregate(
                federation,
                new Visit<>(description, 0, cohort, new Fit(model, search.score())),
                new Work(plan, scaling, distribution.get()))
            .value();
    if (!(sums[packed + 10] > size)) {
      note.accept(
          "no statistics of the fit: in them a weight counts as so many rows, and weights must sum to"
              + " more than the number of coefficients");
      return Optional.empty();
    }
    double nullDeviance = nullDeviance(federation, plan, search, sums, packed);
    if (Double.isNaN(nullDeviance)) {
      note.accept(
          "no null deviance, and so no R2: that of the intercept alone was not found in "
              + MOST_NULL_STEPS
              + " visits");
    }
    SymmetricMatrix information = SymmetricMatrix.of(size, Arrays.copyOf(sums, packed));
    return Optional.of(
        FitStatistics.of(
            distribution.get(),
            new FitSums(
                sums[packed + 10],
                sums[packed + 1],
                nullDeviance,
                sums[packed + 2],
                sums[packed + 3],
                sums[packed + 4]),
            scaling.toRaw(model),
            plan.shape().hasIntercept(),
            inverseInRawUnits(information, scaling),
            pooled.confidenceLevel()));
  }

  /** Returns the null model's deviance; NaN where its score was not found. */
  private static double nullDeviance(
      Federation<Shard> federation,
      TrainingPlan plan,
      NullSearch first,
      double[] sums,
      int packed) {
    NullSearch search = first;
    NullSearch.Sums at = nullSums(sums, packed + 5);
    if (!plan.shape().hasIntercept()) {
      return at.isFinite() ? at.deviance() : Double.NaN;
    }
    // Without offsets the start is right, and with them it is by about their mean too high.
    double guess = search.score() - sums[packed + 9] / sums[packed];
    ResponseDistribution distribution = search.distribution();
    List<String> cohort = federation.workers();
    for (int step = 1; !search.isDone(at); step++) {
      if (step > MOST_NULL_STEPS) {
        return Double.NaN;
      }
      search = search.next(at, guess);
      guess = Double.NaN;
      double[] tried =
          plan.sums()
              .sumOf(0)
              .aggregate(
                  federation,
                  new Visit<>(
                      "null model (" + cohort.size() + " workers)", 0, cohort, search.score()),
                  (worker, shard, score) -> nullModel(shard.train(), distribution, score))
              .value();
      at = nullSums(tried, 0);
    }
    return at.deviance();
  }

  private static NullSearch.Sums nullSums(double[] sums, int from) {
    return new NullSearch.Sums(sums[from], sums[from + 1], sums[from + 2], sums[from + 3] == 0.0);
  }

  /**
   * Runs at the worker: {@code [deviance, slope, information, 0]} at a score of the null model, or
   * {@code [0, 0, 0, 1]} where they are out of range.
   */
  private static double[] nullModel(
      Examples rows, ResponseDistribution distribution, double nullScore) {
    double[] sums = new double[4];
    for (int i = 0; i < rows.rows(); i++) {
      double c = rows.weight(i);
      double y = rows.label(i);
      double score = nullScore + rows.offset(i);
      sums[0] += c * distribution.unitDeviance(y, score);
      sums[1] += c * distribution.slope(y, score);
      sums[2] += c * distribution.information(score);
    }
    double size = Math.abs(sums[0]) + Math.abs(sums[1]) + sums[2];
    return size < IN_RANGE ? sums : new double[] {0.0, 0.0, 0.0, 1.0};
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
   * Runs at workers. {@code [information..., weight, deviance, Pearson, label term, score term, the
   * null model's four, weighted offsets, rows as the statistics count them]}.
   */
  private static final class Work implements WorkerTask<Shard, Fit, double[]> {
    private static final long serialVersionUID = 1L;
    private static final int SUMS = 11;

    private final Loss loss;
    private final ModelShape shape;
    private final Scaling federatedScaling;
    private final ResponseDistribution distribution;
    private final Counting counting;

    Work(TrainingPlan plan, Scaling federatedScaling, ResponseDistribution distribution) {
      this.loss = (Loss) plan.loss();
      this.shape = plan.shape();
      this.federatedScaling = federatedScaling;
      this.distribution = distribution;
      this.counting = plan.pooled().orElseThrow().counting();
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
        int at = information.length;
        sums[at] += c;
        sums[at + 1] += c * distribution.unitDeviance(y, score);
        sums[at + 2] += c * distribution.squaredPearsonResidual(y, score);
        sums[at + 3] += distribution.labelTerm(y, c);
        sums[at + 4] += c * distribution.scoreTerm(y, score);
        sums[at + 9] += c * rows.offset(i);
        sums[at + 10] += counting == Counting.WEIGHTS ? c : Math.signum(c);
      }
      double[] ofNull = nullModel(rows, distribution, fit.nullScore);
      System.arraycopy(ofNull, 0, sums, information.length + 5, ofNull.length);
      return sums;
    }
  }
}
