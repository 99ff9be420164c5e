package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.RowPart;
import io.sparkfed.data.Shard;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * How many training rows of some weight there are.
 *
 * @param rowsOfPerson how many of them one person may have at a worker, at least 1
 */
public record CountWithin(int rowsOfPerson) implements Statement<Shard> {
  public static final String ROWS = "rows";

  /**
   * @throws IllegalArgumentException if the number is below 1
   */
  public CountWithin {
    if (rowsOfPerson < 1) {
      throw new IllegalArgumentException(
          "rowsOfPerson must be >= 1. Provided value: " + rowsOfPerson);
    }
  }

  @Override
  public Layout layout() {
    return Layout.empty().scaled(ROWS, 1);
  }

  @Override
  public RowPart part() {
    return RowPart.TRAIN;
  }

  @Override
  public OptionalDouble rowBound() {
    return OptionalDouble.of(rowsOfPerson);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    long rows =
        IntStream.range(0, shard.train().rows()).filter(i -> shard.train().weight(i) > 0.0).count();
    return layout().zeros().set(ROWS, (double) rows).values();
  }
}
