package io.sparkfed.federated.exact;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NonFiniteUpdateException;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.Ask;
import io.sparkfed.federated.OwnOptimum;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.Penalty;
import io.sparkfed.solver.LocalSolver;
import java.util.Optional;

/**
 * One round of local training, averaged over the workers by their rows' weights: where a search for
 * the exact optimum may start. The optimum doesn't depend on it.
 */
public final class WarmStart {
  private WarmStart() {}

  /**
   * Returns the average in training units; empty where a worker's model or the average isn't
   * finite.
   *
   * @param start where each worker starts
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  public static Optional<double[]> of(
      Federation<Shard> federation,
      TrainingPlan plan,
      Scaling scaling,
      LocalSolver solver,
      double[] start) {
    OwnOptimum statement =
        new OwnOptimum(
            plan.loss(),
            plan.shape(),
            new Penalty(plan.l1(), plan.l2()),
            solver,
            scaling,
            plan.seed(),
            start);
    try {
      return Optional.of(
          Ask.workers(federation, plan.sums(), "warm start: local training", statement)
              .mean(OwnOptimum.MODEL, OwnOptimum.WEIGHT));
    } catch (NonFiniteUpdateException e) {
      return Optional.empty();
    }
  }
}
