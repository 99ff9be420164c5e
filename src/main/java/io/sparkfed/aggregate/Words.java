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
}
