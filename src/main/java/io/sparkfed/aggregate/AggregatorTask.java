package io.sparkfed.aggregate;

import io.sparkfed.wire.Sendable;

/**
 * What one aggregator does in a visit. It must be a pure function of its arguments and the
 * aggregator's own keys: the cluster may run it again.
 *
 * @param <M> what leaves the aggregator
 */
public interface AggregatorTask<M> extends Sendable<AggregatorTask<M>> {

  /** Runs at aggregator {@code aggregator}. */
  M run(String aggregator);
}
