package io.sparkfed.spark.cluster;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** How many workers a partition holds. */
public enum Occupancy {
  /** One partition is one worker: whoever owns rows shares a task with nobody. */
  ONE_WORKER,
  /** Simulated workers share a task, and so are protected from nobody. */
  SIMULATED_WORKERS;

  /**
   * Returns the elements of a partition, at the workers.
   *
   * @throws IllegalStateException if there is not exactly one where there must be
   */
  public <H> List<H> of(Iterator<H> partition) {
    if (this == ONE_WORKER) {
      return List.of(Held.only(partition));
    }
    List<H> elements = new ArrayList<>();
    partition.forEachRemaining(elements::add);
    return elements;
  }
}
