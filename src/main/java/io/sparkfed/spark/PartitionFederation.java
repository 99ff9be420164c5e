package io.sparkfed.spark;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import java.io.Serializable;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
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
  private final JavaRDD<? extends Held<S>> cached;
  private final JavaRDD<? extends Held<S>> partitions;
  private final List<Place> places;
  private final Set<Place> givenUp = new HashSet<>();
  private final List<String> workers;
  private final Duration clusterTimeout;
  private final Arrivals arrivals;
  private final AggregatorPlaces aggregators;
  private final String jobGroup = "spark-federated-" + UUID.randomUUID();

  /**
   * Takes over a persisted RDD with one element in each partition.
   *
   * @param places where each partition's worker may run; empty when all may run anywhere
   * @param workers ids of the workers that hold something, sorted
   */
  PartitionFederation(
      JavaSparkContext spark,
      JavaRDD<? extends Held<S>> partitions,
      List<Place> places,
      List<String> workers,
      VisitBounds bounds) {
    this.aggregators = new AggregatorPlaces(spark.sc(), bounds.aggregatorHosts());
    this.arrivals = new Arrivals(spark.sc(), bounds.deadline());
    this.clusterTimeout = bounds.clusterTimeout();
    this.spark = spark;
    this.cached = partitions;
    this.partitions = PlacedRdd.of(partitions, places);
    this.places = List.copyOf(places);
    this.workers = List.copyOf(workers);
  }

  @Override
  public List<String> workers() {
    return workers;
  }

  @Override
  public <B, M> List<M> visit(Visit<B> visit, WorkerTask<S, B, M> task) {
    List<Integer> visited = visited(visit.cohort());
    return inScope(visit, places, visited, payload -> messages(payload, task));
  }

  @Override
  public <B, M> List<M> visitAggregators(Visit<B> visit, AggregatorTask<B, M> task) {
    JavaRDD<String> parties = aggregators.partitions(visit.cohort());
    return inScope(visit, List.of(), all(parties), payload -> answers(parties, payload, task));
  }

  /** Lets the executors forget the rows. */
  @Override
  public void close() {
    cached.unpersist(false);
  }

  /**
   * Returns the partitions to visit: a worker with hosts is left out where nobody asks for it, and
   * after it was waited for in vain, until there is an executor again.
   */
  private List<Integer> visited(List<String> cohort) {
    List<Integer> all = all(partitions);
    if (places.isEmpty()) {
      return all;
    }
    givenUp.removeIf(place -> ClusterWatch.isThere(spark.sc(), place));
    return all.stream()
        .filter(
            partition -> {
              Place place = places.get(partition);
              return place.isAnywhere()
                  || (cohort.contains(place.worker()) && !givenUp.contains(place));
            })
        .toList();
  }

  private static List<Integer> all(JavaRDD<?> rdd) {
    return IntStream.range(0, rdd.getNumPartitions()).boxed().toList();
  }

  /** What is broadcast: who is meant, and the driver's value. */
  private record Payload<B>(TreeSet<String> cohort, B value) implements Serializable {}

  private interface Work<B, M> {
    JavaRDD<M> on(Broadcast<Payload<B>> payload);
  }

  private <B, M> List<M> inScope(
      Visit<B> visit, List<Place> placed, List<Integer> visited, Work<B, M> work) {
    Set<Integer> awaited = ConcurrentHashMap.newKeySet();
    awaited.addAll(visited);
    Broadcast<Payload<B>> payload =
        spark.broadcast(new Payload<>(new TreeSet<>(visit.cohort()), visit.broadcast()));
    try (JobScope scope = new JobScope(spark, jobGroup, visit.description());
        ClusterWatch watch =
            ClusterWatch.ofRest(spark, jobGroup, clusterTimeout, () -> places(placed, awaited))) {
      try {
        return arrivals.collect(work.on(payload), visited, awaited::remove);
      } catch (Exception e) {
        watch.throwReason(e);
        throw failure(visit, e);
      } finally {
        places(placed, awaited).stream().filter(place -> !place.isAnywhere()).forEach(givenUp::add);
      }
    } finally {
      payload.destroy();
    }
  }

  private static RuntimeException failure(Visit<?> visit, Exception e) {
    return e instanceof RuntimeException runtime
        ? runtime
        : new AggregationException(
            "the cluster could not finish \"" + visit.description() + "\"", e);
  }

  /** Returns where awaited partitions may run: for those that may anywhere, once says it all. */
  private static List<Place> places(List<Place> placed, Set<Integer> awaited) {
    return placed.isEmpty()
        ? awaited.stream().limit(1).map(partition -> Place.anywhere("")).toList()
        : awaited.stream().map(placed::get).toList();
  }

  private <B, M> JavaRDD<M> messages(Broadcast<Payload<B>> payload, WorkerTask<S, B, M> task) {
    return partitions.mapPartitions(partition -> runAtWorker(partition, payload.value(), task));
  }

  private static <B, M> JavaRDD<M> answers(
      JavaRDD<String> parties, Broadcast<Payload<B>> payload, AggregatorTask<B, M> task) {
    return parties.map(aggregator -> task.run(aggregator, payload.value().value()));
  }

  /** Runs in a task at the worker. */
  private static <S, B, M> Iterator<M> runAtWorker(
      Iterator<? extends Held<S>> partition, Payload<B> payload, WorkerTask<S, B, M> task) {
    Held<S> worker = Held.only(partition);
    if (!payload.cohort().contains(worker.worker())) {
      return Collections.emptyIterator();
    }
    // Rows that could be read when they were loaded, and can't be now: it drops out.
    return worker
        .held()
        .map(held -> Collections.singleton(task.run(worker.worker(), held, payload.value())))
        .orElse(Set.of())
        .iterator();
  }
}
