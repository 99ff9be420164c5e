package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.RowPart;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.BoundedSums;
import io.sparkfed.evaluation.NoisedMetrics;
import io.sparkfed.evaluation.NoisedSums;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.ModelShape;
import io.sparkfed.objective.RowCut;
import java.util.OptionalDouble;

/**
 * How good a finished model is on some of the rows: sums to which each row adds no more than a
 * bound, and nothing else, so that noise on them protects each row.
 *
 * @param sums what is summed
 * @param rows which rows
 * @param shape the model's
 * @param cut what a row counts, and how many rows one person may have; of its scaling nothing is
 *     used
 * @param model in raw units, length d
 */
public record EvaluationWithin(
    BoundedSums sums, AskedRows rows, ModelShape shape, RowCut cut, double[] model)
    implements Statement<Shard> {

  /**
   * @throws IllegalArgumentException if the model has another number of outputs than its loss
   */
  public EvaluationWithin {
    requireOutputs(sums, shape, model);
  }

  static void requireOutputs(BoundedSums sums, ModelShape shape, double[] model) {
    if (shape.outputs() != sums.loss().outputs() || model.length != shape.size()) {
      throw new IllegalArgumentException("the model must have the outputs of its loss");
    }
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
    return OptionalDouble.of(Math.nextUp(cut.rowsOfPerson() * sums.bound()));
  }

  @Override
  public int rowsOfPerson() {
    return cut.rowsOfPerson();
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    Examples asked = rows.of(shard);
    return sums.of(asked, new Coefficients(shape, model), row -> cut.weight(asked, row));
  }

  /**
   * Returns the metrics of the rows of all workers, at the driver.
   *
   * @param opened the sum of the answers, with noise
   * @param noise standard deviation of the noise on each number
   */
  public NoisedMetrics metrics(double[] opened, double noise) {
    return sums.metrics(new NoisedSums(sums.parts(), opened, noise, cut.mostWeight()));
  }
}
