package io.sparkfed.federated.survey;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.data.DataException;
import io.sparkfed.data.Shard;
import io.sparkfed.data.WeightSums;
import io.sparkfed.federated.Ask;
import io.sparkfed.federated.DeviationOfLabels;
import io.sparkfed.federated.HeldClasses;
import io.sparkfed.federated.MeanOfLabels;

/** What must be known of all workers' training labels before a model is fitted: sums, securely. */
public final class FederatedLabels {
  private FederatedLabels() {}

  /**
   * Sums over the training rows of all workers; of labels less their offsets.
   *
   * @param weight sum of the weights w
   * @param squaredWeight sum of w²
   * @param mean the weighted mean
   * @param squaredDeviations sum of w times the squared deviation from the weighted mean
   */
  public record Moments(
      double weight, double squaredWeight, double mean, double squaredDeviations) {

    /** Returns what a sample's variance divides by; see {@link WeightSums#degrees}. */
    public double reliabilityDegrees() {
      return new WeightSums(weight, squaredWeight).degrees();
    }
  }

  /**
   * Returns the moments of the labels, from two visits: the mean first, then the deviations from
   * it, which does not cancel where the mean is large against them.
   *
   * @throws DataException if no row has weight
   */
  public static Moments moments(Federation<Shard> federation, SumFactory sums) {
    NamedVector first = Ask.workers(federation, sums, "mean of the label", new MeanOfLabels());
    double weight = first.get(MeanOfLabels.WEIGHT);
    if (!(weight > 0.0)) {
      throw new DataException("the sum of the weights of all training rows must be > 0");
    }
    double mean = first.get(MeanOfLabels.LABEL) / weight;
    double squares =
        Ask.workers(federation, sums, "deviation of the label", new DeviationOfLabels(mean))
            .get(DeviationOfLabels.SQUARES);
    return new Moments(weight, first.get(MeanOfLabels.SQUARED_WEIGHT), mean, squares);
  }

  /**
   * Returns the number of classes: 1 + the largest label that is a training row's at any worker.
   * The driver learns how many workers hold each class.
   *
   * @param most labels are whole numbers below this
   */
  public static int classes(Federation<Shard> federation, SumFactory sums, int most) {
    double[] holders =
        Ask.workers(federation, sums, "classes of the label", new HeldClasses(most))
            .all(HeldClasses.HOLDS_CLASS);
    int classes = most;
    while (classes > 0 && holders[classes - 1] < 0.5) {
      classes--;
    }
    return classes;
  }
}
