package io.sparkfed.aggregate;

/**
 * Turns one vector of each worker of a cohort into their sum, at the driver. One instance serves
 * one purpose: it may adapt itself to what travels through it.
 */
public interface VectorSum {

  /**
   * Visits the cohort, asks each worker, and opens the sum of the answers.
   *
   * @param <S> what a worker holds
   * @throws CohortException if too few workers took part; nothing was opened
   * @throws NonFiniteUpdateException if a worker's vector was not finite; nothing was opened
   * @throws AggregationException if the protocol or the cluster failed; nothing was opened
   */
  <S> Opened<double[]> sum(Federation<S> federation, Visit visit, Question<S> question);

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
   * @throws IllegalArgumentException if this sum can't have chosen it
   */
  default void restore(int[] choices) {
    if (choices.length > 0) {
      throw new IllegalArgumentException("this sum chooses nothing");
    }
  }
}
