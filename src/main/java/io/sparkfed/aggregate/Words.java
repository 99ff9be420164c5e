package io.sparkfed.aggregate;

import io.sparkfed.privacy.Release;
import io.sparkfed.wire.Sendable;
import java.util.Optional;

/**
 * What a worker puts into a sum of integers: the answer to a question, encoded.
 *
 * @param <S> what a worker holds
 */
public interface Words<S> extends Sendable<Words<S>> {

  /**
   * Returns a worker's vector.
   *
   * @throws NonFiniteValueException if the answer can't be encoded
   */
  long[] of(String worker, S held);

  /**
   * Returns a worker's vector as its owner lets it leave.
   *
   * @throws NonFiniteValueException if the answer can't be encoded
   * @throws RefusedException if the owner doesn't let such a vector leave
   */
  default long[] of(String worker, S held, OwnersSide owner) {
    owner.clip().requireNone();
    return of(worker, held);
  }

  /**
   * Returns bytes that say what the vectors answer, the same whatever grid they are on: the
   * difference of two sums of one subject is a sum, too.
   */
  byte[] subject();

  /**
   * Returns bytes that say how answers become integers: the sums of one question on many grids may
   * tell more than one sum. Empty where there is one way.
   */
  default byte[] rounding() {
    return new byte[0];
  }

  /** Returns the name of the question that the vectors answer; empty where they answer none. */
  default String asked() {
    return "";
  }

  /** Returns how many coefficients the model has that is asked about; 0 for none. */
  default long parameters() {
    return 0;
  }

  /** Returns whether a sum of the vectors must be over all who are asked, or not be opened. */
  default boolean isOfAll() {
    return false;
  }

  /** Returns how many rows stand behind a worker's vector; empty where they are not counted. */
  default Optional<RowCounts> rows(S held) {
    return Optional.empty();
  }

  /** Returns the rows that an answer is about; empty where it is about none. */
  default Optional<HeldRows> heldRows(S held) {
    return Optional.empty();
  }

  /**
   * Returns bytes that say how rows are looked at and divided into parts: for the same ones, a row
   * that decides alone which part it is in is always in the same. They say nothing of the rows;
   * empty where nothing says it.
   */
  default byte[] view() {
    return new byte[0];
  }

  /** Returns the SHA-256 of the study that this is asked for; empty where there is none. */
  default byte[] study() {
    return new byte[0];
  }

  /**
   * Returns a text that no other reading of a worker's rows has: what a worker makes for one
   * session is of one reading, whether or not others would have made the same. Empty where whoever
   * asks hands the rows over.
   */
  default String reading() {
    return "";
  }

  /** Returns the noise that the vectors have; empty where they have none. */
  default Optional<Release> release() {
    return Optional.empty();
  }

  /** Returns how these vectors are added. */
  Ring ring();
}
