package io.sparkfed.spark.rows;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.Partitioner;

/** Gives each worker a partition of its own, or so many simulated ones together. */
final class WorkerPartitioner extends Partitioner {
  private static final long serialVersionUID = 1L;

  private final HashMap<String, Integer> places = new HashMap<>();
  private final int perPartition;

  WorkerPartitioner(List<String> workers) {
    this(workers, 1);
  }

  WorkerPartitioner(List<String> workers, int perPartition) {
    this.perPartition = perPartition;
    workers.forEach(worker -> places.put(worker, places.size() / perPartition));
  }

  @Override
  public int numPartitions() {
    return places.isEmpty() ? 0 : 1 + (places.size() - 1) / perPartition;
  }

  /**
   * A row whose worker is not on the list broke a rule before it could be told; its fault may
   * travel with any partition.
   */
  @Override
  public int getPartition(Object worker) {
    return places.getOrDefault(worker, 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WorkerPartitioner that && places.equals(that.places);
  }

  @Override
  public int hashCode() {
    return Map.copyOf(places).hashCode();
  }
}
