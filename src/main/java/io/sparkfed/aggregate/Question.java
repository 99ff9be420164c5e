package io.sparkfed.aggregate;

import io.sparkfed.wire.Sendable;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One thing that can be asked of a worker, as a value: its arguments are all there is to it. The
 * answer is a pure function of it and of what the worker holds, the same bits wherever and however
 * often it is computed.
 *
 * @param <S> what a worker holds
 */
public interface Question<S> extends Sendable<Question<S>> {

  /** Returns what it is called where an owner lists what may be asked. */
  default String name() {
    return getClass().getSimpleName();
  }

  /** Returns how many coefficients the model has that is asked about; 0 for none. */
  default long parameters() {
    return 0;
  }

  /**
   * Returns bytes that say what an answer tells beside numbers that are the same in all answers:
   * two questions that tell the same have the same, as the difference of their sums is a sum, too.
   */
  default byte[] subject() {
    return toBytes();
  }

  /**
   * Returns whether a sum of answers must be over all who are asked, or not be opened: of sums over
   * some the difference would be what the others have.
   */
  default boolean isOfAll() {
    return false;
  }

  /** Returns how many rows stand behind an answer; empty where they are not counted. */
  default Optional<RowCounts> rows(S held) {
    return Optional.empty();
  }

  /** Returns the rows that an answer is about; empty where it is about none. */
  default Optional<HeldRows> heldRows(S held) {
    return Optional.empty();
  }

  /**
   * Returns how far one row more or less can move an answer, whatever rows a worker holds: its L2
   * norm, with all rounding. Empty where there is no such bound.
   */
  default OptionalDouble rowBound() {
    return OptionalDouble.empty();
  }

  /** Returns what an answer is made of: the names of all numbers that leave the worker. */
  Layout layout();

  /**
   * Returns the answer, at worker {@code worker}, from what it holds.
   *
   * @return a vector of this question's layout
   */
  double[] answer(String worker, S held);

  /**
   * Returns the answer as an owner lets it leave that bounds updates. What is not said to be within
   * a bound is not: every question is refused that doesn't say otherwise.
   *
   * @return a vector of this question's layout
   * @throws RefusedException if there is a bound, and no answer is within it
   */
  default double[] answer(String worker, S held, Clip clip) {
    clip.requireNone();
    return answer(worker, held);
  }
}
