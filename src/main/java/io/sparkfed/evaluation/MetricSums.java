package io.sparkfed.evaluation;

import io.sparkfed.data.Examples;
import io.sparkfed.data.ScoreSink;
import io.sparkfed.loss.HuberLoss;
import io.sparkfed.loss.Loss;
import io.sparkfed.loss.SoftmaxLoss;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Metrics as sums over rows, so that the sum over workers is the pooled figure. */
public interface MetricSums {

  /** Returns all that metric sums are made of, for their canonical bytes. */
  static List<Class<?>> types() {
    return List.of(
        ClassificationSums.class,
        MulticlassSums.class,
        MarginSums.class,
        RegressionSums.class,
        HuberSums.class,
        DevianceSums.class,
        MetricSettings.class);
  }

  /** Returns the loss that is summed. */
  VectorLoss loss();

  /** Returns the number of sums. */
  int length();

  /** Returns the index from which on all sums are weights of some of the rows. */
  default int weightsFrom() {
    return length();
  }

  /**
   * Adds the sums of {@code rows} under a model in raw units to {@code out[offset ..]}. Runs at the
   * worker.
   */
  default void add(Examples rows, Coefficients model, double[] out, int offset) {
    if (rows.rows() > 0) {
      ScoredLosses.pass(loss(), rows, model, into(rows, out, offset));
    }
  }

  /**
   * Returns what adds the sums of rows to {@code out[offset ..]} as their scores under a model, and
   * their losses by {@link #loss}, come by. Runs at the worker.
   */
  ScoreSink into(Examples rows, double[] out, int offset);

  /**
   * Returns the metrics of the summed rows, by name in a fixed order; empty where there are no
   * rows. A metric that is undefined for them (e.g. precision without a positive prediction) is
   * NaN. Runs at the driver.
   */
  Map<String, Double> metrics(double[] sums, int offset);

  /**
   * Returns what the AUC among the metrics was made of; empty for a family without one. Runs at the
   * driver.
   */
  default Optional<Ranking> ranking(double[] sums, int offset) {
    return Optional.empty();
  }

  /** Returns the mean loss of the summed rows, NaN where there are none. */
  double meanLoss(double[] sums, int offset);

  /**
   * Returns the metrics of a family.
   *
   * @param loss the family's loss
   * @param settings what the user chose of the metrics of two classes; of no meaning otherwise
   */
  static MetricSums of(Family family, VectorLoss loss, MetricSettings settings) {
    return switch (family) {
      case LINEAR -> new RegressionSums();
      case LOGISTIC -> new ClassificationSums(settings);
      case SOFTMAX -> new MulticlassSums((SoftmaxLoss) loss);
      case SVM, SQUARED_HINGE ->
          new MarginSums((Loss) loss, family.lossMetric(), settings.threshold());
      case HUBER -> new HuberSums((HuberLoss) loss, new RegressionSums());
      case POISSON, GAMMA -> new DevianceSums((Loss) loss);
    };
  }
}
