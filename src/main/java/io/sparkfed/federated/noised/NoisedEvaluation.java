package io.sparkfed.federated.noised;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.BoundedSums;
import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.evaluation.NoisedMetrics;
import io.sparkfed.evaluation.PrivacyAccount.Released;
import io.sparkfed.federated.AskedRows;
import io.sparkfed.federated.EvaluationWithin;
import io.sparkfed.federated.MeansWithin;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.Statement;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.math.Interval;
import io.sparkfed.privacy.Zcdp;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** Asks how good a finished model is, in one release for each part of the rows; at the driver. */
public final class NoisedEvaluation {
  private final TrainingPlan plan;
  private final PrivatePlan privacy;
  private final Releases releases;

  /**
   * Begins an account of its own.
   *
   * @param workers how many are asked
   */
  public NoisedEvaluation(TrainingPlan plan, int workers) {
    this(plan, Releases.of(plan, workers));
  }

  /** Takes what is asked into an account. */
  NoisedEvaluation(TrainingPlan plan, Releases releases) {
    this.plan = plan;
    this.privacy = plan.privacy().orElseThrow();
    this.releases = releases;
  }

  /**
   * Asks for the metrics of some of the rows; where whole workers are hidden, in the mean of
   * workers.
   *
   * @param model in raw units
   * @param cost of the release
   * @return empty where it may cost nothing: then nobody is asked
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  public Optional<NoisedMetrics> within(
      Federation<Shard> federation, AskedRows rows, double[] model, Zcdp cost) {
    if (cost.equals(Zcdp.NOTHING)) {
      return Optional.empty();
    }
    BoundedSums sums = sums(center(model));
    if (privacy.unit() == HiddenUnit.WORKER) {
      MeansWithin asked = new MeansWithin(sums, rows, plan.shape(), model);
      return Optional.of(asked(federation, rows, asked, cost, asked::metrics));
    }
    EvaluationWithin asked = new EvaluationWithin(sums, rows, plan.shape(), privacy.cut(), model);
    return Optional.of(asked(federation, rows, asked, cost, asked::metrics));
  }

  private NoisedMetrics asked(
      Federation<Shard> federation,
      AskedRows rows,
      Statement<Shard> asked,
      Zcdp cost,
      BiFunction<double[], Double, NoisedMetrics> metrics) {
    double[] opened =
        releases
            .ask(
                federation,
                "evaluation",
                rows == AskedRows.TRAIN ? "evaluation of training rows" : "evaluation of test rows",
                asked,
                cost)
            .values();
    return metrics.apply(opened, releases.deviation(asked, cost));
  }

  /** Returns of how many workers the noise is relied on. */
  public int honestWorkers() {
    return releases.honest();
  }

  /** Returns what was released so far. */
  public List<Released> releases() {
    return releases.all();
  }

  /** Returns the score in the middle of the columns' bounds. */
  private double center(double[] model) {
    double[] middles = privacy.cut().scaling().means();
    double score = plan.shape().intercept(model, 0);
    for (int j = 0; j < middles.length; j++) {
      score += model[plan.shape().weightsFrom(0) + j] * middles[j];
    }
    return score;
  }

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
