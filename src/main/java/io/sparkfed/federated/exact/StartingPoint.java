package io.sparkfed.federated.exact;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.aggregate.NonFiniteUpdateException;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.Ask;
import io.sparkfed.federated.ExponentiatedOffsets;
import io.sparkfed.federated.LabelSums;
import io.sparkfed.federated.LabelsAndOffsets;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.model.ModelShape;
import java.util.Optional;

/**
 * Where the search for a exact optimum starts: all weights 0, and the intercept about where it is
 * the best alone, from secure sums of labels and offsets. Labels that are millions, or offsets that
 * are, else begin so far from the optimum that steps over- or underflow, and what has been gained
 * says nothing of what is left.
 *
 * @param point the model, in any training units, as all weights are 0
 * @param meanLabel the mean label; NaN where no sum told it
 */
public record StartingPoint(double[] point, double meanLabel) {

  /** Returns the zero model. */
  public static StartingPoint zero(ModelShape shape) {
    return new StartingPoint(new double[shape.size()], Double.NaN);
  }

  /**
   * Returns the start.
   *
   * @param known sums that were opened before; empty to ask for them where they matter
   * @throws io.sparkfed.aggregate.AggregationException if a sum could not be opened
   */
  public static StartingPoint of(
      Federation<Shard> federation, TrainingPlan plan, Optional<LabelSums> known) {
    boolean asks = plan.shape().hasIntercept() && plan.shape().outputs() == 1;
    Optional<LabelSums> sums = known;
    if (known.isEmpty() && asks) {
      sums = Optional.of(labels(federation, plan));
    }
    if (sums.isEmpty()) {
      return zero(plan.shape());
    }
    double mean = sums.get().meanLabel();
    double[] point = new double[plan.shape().size()];
    if (plan.shape().hasIntercept() && plan.shape().outputs() == 1) {
      double intercept = intercept(federation, plan, sums.get());
      plan.shape().addToIntercept(Double.isFinite(intercept) ? intercept : 0.0, point);
    }
    return new StartingPoint(point, mean);
  }

  private static double intercept(Federation<Shard> federation, TrainingPlan plan, LabelSums sums) {
    double mean = sums.meanLabel();
    double offset = sums.meanOffset();
    boolean moves = plan.family().hasLogLink() && mean > 0.0 && sums.hasOffsets();
    return moves ? logLink(federation, plan, sums) : plan.family().link().score(mean) - offset;
  }

  /**
   * The intercept at which the slope of the loss by it is 0: Poisson's mean is the labels', the
   * quotients of gamma's labels by theirs have the mean 1.
   */
  private static double logLink(Federation<Shard> federation, TrainingPlan plan, LabelSums sums) {
    double center = sums.meanOffset();
    double around = Math.log(sums.meanLabel()) - center;
    try {
      NamedVector opened =
          Ask.workers(
              federation,
              plan.sums(),
              "start: labels and offsets",
              new ExponentiatedOffsets(center, plan.family().dividesLabels()));
      double level =
          Math.log(
                  opened.get(ExponentiatedOffsets.LABEL)
                      / opened.get(ExponentiatedOffsets.EXPOSURE))
              - center;
      return Double.isFinite(level) ? level : around;
    } catch (NonFiniteUpdateException e) {
      return around;
    }
  }

  private static LabelSums labels(Federation<Shard> federation, TrainingPlan plan) {
    NamedVector opened =
        Ask.workers(federation, plan.sums(), "start: mean label", new LabelsAndOffsets());
    return LabelSums.of(opened.get(LabelsAndOffsets.WEIGHT), opened.all(LabelsAndOffsets.LABELS));
  }
}
