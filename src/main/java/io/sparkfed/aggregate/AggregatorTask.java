package io.sparkfed.aggregate;

import java.io.Serializable;

/**
 * What one aggregator does in a visit. It must be a pure function of its arguments and the
 * aggregator's own keys: the cluster may run it again.
 *
 * @param <B> what the driver broadcasts
 * @param <M> what leaves the aggregator
 */
@FunctionalInterface
public interface AggregatorTask<B, M> extends Serializable {

  /** Runs at aggregator {@code aggregator}. */
  M run(String aggregator, B broadcast);
}
