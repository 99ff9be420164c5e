package io.sparkfed.evaluation;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.Examples;
import io.sparkfed.loss.HuberLoss;
import io.sparkfed.loss.LogisticLoss;
import io.sparkfed.loss.Loss;
import io.sparkfed.loss.SoftmaxLoss;
import io.sparkfed.loss.SquaredLoss;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.Interval;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;

/**
 * Metrics as sums to which no row adds more than a bound, whatever stands in it, so that noise on
 * the sums protects each row.
 *
 * <p>In each part of the sums a row counts 1 at most, in one of the part's numbers; each part has a
 * scale, and the bound is the root of the sum of their squares ({@link #bound}). That holds of the
 * sums as they are computed: a row's term depends on that row alone, to the last bit, however other
 * rows are stored and cut into blocks, and is a whole number of units of 2^-20. So sums are exact,
 * and two of them differ by the terms of those rows alone that only one of them has.
 */
public interface BoundedSums {

  /** Returns all that such sums are made of, for their canonical bytes. */
  static List<Class<?>> types() {
    return List.of(OutcomesWithin.class, ClassesWithin.class, ErrorsWithin.class);
  }

  /** Returns the loss that is summed. */
  VectorLoss loss();

  /**
   * Returns the parts of the sums, each with its scale, from 1/64 to 1 in steps of 1/64: what is
   * small beside the noise should have a large one.
   */
  List<BoundedPart> parts();

  /**
   * Adds a row. Runs at the worker.
   *
   * @param scores K, none of them NaN
   * @param label in the loss's domain
   * @param weight in [0, 1]
   */
  void add(double[] scores, double label, double weight, RowTerms out);

  /**
   * Returns the metrics of the rows that were summed, under the names of {@link MetricSums}. Runs
   * at the driver.
   */
  NoisedMetrics metrics(NoisedSums sums);

  /** Returns what the sums are made of. */
  default Layout layout() {
    Layout layout = Layout.empty();
    for (BoundedPart part : parts()) {
      layout = layout.scaled(part.name(), part.length());
    }
    return layout;
  }

  /** Returns how far one row moves the sums (L2), with all rounding. */
  default double bound() {
    return Math.nextUp(
        Math.sqrt(parts().stream().mapToDouble(part -> part.scale() * part.scale()).sum()));
  }

  /**
   * Returns the sums over rows. A row whose score is no number, or whose label isn't one of the
   * loss's domain, adds nothing. Runs at the worker.
   *
   * @param model in raw units
   * @param weights what each row counts, in [0, 1]
   * @throws IllegalArgumentException if the model isn't of the rows' features
   */
  default double[] of(Examples rows, Coefficients model, IntToDoubleFunction weights) {
    ModelShape shape = model.shape();
    if (rows.features() != shape.features()) {
      throw new IllegalArgumentException(
          "the model must be of " + rows.features() + " features, not " + shape.features());
    }
    double[] raw = model.values();
    int[] columns = new int[shape.features()];
    double[] values = new double[shape.features()];
    double[] scores = new double[shape.outputs()];
    RowTerms terms = new RowTerms(parts());
    for (int i = 0; i < rows.rows(); i++) {
      int count = rows.entries(i, columns, values);
      boolean isNumber = true;
      for (int k = 0; k < scores.length; k++) {
        double sum = 0.0;
        for (int e = 0; e < count; e++) {
          // Zeros are stored or not as other rows want it.
          if (values[e] != 0.0) {
            sum += values[e] * raw[shape.weightsFrom(k) + columns[e]];
          }
        }
        scores[k] = sum + shape.intercept(raw, k) + rows.offset(i);
        isNumber &= !Double.isNaN(scores[k]);
      }
      double weight = weights.applyAsDouble(i);
      if (isNumber && loss().acceptsLabel(rows.label(i)) && weight > 0.0) {
        add(scores, rows.label(i), weight, terms);
      }
    }
    return terms.sums();
  }

  /**
   * Returns the sums of a family.
   *
   * @param loss the family's loss
   * @param settings what the user chose of the metrics of two classes; bins of the AUC have a
   *     number of their own, as each has its noise
   * @param labels what labels are cut to; empty for classes
   * @param center the score in the middle of what is public of the rows: where scores, and labels,
   *     are expected. Sums are the sharper the nearer it is
   * @throws IllegalArgumentException if a family of numbers has no bounds of labels
   */
  static BoundedSums of(
      Family family,
      VectorLoss loss,
      MetricSettings settings,
      Optional<Interval> labels,
      double center) {
    return switch (family) {
      case LOGISTIC ->
          OutcomesWithin.ofProbabilities(
              LogisticLoss.INSTANCE, family.lossMetric(), settings.threshold(), center);
      case SVM, SQUARED_HINGE ->
          OutcomesWithin.ofMargins((Loss) loss, family.lossMetric(), settings.threshold());
      case SOFTMAX -> new ClassesWithin((SoftmaxLoss) loss);
      case LINEAR, HUBER, POISSON, GAMMA -> {
        Interval bounds =
            labels.orElseThrow(
                () -> new IllegalArgumentException("labels must have bounds: " + family));
        boolean isAround = loss instanceof SquaredLoss || loss instanceof HuberLoss;
        yield new ErrorsWithin(
            (Loss) loss,
            bounds.low(),
            bounds.high(),
            isAround && Double.isFinite(center) ? bounds.nearest(center) : bounds.middle());
      }
    };
  }
}
