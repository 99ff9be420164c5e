package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;

/**
 * A model's evaluation on test rows alone.
 *
 * @param metrics what is evaluated
 * @param shape the model's
 * @param scaling the federation's; the identity where workers have their own
 * @param model in training units
 */
public record TestEvaluation(MetricSums metrics, ModelShape shape, Scaling scaling, double[] model)
    implements Statement<Shard> {
  @Override
  public long parameters() {
    return shape.size();
  }

  @Override
  public Layout layout() {
    return EvaluationSums.ofTest(metrics);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    NamedVector answer = layout().zeros();
    if (TestRows.areHeldBy(shard)) {
      double[] raw = WorkersScaling.of(shard, scaling).toRaw(model);
      metrics.add(
          shard.test(),
          new Coefficients(shape, raw),
          answer.values(),
          EvaluationSums.testFrom(answer));
      answer.set(EvaluationSums.HOLDS_TEST_ROWS, 1.0);
    }
    return answer.values();
  }
}
