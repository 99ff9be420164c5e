package io.sparkfed.aggregate;

import io.sparkfed.wire.Sendable;

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

  /** Returns the name of the question that the vectors answer; empty where they answer none. */
  default String asked() {
    return "";
  }

  /** Returns the SHA-256 of the study that this is asked for; empty where there is none. */
  default byte[] study() {
    return new byte[0];
  }

  /** Returns how these vectors are added. */
  Ring ring();
}
