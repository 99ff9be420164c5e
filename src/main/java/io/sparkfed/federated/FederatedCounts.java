package io.sparkfed.federated;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.data.DroppedRows;
import io.sparkfed.data.Shard;
import java.util.List;
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
    WorkerTask<Shard, double[], double[]> holders =
        (w, s, n) -> new double[] {s.dropped() > 0 ? 1.0 : 0.0};
    int workers = (int) sum(federation, sums, "workers with incomplete rows", holders)[0];
    if (workers == 0) {
      return new DroppedRows(0, OptionalLong.of(0));
    }
    if (workers < minWorkers) {
      return new DroppedRows(workers, OptionalLong.empty());
    }
    WorkerTask<Shard, double[], double[]> rows =
        (w, s, n) -> new double[] {s.dropped(), s.dropped() > 0 ? 1.0 : 0.0};
    double[] both = sum(federation, sums, "incomplete rows", rows);
    // Some may have dropped out since they were counted.
    return both[1] < minWorkers
        ? new DroppedRows((int) both[1], OptionalLong.empty())
        : new DroppedRows((int) both[1], OptionalLong.of(Math.round(both[0])));
  }

  private static double[] sum(
      Federation<Shard> federation,
      SumFactory sums,
      String what,
      WorkerTask<Shard, double[], double[]> task) {
    List<String> cohort = federation.everybody();
    return sums.sumOf(0)
        .aggregate(
            federation,
            new Visit<>(what + " (" + cohort.size() + " workers)", 0, cohort, new double[0]),
            task)
        .value();
  }
}
