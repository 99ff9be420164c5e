package io.sparkfed.aggregate;

/**
 * Turns one value of each worker of a cohort into one result at the driver.
 *
 * @param <V> a worker's value
 * @param <R> what the driver gets
 */
public interface Aggregation<V, R> {

  /**
   * Visits the cohort, has {@code work} done at each worker, and opens the result.
   *
   * @param <S> what a worker holds
   * @param <B> what the driver broadcasts
   * @throws CohortException if too few workers took part; nothing was opened
   * @throws NonFiniteUpdateException if a worker's value was not finite; nothing was opened
   * @throws AggregationException if the protocol or the cluster failed; nothing was opened
   */
  <S, B> Opened<R> aggregate(Federation<S> federation, Visit<B> visit, WorkerTask<S, B, V> work);
}
