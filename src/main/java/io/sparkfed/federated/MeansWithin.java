package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.RowPart;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.BoundedSums;
import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.evaluation.NoisedMetrics;
import io.sparkfed.evaluation.NoisedSums;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.ModelShape;
import io.sparkfed.objective.ClippedSums;
import java.util.OptionalDouble;
import java.util.function.IntToDoubleFunction;

/**
 * How good a finished model is on some rows of a worker, in the mean of these: of the same weight
 * as any other worker's, and nothing else, so that noise on the sum protects a whole worker. One
 * without such rows sends zeros.
 *
 * <p>A mean of vectors that are no longer than {@link BoundedSums#bound} isn't either; two means
 * are at most twice that apart.
 *
 * @param sums what the mean is of
 * @param rows which rows
 * @param shape the model's
 * @param model in raw units, length d
 */
public record MeansWithin(BoundedSums sums, AskedRows rows, ModelShape shape, double[] model)
    implements Statement<Shard> {
  /**
   * @throws IllegalArgumentException if the model has another number of outputs than its loss
   */
  public MeansWithin {
    EvaluationWithin.requireOutputs(sums, shape, model);
  }

  @Override
  public Layout layout() {
    return sums.layout();
  }

  @Override
  public long parameters() {
    return shape.size();
  }

  @Override
  public RowPart part() {
    return rows.part();
  }

  @Override
  public OptionalDouble rowBound() {
    return OptionalDouble.of(HiddenUnit.WORKER.reachOfRow() * sums.bound());
  }

  /** {@inheritDoc} However many they are, the bound holds. */
  @Override
  public int rowsOfPerson() {
    return Integer.MAX_VALUE;
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    Examples asked = rows.of(shard);
    double heaviest = 0.0;
    for (int i = 0; i < asked.rows(); i++) {
      heaviest = Math.max(heaviest, asked.weight(i));
    }
    double largest = heaviest;
    // What adds nothing to the sums must not make the total smaller.
    IntToDoubleFunction weights = row -> Math.max(0.0, asked.weight(row) / largest);
    double total = 0.0;
    for (int i = 0; i < asked.rows(); i++) {
      total += weights.applyAsDouble(i);
    }
    double[] means = sums.of(asked, new Coefficients(shape, model), weights);
    for (int j = 0; j < means.length; j++) {
      means[j] = total > 0.0 ? means[j] / total * ClippedSums.MARGIN : 0.0;
    }
    return means;
  }

  /**
   * Returns the metrics in the mean of all workers, at the driver.
   *
   * @param opened the sum of the answers, with noise
   * @param noise standard deviation of the noise on each number
   */
  public NoisedMetrics metrics(double[] opened, double noise) {
    return sums.metrics(new NoisedSums(sums.parts(), opened, noise, 1.0)).ofWorkers();
  }
}
