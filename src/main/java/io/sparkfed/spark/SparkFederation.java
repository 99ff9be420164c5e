package io.sparkfed.spark;

import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.GroupTask;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.data.Shard;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** The workers with their rows, on Spark. */
public final class SparkFederation implements Federation<Shard>, AutoCloseable {
  private final JavaRDD<WorkerPartition> partitions;
  private final PartitionFederation<Shard> workers;

  /**
   * Takes over a persisted RDD with an element for each worker.
   *
   * @param occupancy how many elements a partition holds
   * @param places where each partition's worker may run; empty when all may run anywhere
   * @param workers ids of the workers that hold a shard, sorted
   */
  SparkFederation(
      JavaSparkContext spark,
      JavaRDD<WorkerPartition> partitions,
      Occupancy occupancy,
      List<Place> places,
      List<String> workers,
      VisitBounds bounds) {
    this.partitions = PlacedRdd.of(partitions, places);
    this.workers = new PartitionFederation<>(spark, partitions, occupancy, places, workers, bounds);
  }

  @Override
  public List<String> workers() {
    return workers.workers();
  }

  @Override
  public <B, M> List<M> visit(Visit<B> visit, WorkerTask<Shard, B, M> task) {
    return workers.visit(visit, task);
  }

  @Override
  public <B, M> List<M> visitGroups(Visit<B> visit, GroupTask<Shard, B, M> task) {
    return workers.visitGroups(visit, task);
  }

  @Override
  public <B, M> List<M> visitAggregators(Visit<B> visit, AggregatorTask<B, M> task) {
    return workers.visitAggregators(visit, task);
  }

  /** Returns the workers' partitions. */
  JavaRDD<WorkerPartition> partitions() {
    return partitions;
  }

  /** Lets the executors forget the rows. */
  @Override
  public void close() {
    workers.close();
  }
}
