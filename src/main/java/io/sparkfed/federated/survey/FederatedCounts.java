package io.sparkfed.federated.survey;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.data.DroppedRows;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.Ask;
import io.sparkfed.federated.IncompleteRowHolders;
import io.sparkfed.federated.IncompleteRows;
import io.sparkfed.federated.Statement;
import java.util.OptionalLong;

/** Counts over all workers, through sums. */
public final class FederatedCounts {
  private FederatedCounts() {}

  /**
   * Counts the rows that were left out for a missing value. First the workers that left out any are
   * counted, and the rows only where they are so many that the sum says nothing of one of them.
   *
   * @param federation the workers that hold rows
   * @param minWorkers the least number of workers that must have left out rows, at least 1
   * @throws io.sparkfed.aggregate.AggregationException if a sum could not be opened
   */
  public static DroppedRows dropped(Federation<Shard> federation, SumFactory sums, int minWorkers) {
    int workers =
        (int)
            everybody(federation, sums, "workers with incomplete rows", new IncompleteRowHolders())
                .get(IncompleteRowHolders.HOLDS_INCOMPLETE_ROWS);
    if (workers == 0) {
      return new DroppedRows(0, OptionalLong.of(0));
    }
    if (workers < minWorkers) {
      return new DroppedRows(workers, OptionalLong.empty());
    }
    NamedVector both = everybody(federation, sums, "incomplete rows", new IncompleteRows());
    int holders = (int) both.get(IncompleteRows.HOLDS_INCOMPLETE_ROWS);
    // Some may have dropped out since they were counted.
    return holders < minWorkers
        ? new DroppedRows(holders, OptionalLong.empty())
        : new DroppedRows(holders, OptionalLong.of(Math.round(both.get(IncompleteRows.ROWS))));
  }

  private static NamedVector everybody(
      Federation<Shard> federation, SumFactory sums, String what, Statement<Shard> statement) {
    return Ask.cohort(federation, federation.everybody(), sums, what, statement).value();
  }
}
