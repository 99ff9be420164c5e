package io.sparkfed.federated.exact;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.aggregate.NonFiniteUpdateException;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.Ask;
import io.sparkfed.federated.SampledCurvature;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.SampledGram;
import java.util.List;
import java.util.Optional;

/**
 * How features are correlated, from a sample of every worker's rows in one secure sum: what a
 * search that makes no Hessians may start from. The optimum doesn't depend on it.
 */
public final class StartingCurvature {
  /** Rows of all workers' samples for each feature: then it errs by about a quarter. */
  private static final int ROWS_A_FEATURE = 40;

  private static final int LEAST_ROWS = 100;

  /** The sum of a sample's squares, scaled up, may exceed that of all rows. */
  private static final double MARGIN = 8.0;

  private StartingCurvature() {}

  /**
   * Returns the mean of {@code z z'} over rows z in training units, of order q ({@link
   * SampledGram}); empty where a worker's isn't finite.
   *
   * @param total sum of the rows' weights; NaN where no sum told it
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  public static Optional<SymmetricMatrix> of(
      Federation<Shard> federation, TrainingPlan plan, Scaling scaling, double total) {
    List<String> cohort = federation.workers();
    int order = SampledGram.order(plan.shape());
    int most = Math.max(LEAST_ROWS, ROWS_A_FEATURE * order / cohort.size());
    return of(federation, plan, scaling, total, most, "starting curvature");
  }

  /** Returns the same of all rows, which tells what a sample can't: that features are dependent. */
  static Optional<SymmetricMatrix> ofAllRows(
      Federation<Shard> federation, TrainingPlan plan, Scaling scaling, double total) {
    return of(federation, plan, scaling, total, Integer.MAX_VALUE, "correlations of features");
  }

  private static Optional<SymmetricMatrix> of(
      Federation<Shard> federation,
      TrainingPlan plan,
      Scaling scaling,
      double total,
      int most,
      String what) {
    List<String> cohort = federation.workers();
    SampledCurvature statement = new SampledCurvature(plan.shape(), scaling, most);
    VectorSum sum = plan.sums().sumOf(statement.layout());
    if (Double.isFinite(total)) {
      sum.expect(MARGIN * total, cohort.size());
    }
    try {
      NamedVector opened = Ask.whole(sum, federation, cohort, what, statement);
      double weight = opened.get(SampledCurvature.WEIGHT);
      return weight > 0.0
          ? Optional.of(
              SymmetricMatrix.of(SampledGram.order(plan.shape()), opened.all(SampledCurvature.GRAM))
                  .times(1.0 / weight))
          : Optional.empty();
    } catch (NonFiniteUpdateException e) {
      return Optional.empty();
    }
  }
}
