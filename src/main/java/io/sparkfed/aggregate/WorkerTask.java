package io.sparkfed.aggregate;

import java.io.Serializable;

/**
 * What one worker does in a visit. It must be a pure function of its arguments: the cluster may run
 * it again, elsewhere, and the result must be the same bit for bit.
 *
 * @param <S> what a worker holds
 * @param <B> what the driver broadcasts
 * @param <M> what leaves the worker
 */
@FunctionalInterface
public interface WorkerTask<S, B, M> extends Serializable {

  /** Runs at worker {@code worker} on its own {@code shard}. */
  M run(String worker, S shard, B broadcast);
}
