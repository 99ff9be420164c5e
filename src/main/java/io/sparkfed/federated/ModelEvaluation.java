package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;

/**
 * A finished model's evaluation on a worker's training and test rows; with the weight of the
 * former.
 *
 * @param metrics what is evaluated
 * @param testRows whether test rows are in the evaluation
 * @param shape the model's
 * @param scaling the federation's; the identity where workers have their own
 * @param model in training units
 */
public record ModelEvaluation(
    MetricSums metrics, TestRows testRows, ModelShape shape, Scaling scaling, double[] model)
    implements Statement<Shard> {
  public static final String WEIGHT = "weight";

  @Override
  public long parameters() {
    return shape.size();
  }

  @Override
  public Layout layout() {
    return EvaluationSums.behind(Layout.empty().exact(WEIGHT), metrics);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    Coefficients raw = new Coefficients(shape, WorkersScaling.of(shard, scaling).toRaw(model));
    NamedVector answer = layout().zeros().set(WEIGHT, shard.train().totalWeight());
    metrics.add(shard.train(), raw, answer.values(), EvaluationSums.trainFrom(answer));
    EvaluationSums.writeTest(answer, metrics, testRows, shard, raw);
    return answer.values();
  }
}
