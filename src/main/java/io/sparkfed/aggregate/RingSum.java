package io.sparkfed.aggregate;

import java.util.Collections;
import java.util.SortedMap;

/**
 * Turns one vector of integers of each worker of a cohort into their sum modulo 2^64, at the
 * driver. This decides who sees what: {@link InsecurePlainSum} here, the protected ones in {@code
 * io.sparkfed.secure}.
 */
@FunctionalInterface
public interface RingSum {

  /**
   * Says that no more sums will be taken, so that the parties can forget what is secret of them.
   * That they could not be told is no failure.
   */
  default <S> void end(Federation<S> federation) {}

  /**
   * Returns for each party with a journal the hash that its lines had at the end of the run, in
   * hexadecimal, for its owner to compare; nothing before the end.
   */
  default SortedMap<String, String> journals() {
    return Collections.emptySortedMap();
  }

  /**
   * Returns what was left out of sums so far because it broke a rule, and how often: whose it was
   * and the rule, a sentence without a full stop.
   */
  default SortedMap<String, Integer> leftOut() {
    return Collections.emptySortedMap();
  }

  /**
   * Visits the cohort and opens the sum of the workers' vectors.
   *
   * @param <S> what a worker holds
   * @throws CohortException if too few workers took part; nothing was opened
   * @throws NonFiniteUpdateException if a worker's vector was not finite; nothing was opened
   * @throws AggregationException if the protocol or the cluster failed; nothing was opened
   */
  <S> Opened<long[]> sum(Federation<S> federation, Visit visit, Words<S> words);
}
