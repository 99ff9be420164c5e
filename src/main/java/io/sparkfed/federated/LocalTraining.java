package io.sparkfed.federated;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;

/**
 * A round of averaging at a worker, where everybody takes part: evaluates the global model on its
 * training and test rows, then trains from it. What leaves is the update times its weight, the
 * weight, the evaluation, and whether the update was longer than its owner allows.
 *
 * <p>Truth values leave as 0 or 1, so that the driver learns how many such workers there are and
 * not which.
 *
 * @param update the training
 * @param metrics what is evaluated
 * @param testRows whether test rows are in the evaluation
 * @param trains whether to train; otherwise the update is 0
 */
public record LocalTraining(
    LocalUpdate update, MetricSums metrics, TestRows testRows, boolean trains)
    implements Statement<Shard> {
  public static final String WEIGHT = "weight";
  public static final String LABELS = "labels";
  public static final String CLIPPED = "was clipped";

  /** Takes what the plan says of local training. */
  public static LocalTraining of(
      TrainingPlan plan, Scaling scaling, int round, double[] model, boolean trains) {
    return new LocalTraining(
        LocalUpdate.of(plan, scaling, round, model), plan.metrics(), TestRows.of(plan), trains);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The update is the same as of the training alone.
   */
  @Override
  public byte[] subject() {
    return trains ? update.toBytes() : toBytes();
  }

  @Override
  public long parameters() {
    return update.parameters();
  }

  @Override
  public Layout layout() {
    return layout(update.shape(), metrics);
  }

  public static Layout layout(ModelShape shape, MetricSums metrics) {
    Layout weighed =
        Layout.empty()
            .scaled(LocalUpdate.UPDATE, shape.size())
            .exact(WEIGHT)
            .exact(LABELS, shape.outputs());
    return EvaluationSums.behind(weighed, metrics).whole(CLIPPED);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    return answer(worker, shard, Clip.NONE);
  }

  @Override
  public double[] answer(String worker, Shard shard, Clip clip) {
    double[] own = trains ? update.update(worker, shard) : new double[update.model().length];
    double[] bounded = clip.clipped(own);
    double weight = update.weight(shard);
    NamedVector answer =
        layout()
            .zeros()
            .setScaled(LocalUpdate.UPDATE, weight, bounded)
            .set(WEIGHT, weight)
            .setAll(LABELS, LabelsByOutput.sums(shard.train(), update.shape()))
            .set(CLIPPED, bounded == own ? 0.0 : 1.0);
    Scaling scaling = WorkersScaling.of(shard, update.scaling());
    Coefficients raw = new Coefficients(update.shape(), scaling.toRaw(update.model()));
    metrics.add(shard.train(), raw, answer.values(), EvaluationSums.trainFrom(answer));
    EvaluationSums.writeTest(answer, metrics, testRows, shard, raw);
    return answer.values();
  }
}
