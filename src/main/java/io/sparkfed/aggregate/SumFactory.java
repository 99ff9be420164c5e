package io.sparkfed.aggregate;

import io.sparkfed.hint.Message;
import io.sparkfed.privacy.Zcdp;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Supplier;

/**
 * Opens sums of vectors, one for each purpose: a sum may adapt itself to what travels through it.
 */
@FunctionalInterface
public interface SumFactory {

  /** Returns a sum of vectors of one purpose and layout. */
  VectorSum sumOf(Layout layout);

  /**
   * Returns a sum of vectors with differential privacy for rows: each worker adds its share of
   * noise before anything leaves it.
   *
   * @param cost of each sum
   * @param plan of all releases of the run, this one too
   * @param honestWorkers of how many workers the noise is relied on, at least 1
   */
  default ReleasedSum released(Zcdp cost, Zcdp plan, int honestWorkers) {
    throw new UnsupportedOperationException("these sums have no noise");
  }

  /**
   * Returns of how many workers of a cohort the noise can be relied on at most, as an opened sum
   * has that many of them for certain.
   *
   * @param cohort how many are asked
   */
  default int mostHonest(int cohort) {
    return 1;
  }

  /**
   * Says that no more sums of this factory will be taken, so that the parties can forget what is
   * secret of them. That they could not be told is no failure.
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

  /** Returns what must be known of the sums so far, one sentence each. */
  default List<Message> notes() {
    return leftOut().entrySet().stream()
        .map(
            entry ->
                Message.of(
                    "left out of sums as it broke a rule, ",
                    entry.getValue() == 1 ? "once" : entry.getValue() + " times",
                    ": ",
                    entry.getKey()))
        .toList();
  }

  /**
   * Does what needs these sums, and then ends them, whether it was done or failed. Only where the
   * cluster itself may have failed are parties not visited again.
   */
  default <S, T> T endedAfter(Federation<S> federation, Supplier<T> work) {
    T done;
    try {
      done = work.get();
    } catch (RuntimeException e) {
      if (e.getClass() != AggregationException.class) {
        endQuietly(federation);
      }
      throw e;
    }
    end(federation);
    return done;
  }

  /** The failure that there is already says more than another one. */
  private <S> void endQuietly(Federation<S> federation) {
    try {
      end(federation);
    } catch (RuntimeException e) {
      System.getLogger(SumFactory.class.getName())
          .log(System.Logger.Level.WARNING, "parties could not be told of the end: {0}", e);
    }
  }
}
