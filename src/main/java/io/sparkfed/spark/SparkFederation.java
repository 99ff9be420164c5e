package io.sparkfed.spark;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.data.Shard;
import java.io.Serializable;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * A federation whose workers are the partitions of a cached RDD. A visit is one broadcast and one
 * action; the broadcast is destroyed when it ends.
 */
public final class SparkFederation implements Federation<Shard>, AutoCloseable {
  private final JavaSparkContext spark;
  private final JavaRDD<WorkerPartition> partitions;
  private final List<String> workers;
  private final Arrivals arrivals;
  private final AggregatorPlaces aggregators;
  private final String jobGroup = "spark-federated-" + UUID.randomUUID();

  /**
   * Takes over a persisted RDD with one element in each partition.
   *
   * @param workers ids of the workers that hold a shard, sorted
   * @param deadline how long a visit may take; empty for no bound
   * @param aggregatorHosts host by aggregator; who isn't in it may run anywhere
   */
  SparkFederation(
      JavaSparkContext spark,
      JavaRDD<WorkerPartition> partitions,
      List<String> workers,
      Optional<Duration> deadline,
      Map<String, String> aggregatorHosts) {
    this.aggregators = new AggregatorPlaces(spark.sc(), aggregatorHosts);
    this.arrivals = new Arrivals(spark.sc(), deadline);
    this.spark = spark;
    this.partitions = partitions;
    this.workers = List.copyOf(workers);
  }

  @Override
  public List<String> workers() {
    return workers;
  }

  @Override
  public <B, M> List<M> visit(Visit<B> visit, WorkerTask<Shard, B, M> task) {
    return inScope(visit, payload -> arrivals.collect(messages(payload, task)));
  }

  @Override
  public <B, M> List<M> visitAggregators(Visit<B> visit, AggregatorTask<B, M> task) {
    JavaRDD<String> places = aggregators.partitions(visit.cohort());
    return inScope(visit, payload -> arrivals.collect(answers(places, payload, task)));
  }

  /** Returns the workers' partitions. */
  JavaRDD<WorkerPartition> partitions() {
    return partitions;
  }

  /** Lets the executors forget the rows. */
  @Override
  public void close() {
    partitions.unpersist(false);
  }

  /** What is broadcast: who is meant, and the driver's value. */
  private record Payload<B>(TreeSet<String> cohort, B value) implements Serializable {}

  private interface Action<B, R> {
    R run(Broadcast<Payload<B>> payload) throws Exception;
  }

  private <B, R> R inScope(Visit<B> visit, Action<B, R> action) {
    Broadcast<Payload<B>> payload =
        spark.broadcast(new Payload<>(new TreeSet<>(visit.cohort()), visit.broadcast()));
    try (JobScope scope = new JobScope(spark, jobGroup, visit.description())) {
      return action.run(payload);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AggregationException(
          "the cluster could not finish \"" + visit.description() + "\"", e);
    } finally {
      payload.destroy();
    }
  }

  private <B, M> JavaRDD<M> messages(Broadcast<Payload<B>> payload, WorkerTask<Shard, B, M> task) {
    return partitions.mapPartitions(partition -> runAtWorker(partition, payload.value(), task));
  }

  private static <B, M> JavaRDD<M> answers(
      JavaRDD<String> places, Broadcast<Payload<B>> payload, AggregatorTask<B, M> task) {
    return places.map(aggregator -> task.run(aggregator, payload.value().value()));
  }

  /** Runs in a task at the worker. */
  private static <B, M> Iterator<M> runAtWorker(
      Iterator<WorkerPartition> partition, Payload<B> payload, WorkerTask<Shard, B, M> task) {
    WorkerPartition worker = WorkerPartition.only(partition);
    if (!payload.cohort().contains(worker.worker())) {
      return Collections.emptyIterator();
    }
    Shard shard =
        worker
            .shardIfAny()
            .orElseThrow(
                () -> new IllegalStateException("a worker of the cohort must hold a shard"));
    return Collections.singleton(task.run(worker.worker(), shard, payload.value())).iterator();
  }
}
