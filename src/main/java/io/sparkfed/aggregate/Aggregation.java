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

  /**
   * Returns what was chosen from the values so far and holds for the next, such as the range of a
   * sum; empty where nothing was. A wrapper returns what it wraps has chosen.
   */
  default int[] choices() {
    return new int[0];
  }

  /**
   * Says how large a number of a worker can be, so that a sum that chooses its range from the
   * values has no need to; a larger one is dealt with as ever. Of no meaning once a range is
   * chosen.
   *
   * @param largest positive and finite
   * @param workers most workers that will take part
   */
  default void expect(double largest, int workers) {}

  /**
   * Goes on from what another instance had chosen, so that the same values give the same bits.
   *
   * @throws IllegalArgumentException if this aggregation can't have chosen it
   */
  default void restore(int[] choices) {
    if (choices.length > 0) {
      throw new IllegalArgumentException("this aggregation chooses nothing");
    }
  }
}
