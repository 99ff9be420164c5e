package io.sparkfed.secure;

import io.sparkfed.aggregate.Aggregation;
import io.sparkfed.aggregate.CohortSum;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.MessageTask;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;

/**
 * Sums the workers' vectors at one trusted aggregator, the <em>secure worker</em>: a single task on
 * an executor that alone sees who sent what. It opens the sum of exactly the cohort it was given,
 * at least {@code minWorkers} strong and finite, or nothing; the driver receives that sum alone.
 *
 * <p><b>Not guaranteed:</b> the executor that runs the task, and whoever reads its memory or its
 * shuffle files, sees every update. With one worker besides the data owner itself a sum reveals the
 * other's update.
 *
 * @param minWorkers the least number of workers a sum may be opened over, at least 1
 */
public record SecureWorkerSum(int minWorkers) implements Aggregation<long[], long[]> {

  @Override
  public <S, B> Opened<long[]> aggregate(
      Federation<S> federation, Visit<B> visit, WorkerTask<S, B, long[]> work) {
    return federation
        .visitAndCombine(visit, new MessageTask<>(work), new CohortSum(visit.cohort(), minWorkers))
        .open(minWorkers);
  }
}
