package io.sparkfed.aggregate;

import io.sparkfed.wire.Sendable;
import java.util.function.Supplier;

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
   * Returns a worker's vector where some of it must look random to whoever sees the sum.
   *
   * @param secret returns a key that only the worker has, for this vector alone
   * @throws NonFiniteValueException if the answer can't be encoded
   */
  default long[] of(String worker, S held, Supplier<byte[]> secret) {
    return of(worker, held);
  }

  /**
   * Returns bytes that say what the vectors answer, the same whatever grid they are on: the
   * difference of two sums of one subject is a sum, too.
   */
  byte[] subject();

  /** Returns how these vectors are added. */
  Ring ring();
}
