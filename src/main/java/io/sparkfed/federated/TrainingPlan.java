package io.sparkfed.federated;

import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Standardize;
import io.sparkfed.objective.Reduction;
import io.sparkfed.server.ServerOptimizer;
import io.sparkfed.solver.LocalSolver;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The slots of a training, filled.
 *
 * @param family what is trained
 * @param loss the family's loss, with as many outputs as the shape
 * @param shape the model's shape
 * @param l1 lasso penalty of each worker's objective, or beside the mean loss of all rows; at least
 *     0
 * @param l2 ridge penalty of the same, at least 0
 * @param proximalMu how strongly each worker's objective holds to the global model, at least 0
 * @param standardize whose moments the features are standardized with
 * @param reduction sum or mean of the rows' losses at a worker
 * @param solver the local solver
 * @param weighting what a worker's update weighs
 * @param sums the sums all numbers travel through
 * @param server the server optimizer
 * @param cohort who takes part in a round
 * @param rounds number of rounds, at least 1
 * @param tolerance averaging ends when two rounds in a row change the mean training loss by at most
 *     this part of it; empty for all rounds. Of no meaning where {@code exact} is
 * @param divergenceFactor training stops when the mean training loss exceeds this multiple of the
 *     initial model's; greater than 1
 * @param metrics what is evaluated
 * @param leastHolders the least number of workers that must hold test rows for a sum over them to
 *     be opened; empty where no rows are held out, and then workers send zeros
 * @param seed the run's seed
 * @param exact what minimizes the objective of all rows from secure sums of its derivatives; where
 *     there is one, nothing is trained locally, and {@code proximalMu}, {@code reduction}, {@code
 *     solver}, {@code weighting}, {@code server} and {@code cohort} are not used
 * @param privacy how rows are protected from what sums say of them; where there is one, nothing
 *     else of the kind is used, {@code exact} neither
 */
public record TrainingPlan(
    Family family,
    VectorLoss loss,
    ModelShape shape,
    double l1,
    double l2,
    double proximalMu,
    Standardize standardize,
    Reduction reduction,
    LocalSolver solver,
    Weighting weighting,
    SumFactory sums,
    ServerOptimizer server,
    Cohort cohort,
    int rounds,
    OptionalDouble tolerance,
    double divergenceFactor,
    MetricSums metrics,
    OptionalInt leastHolders,
    long seed,
    Optional<ExactPlan> exact,
    Optional<PrivatePlan> privacy) {

  /**
   * @throws IllegalArgumentException if {@code rounds} or {@code divergenceFactor} is out of range
   */
  public TrainingPlan {
    if (rounds < 1) {
      throw new IllegalArgumentException("rounds must be >= 1. Provided value: " + rounds);
    }
    if (!(divergenceFactor > 1.0)) {
      throw new IllegalArgumentException(
          "divergence-factor must be > 1. Provided value: " + divergenceFactor);
    }
  }

  /** Returns the same plan with all its numbers travelling through other sums. */
  public TrainingPlan through(SumFactory others) {
    return with(others, leastHolders);
  }

  /** Returns the same plan with zeros in place of all sums over test rows. */
  public TrainingPlan withoutTestRows() {
    return with(sums, OptionalInt.empty());
  }

  private TrainingPlan with(SumFactory others, OptionalInt holders) {
    return new TrainingPlan(
        family,
        loss,
        shape,
        l1,
        l2,
        proximalMu,
        standardize,
        reduction,
        solver,
        weighting,
        others,
        server,
        cohort,
        rounds,
        tolerance,
        divergenceFactor,
        metrics,
        holders,
        seed,
        exact,
        privacy);
  }
}
