package io.sparkfed.aggregate;

import java.io.Serializable;
import java.util.List;

/**
 * Turns the messages of a whole cohort into one result, in a single task away from the driver.
 *
 * @param <M> a worker's message
 * @param <R> what the driver receives
 */
@FunctionalInterface
public interface Combiner<M, R> extends Serializable {

  /** Combines the messages, which come in no particular order. */
  R combine(List<M> messages);
}
