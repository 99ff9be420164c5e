package io.sparkfed.federated;

import io.sparkfed.aggregate.Aggregation;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.DataException;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;
import io.sparkfed.data.WeightSums;
import java.util.List;

/** What must be known of all workers' training labels before a model is fitted: sums, securely. */
public final class FederatedLabels {
  private FederatedLabels() {}

  /**
   * Sums over the training rows of all workers; of labels less their offsets.
   *
   * @param weight sum of the weights w
   * @param squaredWeight sum of w²
   * @param squaredDeviations sum of w times the squared deviation from the weighted mean
   */
  public record Moments(double weight, double squaredWeight, double squaredDeviations) {

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
    List<String> cohort = federation.workers();
    Aggregation<double[], double[]> sum = sums.sumOf(0);
    double[] first =
        sum.aggregate(
                federation,
                new Visit<>("mean of the label", 0, cohort, new double[0]),
                (worker, shard, nothing) -> weightsAndSum(shard.train()))
            .value();
    if (!(first[0] > 0.0)) {
      throw new DataException("the sum of the weights of all training rows must be > 0");
    }
    double[] mean = {first[2] / first[0]};
    double[] second =
        sums.sumOf(0)
            .aggregate(
                federation,
                new Visit<>("deviation of the label", 0, cohort, mean),
                (worker, shard, center) -> squaredDeviations(shard.train(), center[0]))
            .value();
    return new Moments(first[0], first[1], second[0]);
  }

  /**
   * Returns the number of classes: 1 + the largest label that is a training row's at any worker.
   * The driver learns how many workers hold each class.
   *
   * @param most labels are whole numbers below this
   */
  public static int classes(Federation<Shard> federation, SumFactory sums, int most) {
    List<String> cohort = federation.workers();
    double[] holders =
        sums.sumOf(0)
            .aggregate(
                federation,
                new Visit<>("classes of the label", 0, cohort, new double[0]),
                (worker, shard, nothing) -> heldClasses(shard.train(), most))
            .value();
    int classes = most;
    while (classes > 0 && holders[classes - 1] < 0.5) {
      classes--;
    }
    return classes;
  }

  /** Runs at the worker. */
  private static double[] weightsAndSum(Examples rows) {
    double[] sums = new double[3];
    for (int i = 0; i < rows.rows(); i++) {
      double weight = rows.weight(i);
      sums[0] += weight;
      sums[1] += weight * weight;
      sums[2] += weight * (rows.label(i) - rows.offset(i));
    }
    return sums;
  }

  /** Runs at the worker. */
  private static double[] squaredDeviations(Examples rows, double center) {
    double sum = 0.0;
    for (int i = 0; i < rows.rows(); i++) {
      double deviation = rows.label(i) - rows.offset(i) - center;
      sum += rows.weight(i) * deviation * deviation;
    }
    return new double[] {sum};
  }

  /** Runs at the worker. */
  private static double[] heldClasses(Examples rows, int most) {
    double[] held = new double[most];
    for (int i = 0; i < rows.rows(); i++) {
      held[(int) rows.label(i)] = 1.0;
    }
    return held;
  }
}
