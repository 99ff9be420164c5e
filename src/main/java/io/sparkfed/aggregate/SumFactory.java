package io.sparkfed.aggregate;

import java.util.Collections;
import java.util.SortedMap;

/**
 * Opens sums of vectors, one for each purpose: a sum may adapt itself to what travels through it.
 */
@FunctionalInterface
public interface SumFactory {

  /** Returns a sum of vectors of one purpose and layout. */
  VectorSum sumOf(Layout layout);

  /**
   * Says that no more sums of this factory will be taken, so that the parties can forget what is
   * secret of them. That they could not be told is no failure.
   */
  default <S> void end(Federation<S> federation) {}

  /**
   * Returns what was left out of sums so far because it broke a rule, and how often: whose it was
   * and the rule, a sentence without a full stop.
   */
  default SortedMap<String, Integer> leftOut() {
    return Collections.emptySortedMap();
  }
}
