package io.sparkfed.federated;

import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.data.Examples;
import io.sparkfed.data.ScoreSink;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.LinearDerivatives;
import io.sparkfed.objective.LinearObjective;
import io.sparkfed.objective.Reduction;
import io.sparkfed.privacy.ClipBound;
import java.util.Arrays;

/**
 * What a worker does in a round of a lossless method: sums of the loss of its training rows, of its
 * derivatives at the model it received, and the evaluation of that model. All of it leaves in one
 * vector {@code [Hessian..., gradient..., loss, weight, label sums..., evaluation...]}; the Hessian
 * is there only for a method that needs it, and the label sum is that of weighted labels, for
 * softmax that of the weights of each class. A visit that only evaluates leaves zeros in the place
 * of the derivatives.
 */
final class PooledWork implements WorkerTask<Shard, ModelBroadcast, double[]> {
  private static final long serialVersionUID = 1L;

  private final VectorLoss loss;
  private final ModelShape shape;
  private final Derivatives derivatives;
  private final boolean needsHessian;
  private final MetricSums metrics;
  private final TestRows testRows;
  private final ClipBound clip;
  private final Scaling federatedScaling;

  /** Whether the optimizer still wants to know of the model, or it is only evaluated. */
  enum Derivatives {
    WANTED,
    ZEROS
  }

  /** Takes what the plan says of the rows; the scaling is the identity unless federated. */
  PooledWork(
      TrainingPlan plan, Derivatives derivatives, boolean needsHessian, Scaling federatedScaling) {
    this.derivatives = derivatives;
    this.loss = plan.loss();
    this.shape = plan.shape();
    this.needsHessian = needsHessian;
    this.metrics = plan.metrics();
    this.testRows = TestRows.of(plan);
    this.clip = plan.clip();
    this.federatedScaling = federatedScaling;
  }

  @Override
  public double[] run(String worker, Shard shard, ModelBroadcast broadcast) {
    clip.requireNone(worker);
    Scaling scaling = LocalWork.scaling(shard, federatedScaling);
    double[] model = broadcast.coefficients();
    Examples rows = shard.train();
    double[] hessian = new double[0];
    double[] gradient;
    double value;
    double[] evaluation = new double[LocalWork.evaluationLength(metrics)];
    ScoreSink ofTraining = metrics.into(rows, evaluation, 0);
    LinearObjective objective = new LinearObjective(loss, rows, shape, scaling, 0.0, Reduction.SUM);
    if (derivatives == Derivatives.ZEROS) {
      hessian = new double[needsHessian ? SymmetricMatrix.packedLength(model.length) : 0];
      gradient = new double[model.length];
      value = objective.value(model, ofTraining);
    } else if (needsHessian) {
      LinearDerivatives sums = LinearDerivatives.at(model, loss, rows, shape, scaling, ofTraining);
      hessian = sums.hessian();
      gradient = sums.gradient();
      value = sums.value();
    } else {
      gradient = new double[model.length];
      value = objective.valueAndGradient(model, gradient, ofTraining);
    }
    LocalWork.evaluateTest(
        metrics, testRows, shard, new Coefficients(shape, scaling.toRaw(model)), evaluation);
    return concatenated(
        hessian,
        gradient,
        new double[] {value, rows.totalWeight()},
        labelSums(rows, shape.outputs()),
        evaluation);
  }

  private static double[] labelSums(Examples rows, int outputs) {
    double[] sums = new double[outputs];
    for (int i = 0; i < rows.rows(); i++) {
      if (outputs == 1) {
        sums[0] += rows.weight(i) * rows.label(i);
      } else {
        sums[(int) rows.label(i)] += rows.weight(i);
      }
    }
    return sums;
  }

  private static double[] concatenated(double[]... parts) {
    double[] all = new double[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
    int at = 0;
    for (double[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
