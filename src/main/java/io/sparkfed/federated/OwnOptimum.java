package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.Layout.Kind;
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

/**
 * A worker's model after training on its own rows, times their weight; with the weight.
 *
 * @param loss of a row
 * @param shape the model's
 * @param penalty of the worker's objective
 * @param solver the local solver
 * @param scaling the federation's; the identity where workers have their own
 * @param seed the run's
 * @param start where to start, in training units
 */
public record OwnOptimum(
    VectorLoss loss,
    ModelShape shape,
    Penalty penalty,
    LocalSolver solver,
    Scaling scaling,
    long seed,
    double[] start)
    implements Statement<Shard> {
  public static final String MODEL = "model";
  public static final String WEIGHT = "weight";

  @Override
  public long parameters() {
    return shape.size();
  }

  @Override
  public Layout layout() {
    return Layout.empty().of(Kind.ALIKE, MODEL, shape.size()).exact(WEIGHT);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    Scaling own = WorkersScaling.of(shard, scaling);
    LinearObjective objective =
        new LinearObjective(loss, shard.train(), shape, own, penalty, Reduction.MEAN);
    SeededRandom random = new SeededRandom(Seeds.derive(seed, "warm-start", 0, worker));
    double weight = shard.train().totalWeight();
    return layout()
        .zeros()
        .setScaled(MODEL, weight, solver.solve(objective, start, random))
        .set(WEIGHT, weight)
        .values();
  }
}
