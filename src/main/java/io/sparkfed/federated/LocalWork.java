package io.sparkfed.federated;

import io.sparkfed.aggregate.WeightedUpdate;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.SeededRandom;
import io.sparkfed.math.Seeds;
import io.sparkfed.math.Vectors;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.LinearObjective;
import io.sparkfed.objective.Penalty;
import io.sparkfed.objective.Reduction;
import io.sparkfed.privacy.ClipBound;
import io.sparkfed.solver.LocalSolver;
import java.util.Arrays;

/**
 * What a worker does in a round: evaluates the global model it received on its training and test
 * rows, then trains from it. All of it leaves in one {@link WeightedUpdate}: the update (start
 * minus end), its weight, and {@code [train sums..., test sums..., holds one class only, holds test
 * rows, was clipped]}.
 *
 * <p>The last coordinates are 1 at a worker whose training labels are all equal, one whose test
 * rows are in the sums, and where the update was longer than its owner allows, so that the driver
 * learns how many such workers there are and not which.
 */
final class LocalWork implements WorkerTask<Shard, ModelBroadcast, WeightedUpdate> {
  private static final long serialVersionUID = 1L;

  private final VectorLoss loss;
  private final ModelShape shape;
  private final Penalty penalty;
  private final Reduction reduction;
  private final LocalSolver solver;
  private final Weighting weighting;
  private final ClipBound clip;
  private final MetricSums metrics;
  private final TestRows testRows;
  private final Scaling federatedScaling;
  private final long runSeed;

  /** Takes what the plan says of local work; the scaling is the identity unless federated. */
  LocalWork(TrainingPlan plan, Scaling federatedScaling) {
    this.loss = plan.loss();
    this.shape = plan.shape();
    this.penalty = new Penalty(plan.l1(), plan.l2());
    this.reduction = plan.reduction();
    this.solver = plan.solver();
    this.weighting = plan.weighting();
    this.clip = plan.clip();
    this.metrics = plan.metrics();
    this.testRows = TestRows.of(plan);
    this.federatedScaling = federatedScaling;
    this.runSeed = plan.seed();
  }

  @Override
  public WeightedUpdate run(String worker, Shard shard, ModelBroadcast broadcast) {
    Scaling scaling = scaling(shard, federatedScaling);
    double[] start = broadcast.coefficients();
    double[] update = new double[start.length];
    if (broadcast.train()) {
      LinearObjective objective =
          new LinearObjective(loss, shard.train(), shape, scaling, penalty, reduction);
      long seed = Seeds.derive(runSeed, "local-training", broadcast.round(), worker);
      LocalSolver ofRound = solver.inRound(broadcast.round());
      update = Vectors.subtract(start, ofRound.solve(objective, start, new SeededRandom(seed)));
    }
    Coefficients raw = new Coefficients(shape, scaling.toRaw(start));
    double weight = weighting == Weighting.ROWS ? shard.train().totalWeight() : 1.0;
    double[] evaluation = evaluation(metrics, testRows, shard, raw);
    double[] sums = Arrays.copyOf(evaluation, evaluation.length + 1);
    WeightedUpdate clipped = clip.clipped(worker, new WeightedUpdate(update, weight, sums));
    sums[evaluation.length] = clipped.update() == update ? 0.0 : 1.0;
    return clipped;
  }

  /** Returns the federation's scaling, or the worker's own where that is the identity. */
  static Scaling scaling(Shard shard, Scaling federated) {
    return federated.isIdentity() ? shard.scaling() : federated;
  }

  /**
   * Returns {@code [train sums..., test sums..., holds one class only, holds test rows]} of a model
   * in the units of the rows.
   */
  private static double[] evaluation(
      MetricSums metrics, TestRows testRows, Shard shard, Coefficients model) {
    double[] sums = new double[evaluationLength(metrics)];
    metrics.add(shard.train(), model, sums, 0);
    evaluateTest(metrics, testRows, shard, model, sums);
    return sums;
  }

  /** Adds all but the sums of the training rows to what {@link #evaluation} returns. */
  static void evaluateTest(
      MetricSums metrics, TestRows testRows, Shard shard, Coefficients model, double[] sums) {
    int length = metrics.length();
    sums[2 * length] = holdsOneLabel(shard.train()) ? 1.0 : 0.0;
    if (testRows == TestRows.SUMMED && TestRows.areHeldBy(shard)) {
      metrics.add(shard.test(), model, sums, length);
      sums[2 * length + 1] = 1.0;
    }
  }

  static int evaluationLength(MetricSums metrics) {
    return 2 * metrics.length() + 2;
  }

  private static boolean holdsOneLabel(Examples rows) {
    for (int i = 1; i < rows.rows(); i++) {
      if (rows.label(i) != rows.label(0)) {
        return false;
      }
    }
    return true;
  }
}
