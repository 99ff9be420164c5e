package io.sparkfed.spark.cluster;

import java.util.Iterator;
import java.util.Optional;

/**
 * What a partition of a federation holds of a worker: of one, or of several simulated ones.
 *
 * @param <S> what there is of the worker's
 */
public interface Held<S> {

  /** Returns the worker's id. */
  String worker();

  /**
   * Returns what it holds, if anything.
   *
   * @throws IllegalStateException if another process holds it
   */
  Optional<S> held();

  /** Returns whether another process holds what there is: it is made again where it is needed. */
  boolean isElsewhere();

  /**
   * Returns the one element of a partition.
   *
   * @throws IllegalStateException if there is not exactly one: one partition is one worker
   */
  static <H> H only(Iterator<H> partition) {
    if (!partition.hasNext()) {
      throw new IllegalStateException("a partition must hold one worker, and holds none");
    }
    H first = partition.next();
    if (partition.hasNext()) {
      throw new IllegalStateException("a partition must hold one worker, and holds several");
    }
    return first;
  }
}
