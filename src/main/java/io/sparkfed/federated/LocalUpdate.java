package io.sparkfed.federated;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.Shard;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.SeededRandom;
import io.sparkfed.math.Seeds;
import io.sparkfed.math.Vectors;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.Anchor;
import io.sparkfed.objective.LinearObjective;
import io.sparkfed.objective.Penalty;
import io.sparkfed.objective.Reduction;
import io.sparkfed.solver.LocalSolver;

/**
 * Local training at a worker, in a round that some stay away from. What leaves is the power of two
 * that is nearest to the update's weight, and the update (start minus end) times that: the weight
 * itself, the same in each round, could be found from a few of them.
 *
 * @param loss of a row
 * @param shape the model's
 * @param penalty of the worker's objective
 * @param proximalMu how strongly the objective holds to the global model, at least 0
 * @param reduction sum or mean of the rows' losses
 * @param solver the local solver
 * @param weighting what an update weighs
 * @param scaling the federation's; the identity where workers have their own
 * @param seed the run's
 * @param round number of the round, from 1; 0 outside
 * @param model the global model in training units
 */
public record LocalUpdate(
    VectorLoss loss,
    ModelShape shape,
    Penalty penalty,
    double proximalMu,
    Reduction reduction,
    LocalSolver solver,
    Weighting weighting,
    Scaling scaling,
    long seed,
    int round,
    double[] model)
    implements Statement<Shard> {
  public static final String UPDATE = "update";
  public static final String COARSE_WEIGHT = "power of two near the weight";

  private static final double SQRT_OF_TWO = Math.sqrt(2.0);

  /** Takes what the plan says of local training. */
  public static LocalUpdate of(TrainingPlan plan, Scaling scaling, int round, double[] model) {
    return new LocalUpdate(
        plan.loss(),
        plan.shape(),
        new Penalty(plan.l1(), plan.l2()),
        plan.proximalMu(),
        plan.reduction(),
        plan.solver(),
        plan.weighting(),
        scaling,
        plan.seed(),
        round,
        model);
  }

  /** Returns the layout for models of a shape. */
  public static Layout layout(ModelShape shape) {
    return Layout.empty().scaled(UPDATE, shape.size()).exact(COARSE_WEIGHT);
  }

  @Override
  public boolean isOfAll() {
    return false;
  }

  @Override
  public long parameters() {
    return shape.size();
  }

  @Override
  public Layout layout() {
    return layout(shape);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    return answer(worker, shard, Clip.NONE);
  }

  @Override
  public double[] answer(String worker, Shard shard, Clip clip) {
    double weight = coarse(weight(shard));
    return layout()
        .zeros()
        .setScaled(UPDATE, weight, clip.clipped(update(worker, shard)))
        .set(COARSE_WEIGHT, weight)
        .values();
  }

  /** Returns the model minus what the worker's training makes of it. */
  double[] update(String worker, Shard shard) {
    LinearObjective objective =
        new LinearObjective(
            loss,
            shard.train(),
            shape,
            WorkersScaling.of(shard, scaling),
            penalty,
            reduction,
            new Anchor(proximalMu, model));
    SeededRandom random = new SeededRandom(Seeds.derive(seed, "local-training", round, worker));
    return Vectors.subtract(model, solver.inRound(round).solve(objective, model, random));
  }

  /** Returns what the worker's update weighs among those of all. */
  double weight(Shard shard) {
    return weighting == Weighting.ROWS ? shard.train().totalWeight() : 1.0;
  }

  /** Returns the power of two that is nearest by ratio; 0 stays 0. */
  static double coarse(double weight) {
    if (weight == 0.0) {
      return 0.0;
    }
    int exponent = Math.getExponent(weight);
    double mantissa = Math.scalb(weight, -exponent);
    return Math.scalb(1.0, mantissa > SQRT_OF_TWO ? exponent + 1 : exponent);
  }
}
