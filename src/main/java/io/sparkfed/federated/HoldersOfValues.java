package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.ColumnSummary;

/**
 * Whether a worker has a value of a column in a training row.
 *
 * @param columns how many columns are imputed
 */
public record HoldersOfValues(int columns) implements Statement<ColumnSummary> {
  public static final String HOLDS_VALUES = "holds values";

  @Override
  public Layout layout() {
    return Layout.empty().whole(HOLDS_VALUES, columns);
  }

  @Override
  public double[] answer(String worker, ColumnSummary summary) {
    return summary.holdsValues();
  }
}
