package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;

/**
 * Whether a worker has a cell of a type in a column of its files.
 *
 * @param flags how many types of how many columns
 */
public record TypesOfColumns(int flags) implements Statement<double[]> {
  private static final String HOLDS_TYPE = "holds a cell of the type";

  @Override
  public Layout layout() {
    return Layout.empty().whole(HOLDS_TYPE, flags);
  }

  @Override
  public double[] answer(String worker, double[] held) {
    return held;
  }
}
