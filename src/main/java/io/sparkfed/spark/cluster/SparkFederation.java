package io.sparkfed.spark.cluster;

import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.GroupTask;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.data.Shard;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** The workers with their rows, on Spark, or with processes of their own beside it. */
public final class SparkFederation implements Federation<Shard>, AutoCloseable {
  private final Federation<Shard> holders;
  private final Optional<PartitionFederation<Shard>> partitions;
  private final Runnable closing;
  private final List<String> workers;
  private final List<String> evaluators;

  /**
   * Takes over a persisted RDD with an element for each worker.
   *
   * @param occupancy how many elements a partition holds
   * @param places where each partition's worker may run; empty when all may run anywhere
   * @param workers ids of the workers that hold training rows, sorted
   * @param evaluators ids of those that hold test rows only, sorted
   */
  public SparkFederation(
      JavaSparkContext spark,
      JavaRDD<WorkerPartition> partitions,
      Occupancy occupancy,
      List<Place> places,
      List<String> workers,
      List<String> evaluators,
      VisitBounds bounds) {
    List<String> all = Stream.concat(workers.stream(), evaluators.stream()).sorted().toList();
    PartitionFederation<Shard> own =
        new PartitionFederation<>(spark, partitions, occupancy, places, all, bounds);
    this.holders = own;
    this.partitions = Optional.of(own);
    this.closing = own::close;
    this.workers = List.copyOf(workers);
    this.evaluators = List.copyOf(evaluators);
  }

  /**
   * Creates a federation of workers whose rows Spark doesn't hold.
   *
   * @param holders who does
   * @param closing what is done when nobody is asked any more
   */
  public SparkFederation(Federation<Shard> holders, Runnable closing) {
    this.holders = holders;
    this.partitions = Optional.empty();
    this.closing = closing;
    this.workers = holders.workers();
    this.evaluators = holders.evaluators();
  }

  @Override
  public List<String> workers() {
    return workers;
  }

  @Override
  public List<String> evaluators() {
    return evaluators;
  }

  @Override
  public <M> List<M> visit(Visit visit, WorkerTask<Shard, M> task) {
    return holders.visit(visit, task);
  }

  @Override
  public <M> List<M> visitGroups(Visit visit, GroupTask<Shard, M> task) {
    return holders.visitGroups(visit, task);
  }

  @Override
  public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
    return holders.visitAggregators(visit, task);
  }

  /**
   * Returns the workers' partitions.
   *
   * @throws IllegalStateException if Spark doesn't hold their rows
   */
  public JavaRDD<Held<Shard>> partitions() {
    return partitions
        .orElseThrow(() -> new IllegalStateException("there are partitions where Spark holds rows"))
        .elements();
  }

  /** Lets the executors forget the rows. */
  @Override
  public void close() {
    closing.run();
  }
}
