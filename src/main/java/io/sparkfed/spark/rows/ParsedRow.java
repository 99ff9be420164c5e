package io.sparkfed.spark.rows;

import io.sparkfed.config.TrainingConfig.Handling;
import io.sparkfed.data.DataFault;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.model.ModelShape;
import java.io.Serializable;
import org.apache.spark.sql.Row;

/**
 * One row on its way into a shard, or the fault that ends the way. Never leaves the executors.
 *
 * @param worker whose row it is
 * @param width number of features
 * @param columns indices of the present features; null when all are
 * @param values the present features; null of a fault and of a row that is left out
 * @param label the label; 0 where none is read
 * @param weight the instance weight
 * @param offset the offset of the scores
 * @param part train or test
 * @param original the row as read; null unless predictions are to be added to it
 * @param fault null unless the row can't be used
 * @param levels in a survey the level of each category, and {@code values} are those that may be
 *     missing; null otherwise
 * @param aside what is done with a row that has no score, in the column that {@code levels} then
 *     names; null for others
 */
record ParsedRow(
    String worker,
    int width,
    int[] columns,
    double[] values,
    double label,
    double weight,
    double offset,
    Part part,
    Row original,
    DataFault fault,
    String[] levels,
    Handling aside)
    implements Serializable {

  /** Makes a row that isn't set aside. */
  ParsedRow(
      String worker,
      int width,
      int[] columns,
      double[] values,
      double label,
      double weight,
      double offset,
      Part part,
      Row original,
      DataFault fault,
      String[] levels) {
    this(
        worker, width, columns, values, label, weight, offset, part, original, fault, levels, null);
  }

  /** Returns the trace of a row that is left out for a missing value. */
  static ParsedRow incomplete(String worker) {
    return new ParsedRow(worker, 0, null, null, 0.0, 0.0, 0.0, Part.TRAIN, null, null, null);
  }

  /** Whether the row was left out for a missing value. */
  boolean isIncomplete() {
    return values == null && fault == null && aside == null;
  }

  static ParsedRow faulty(DataFault fault) {
    return new ParsedRow(
        fault.worker(), 0, null, null, 0.0, 0.0, 0.0, Part.TRAIN, null, fault, null);
  }

  /** A row without a score: its column has no value, or none that is known. */
  static ParsedRow aside(String worker, String column, Row original, Handling handling) {
    String[] names = {column};
    return new ParsedRow(
        worker, 0, null, null, 0.0, 0.0, 0.0, Part.TRAIN, original, null, names, handling);
  }

  void addTo(ShardBuilder builder) {
    if (columns == null) {
      builder.addDense(values, label, weight, offset, part);
    } else {
      builder.addSparse(columns, values, label, weight, offset, part);
    }
  }

  /** Returns the K scores under coefficients in raw units. */
  double[] scores(ModelShape shape, double[] raw) {
    double[] scores = new double[shape.outputs()];
    for (int k = 0; k < scores.length; k++) {
      int from = shape.weightsFrom(k);
      double sum = 0.0;
      for (int at = 0; at < values.length; at++) {
        sum += values[at] * raw[from + (columns == null ? at : columns[at])];
      }
      scores[k] = sum + shape.intercept(raw, k) + offset;
    }
    return scores;
  }
}
