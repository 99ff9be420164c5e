package io.sparkfed.federated;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NonFiniteUpdateException;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WeightedMean;
import io.sparkfed.aggregate.WeightedUpdate;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.data.Shard;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.SeededRandom;
import io.sparkfed.math.Seeds;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.LinearObjective;
import io.sparkfed.objective.Penalty;
import io.sparkfed.objective.Reduction;
import io.sparkfed.solver.LocalSolver;
import java.util.List;
import java.util.Optional;

/**
 * One round of local training, averaged over the workers by their rows' weights: where a search for
 * the pooled optimum may start. The optimum doesn't depend on it.
 */
final class WarmStart {
  private WarmStart() {}

  /**
   * Returns the average in training units; empty where a worker's model or the average isn't
   * finite.
   *
   * @param start where each worker starts
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  static Optional<double[]> of(
      Federation<Shard> federation,
      TrainingPlan plan,
      Scaling scaling,
      LocalSolver solver,
      double[] start) {
    List<String> cohort = federation.workers();
    String description = "warm start: local training (" + cohort.size() + " workers)";
    try {
      return Optional.of(
          new WeightedMean(plan.sums().sumOf(0), plan.shape().size())
              .aggregate(
                  federation,
                  new Visit<>(description, 0, cohort, start),
                  new Work(plan, scaling, solver))
              .value()
              .update());
    } catch (NonFiniteUpdateException e) {
      return Optional.empty();
    }
  }

  /** Runs at a worker. */
  private static final class Work implements WorkerTask<Shard, double[], WeightedUpdate> {
    private static final long serialVersionUID = 1L;

    private final VectorLoss loss;
    private final ModelShape shape;
    private final Penalty penalty;
    private final Scaling federatedScaling;
    private final LocalSolver solver;
    private final long runSeed;

    Work(TrainingPlan plan, Scaling federatedScaling, LocalSolver solver) {
      this.loss = plan.loss();
      this.shape = plan.shape();
      this.penalty = new Penalty(plan.l1(), plan.l2());
      this.federatedScaling = federatedScaling;
      this.solver = solver;
      this.runSeed = plan.seed();
    }

    @Override
    public WeightedUpdate run(String worker, Shard shard, double[] start) {
      Scaling scaling = LocalWork.scaling(shard, federatedScaling);
      LinearObjective objective =
          new LinearObjective(loss, shard.train(), shape, scaling, penalty, Reduction.MEAN);
      SeededRandom random = new SeededRandom(Seeds.derive(runSeed, "warm-start", 0, worker));
      double[] own = solver.solve(objective, start, random);
      return new WeightedUpdate(own, shard.train().totalWeight(), new double[0]);
    }
  }
}
