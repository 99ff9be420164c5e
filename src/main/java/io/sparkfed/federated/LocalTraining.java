package io.sparkfed.federated;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.SeededRandom;
import io.sparkfed.math.Seeds;
import io.sparkfed.math.Vectors;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.Anchor;
import io.sparkfed.objective.LinearObjective;
import io.sparkfed.objective.Penalty;
import io.sparkfed.objective.Reduction;
import io.sparkfed.solver.LocalSolver;

/**
 * A round of averaging at a worker: evaluates the global model on its training and test rows, then
 * trains from it. What leaves is the update (start minus end) times its weight, the weight, the
 * evaluation, and whether the update was longer than its owner allows.
 *
 * <p>Truth values leave as 0 or 1, so that the driver learns how many such workers there are and
 * not which.
 *
 * @param loss of a row
 * @param shape the model's
 * @param penalty of the worker's objective
 * @param proximalMu how strongly the objective holds to the global model, at least 0
 * @param reduction sum or mean of the rows' losses
 * @param solver the local solver
 * @param weighting what an update weighs
 * @param metrics what is evaluated
 * @param testRows whether test rows are in the evaluation
 * @param scaling the federation's; the identity where workers have their own
 * @param seed the run's
 * @param round number of the round, from 1; 0 outside
 * @param model the global model in training units
 * @param trains whether to train; otherwise the update is 0
 */
public record LocalTraining(
    VectorLoss loss,
    ModelShape shape,
    Penalty penalty,
    double proximalMu,
    Reduction reduction,
    LocalSolver solver,
    Weighting weighting,
    MetricSums metrics,
    TestRows testRows,
    Scaling scaling,
    long seed,
    int round,
    double[] model,
    boolean trains)
    implements Statement<Shard> {
  public static final String UPDATE = "update";
  public static final String WEIGHT = "weight";
  public static final String LABELS = "labels";
  public static final String CLIPPED = "was clipped";

  /** Takes what the plan says of local training. */
  public static LocalTraining of(
      TrainingPlan plan, Scaling scaling, int round, double[] model, boolean trains) {
    return new LocalTraining(
        plan.loss(),
        plan.shape(),
        new Penalty(plan.l1(), plan.l2()),
        plan.proximalMu(),
        plan.reduction(),
        plan.solver(),
        plan.weighting(),
        plan.metrics(),
        TestRows.of(plan),
        scaling,
        plan.seed(),
        round,
        model,
        trains);
  }

  @Override
  public long parameters() {
    return shape.size();
  }

  @Override
  public Layout layout() {
    return layout(shape, metrics);
  }

  public static Layout layout(ModelShape shape, MetricSums metrics) {
    Layout update =
        Layout.empty().scaled(UPDATE, shape.size()).exact(WEIGHT).exact(LABELS, shape.outputs());
    return EvaluationSums.behind(update, metrics).whole(CLIPPED);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    return answer(worker, shard, Clip.NONE);
  }

  @Override
  public double[] answer(String worker, Shard shard, Clip clip) {
    Scaling own = WorkersScaling.of(shard, scaling);
    double[] update = new double[model.length];
    if (trains) {
      Anchor anchor = new Anchor(proximalMu, model);
      LinearObjective objective =
          new LinearObjective(loss, shard.train(), shape, own, penalty, reduction, anchor);
      SeededRandom random = new SeededRandom(Seeds.derive(seed, "local-training", round, worker));
      update = Vectors.subtract(model, solver.inRound(round).solve(objective, model, random));
    }
    Coefficients raw = new Coefficients(shape, own.toRaw(model));
    double[] bounded = clip.clipped(update);
    double weight = weighting == Weighting.ROWS ? shard.train().totalWeight() : 1.0;
    NamedVector answer =
        layout()
            .zeros()
            .setScaled(UPDATE, weight, bounded)
            .set(WEIGHT, weight)
            .setAll(LABELS, LabelsByOutput.sums(shard.train(), shape))
            .set(CLIPPED, bounded == update ? 0.0 : 1.0);
    metrics.add(shard.train(), raw, answer.values(), EvaluationSums.trainFrom(answer));
    EvaluationSums.writeTest(answer, metrics, testRows, shard, raw);
    return answer.values();
  }
}
