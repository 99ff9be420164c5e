package io.sparkfed.spark;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
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
 *
 * @param <S> what a worker holds
 */
final class PartitionFederation<S> implements Federation<S>, AutoCloseable {
  private final JavaSparkContext spark;
  private final JavaRDD<? extends Held<S>> partitions;
  private final List<String> workers;
  private final Arrivals arrivals;
  private final AggregatorPlaces aggregators;
  private final String jobGroup = "spark-federated-" + UUID.randomUUID();

  /**
   * Takes over a persisted RDD with one element in each partition.
   *
   * @param workers ids of the workers that hold something, sorted
   * @param deadline how long a visit may take; empty for no bound
   * @param aggregatorHosts host by aggregator; who isn't in it may run anywhere
   */
  PartitionFederation(
      JavaSparkContext spark,
      JavaRDD<? extends Held<S>> partitions,
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
  public <B, M> List<M> visit(Visit<B> visit, WorkerTask<S, B, M> task) {
    return inScope(visit, payload -> arrivals.collect(messages(payload, task)));
  }

  @Override
  public <B, M> List<M> visitAggregators(Visit<B> visit, AggregatorTask<B, M> task) {
    JavaRDD<String> places = aggregators.partitions(visit.cohort());
    return inScope(visit, payload -> arrivals.collect(answers(places, payload, task)));
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

  private <B, M> JavaRDD<M> messages(Broadcast<Payload<B>> payload, WorkerTask<S, B, M> task) {
    return partitions.mapPartitions(partition -> runAtWorker(partition, payload.value(), task));
  }

  private static <B, M> JavaRDD<M> answers(
      JavaRDD<String> places, Broadcast<Payload<B>> payload, AggregatorTask<B, M> task) {
    return places.map(aggregator -> task.run(aggregator, payload.value().value()));
  }

  /** Runs in a task at the worker. */
  private static <S, B, M> Iterator<M> runAtWorker(
      Iterator<? extends Held<S>> partition, Payload<B> payload, WorkerTask<S, B, M> task) {
    Held<S> worker = Held.only(partition);
    if (!payload.cohort().contains(worker.worker())) {
      return Collections.emptyIterator();
    }
    S held =
        worker
            .held()
            .orElseThrow(
                () -> new IllegalStateException("a worker of the cohort must hold its rows"));
    return Collections.singleton(task.run(worker.worker(), held, payload.value())).iterator();
  }
}
