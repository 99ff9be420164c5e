package io.sparkfed.aggregate;

import io.sparkfed.wire.Sendable;

/**
 * What one worker does in a visit. It must be a pure function of its arguments: the cluster may run
 * it again, elsewhere, and the result must be the same bit for bit.
 *
 * @param <S> what a worker holds
 * @param <M> what leaves the worker
 */
public interface WorkerTask<S, M> extends Sendable<WorkerTask<S, M>> {

  /** Runs at worker {@code worker} on what it holds. */
  M run(String worker, S held);
}
