package io.sparkfed.federated;

import io.sparkfed.data.Shard;
import io.sparkfed.model.Scaling;

/** Whose moments a worker standardizes with. */
public final class WorkersScaling {
  private WorkersScaling() {}

  /** Returns the federation's scaling, or the worker's own where that is the identity. */
  static Scaling of(Shard shard, Scaling federated) {
    return federated.isIdentity() ? shard.scaling() : federated;
  }
}
