package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.Layout.Kind;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.model.Coefficients;
import java.util.Arrays;

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
  private static final String TRAIN_WEIGHTS = "weights of training rows by outcome";
  private static final String TEST = "metrics of test rows";
  private static final String TEST_WEIGHTS = "weights of test rows by outcome";
  private static final String ONE_LABEL = "labels are all equal";
  static final String HOLDS_TEST_ROWS = "holds test rows";

  /** Returns a layout with the sums behind it. */
  static Layout behind(Layout layout, MetricSums metrics) {
    Layout train = behind(layout, TRAIN, TRAIN_WEIGHTS, metrics);
    return behind(train, TEST, TEST_WEIGHTS, metrics).whole(ONE_LABEL).whole(HOLDS_TEST_ROWS);
  }

  /** Returns a layout with the sums over test rows alone. */
  static Layout ofTest(MetricSums metrics) {
    return behind(Layout.empty(), TEST, TEST_WEIGHTS, metrics).whole(HOLDS_TEST_ROWS);
  }

  private static Layout behind(
      Layout layout, String name, String nameOfWeights, MetricSums metrics) {
    int weights = metrics.length() - metrics.weightsFrom();
    return layout.exact(name, metrics.weightsFrom()).of(Kind.ALIKE, nameOfWeights, weights);
  }

  /** Reads the sums, at the driver. */
  public static EvaluationSums of(NamedVector sums) {
    return new EvaluationSums(
        all(sums, TRAIN, TRAIN_WEIGHTS),
        all(sums, TEST, TEST_WEIGHTS),
        sums.get(ONE_LABEL),
        sums.get(HOLDS_TEST_ROWS));
  }

  private static double[] all(NamedVector sums, String name, String nameOfWeights) {
    int from = sums.from(name);
    Layout.Part weights = sums.layout().part(nameOfWeights);
    return Arrays.copyOfRange(sums.values(), from, weights.from() + weights.length());
  }

  /** Returns the same with test sums from an evaluation of their own, at the driver. */
  public EvaluationSums withTest(NamedVector sums) {
    return new EvaluationSums(
        train, all(sums, TEST, TEST_WEIGHTS), oneLabelWorkers, sums.get(HOLDS_TEST_ROWS));
  }

  /** Returns no sums at all. */
  public static EvaluationSums none(MetricSums metrics) {
    return new EvaluationSums(new double[metrics.length()], new double[metrics.length()], 0.0, 0.0);
  }

  /** Returns where a worker adds its sums over training rows. */
  static int trainFrom(NamedVector sums) {
    return sums.from(TRAIN);
  }

  /** Returns where a worker adds its sums over test rows. */
  static int testFrom(NamedVector sums) {
    return sums.from(TEST);
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
