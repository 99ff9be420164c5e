package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.ColumnSummary;

/**
 * A worker's sums of values of columns over training rows, and of the weights of the rows that have
 * one.
 *
 * @param columns how many columns are imputed
 */
public record SumsOfValues(int columns) implements Statement<ColumnSummary> {
  public static final String VALUES = "values";
  public static final String WEIGHTS = "weights of values";

  @Override
  public Layout layout() {
    return Layout.empty().exact(VALUES, columns).exact(WEIGHTS, columns);
  }

  @Override
  public double[] answer(String worker, ColumnSummary summary) {
    return summary.meanSums();
  }
}
