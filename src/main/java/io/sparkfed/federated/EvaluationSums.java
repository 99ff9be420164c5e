package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.model.Coefficients;

/**
 * A model's evaluation, as sums over workers: what travels with an update or with derivatives.
 *
 * @param train sums over training rows, as the metrics have them
 * @param test sums over test rows, as the metrics have them
 * @param oneLabelWorkers how many workers' training labels are all equal
 * @param testHolders how many workers' test rows are in the sums
 */
public record EvaluationSums(
    double[] train, double[] test, double oneLabelWorkers, double testHolders) {
  private static final String TRAIN = "metrics of training rows";
  static final String TEST = "metrics of test rows";
  private static final String ONE_LABEL = "labels are all equal";
  static final String HOLDS_TEST_ROWS = "holds test rows";

  /** Returns a layout with the sums behind it. */
  static Layout behind(Layout layout, MetricSums metrics) {
    return layout
        .exact(TRAIN, metrics.length())
        .exact(TEST, metrics.length())
        .exact(ONE_LABEL)
        .exact(HOLDS_TEST_ROWS);
  }

  /** Reads the sums, at the driver. */
  public static EvaluationSums of(NamedVector sums) {
    return new EvaluationSums(
        sums.all(TRAIN), sums.all(TEST), sums.get(ONE_LABEL), sums.get(HOLDS_TEST_ROWS));
  }

  /** Returns the same with test sums from elsewhere. */
  public EvaluationSums withTest(double[] sums, double holders) {
    return new EvaluationSums(train, sums, oneLabelWorkers, holders);
  }

  /** Returns where a worker adds its sums over training rows. */
  static int trainFrom(NamedVector sums) {
    return sums.from(TRAIN);
  }

  /** Writes all but the sums over training rows, at the worker. */
  static void writeTest(
      NamedVector sums, MetricSums metrics, TestRows testRows, Shard shard, Coefficients model) {
    sums.set(ONE_LABEL, holdsOneLabel(shard.train()) ? 1.0 : 0.0);
    if (testRows == TestRows.SUMMED && TestRows.areHeldBy(shard)) {
      metrics.add(shard.test(), model, sums.values(), sums.from(TEST));
      sums.set(HOLDS_TEST_ROWS, 1.0);
    }
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
