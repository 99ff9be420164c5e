package io.sparkfed.federated.noised;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.BoundedSums;
import io.sparkfed.evaluation.NoisedMetrics;
import io.sparkfed.federated.AskedRows;
import io.sparkfed.federated.EvaluationWithin;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.math.Interval;
import io.sparkfed.privacy.Zcdp;
import java.util.Optional;

/** Asks how good a finished model is, in one release for each part of the rows; at the driver. */
final class NoisedEvaluation {
  private final TrainingPlan plan;
  private final PrivatePlan privacy;
  private final Releases releases;

  NoisedEvaluation(TrainingPlan plan, Releases releases) {
    this.plan = plan;
    this.privacy = plan.privacy().orElseThrow();
    this.releases = releases;
  }

  /**
   * Asks for the metrics of some of the rows.
   *
   * @param model in the units of the cut's scaling
   * @param cost of the release
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  NoisedMetrics of(Federation<Shard> federation, AskedRows rows, double[] model, Zcdp cost) {
    EvaluationWithin asked =
        new EvaluationWithin(
            sums(plan.shape().intercept(model, 0)),
            rows,
            plan.shape(),
            privacy.cut(),
            privacy.cut().scaling().toRaw(model));
    double noise = releases.deviation(asked, cost);
    double[] opened =
        releases
            .ask(
                federation,
                "evaluation",
                rows == AskedRows.TRAIN ? "evaluation of training rows" : "evaluation of test rows",
                asked,
                cost)
            .values();
    return asked.metrics(opened, noise);
  }

  /**
   * @param center the score in the middle of the columns' bounds, which is the intercept in the
   *     units of the cut
   */
  private BoundedSums sums(double center) {
    Optional<Interval> labels =
        plan.family().isClassifier()
            ? Optional.empty()
            : Optional.of(
                new Interval(
                    privacy.labelMiddle() - privacy.labelScale(),
                    privacy.labelMiddle() + privacy.labelScale()));
    return BoundedSums.of(plan.family(), plan.loss(), privacy.metrics(), labels, center);
  }
}
