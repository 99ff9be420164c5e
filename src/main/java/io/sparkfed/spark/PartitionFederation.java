package io.sparkfed.spark;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.GroupTask;
import io.sparkfed.aggregate.GroupTask.Member;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.spark.Arrivals.TaskBody;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A federation whose workers are the partitions of a cached RDD, or share them where they are
 * simulated. A visit is one action; what it brings along is forgotten when it ends.
 *
 * @param <S> what a worker holds
 */
final class PartitionFederation<S> implements Federation<S>, AutoCloseable {
  private final JavaSparkContext spark;
  private final JavaRDD<Held<S>> persisted;
  private final WorkersRdd<Held<S>> partitions;
  private final Occupancy occupancy;
  private final List<String> workers;
  private final Arrivals arrivals;
  private final AggregatorPlaces aggregators;
  private final String jobGroup = "spark-federated-" + UUID.randomUUID();

  /**
   * Takes over a persisted RDD with an element for each worker.
   *
   * @param occupancy how many elements a partition holds
   * @param workers ids of the workers that hold something, sorted
   * @param deadline how long a visit may take; empty for no bound
   * @param aggregatorHosts host by aggregator; who isn't in it may run anywhere
   */
  PartitionFederation(
      JavaSparkContext spark,
      JavaRDD<? extends Held<S>> partitions,
      Occupancy occupancy,
      List<String> workers,
      Optional<Duration> deadline,
      Map<String, String> aggregatorHosts) {
    this.aggregators = new AggregatorPlaces(spark.sc(), aggregatorHosts);
    this.arrivals = new Arrivals(spark.sc(), deadline);
    this.spark = spark;
    // Its elements are only read.
    @SuppressWarnings("unchecked")
    JavaRDD<Held<S>> elements = (JavaRDD<Held<S>>) partitions;
    this.persisted = elements;
    this.partitions = new WorkersRdd<>(elements);
    this.occupancy = occupancy;
    this.workers = List.copyOf(workers);
  }

  @Override
  public List<String> workers() {
    return workers;
  }

  @Override
  public <B, M> List<M> visit(Visit<B> visit, WorkerTask<S, B, M> task) {
    return run(
        visit,
        payload(visit, task),
        partitions,
        carried -> new AtEachWorker<S, B, M>(occupancy, carried));
  }

  @Override
  public <B, M> List<M> visitGroups(Visit<B> visit, GroupTask<S, B, M> task) {
    return run(
        visit,
        payload(visit, task),
        partitions,
        carried -> new AtGroup<S, B, M>(occupancy, carried));
  }

  @Override
  public <B, M> List<M> visitAggregators(Visit<B> visit, AggregatorTask<B, M> task) {
    return run(
        visit,
        new Payload<>(null, visit.broadcast(), task),
        aggregators.partitions(visit.cohort()).rdd(),
        carried -> new AtAggregator<B, M>(carried));
  }

  /** Lets the executors forget the rows. */
  @Override
  public void close() {
    partitions.close();
    persisted.unpersist(false);
  }

  private <B, K> Payload<B, K> payload(Visit<B> visit, K task) {
    HashSet<String> cohort = visit.cohort().equals(workers) ? null : new HashSet<>(visit.cohort());
    return new Payload<>(cohort, visit.broadcast(), task);
  }

  private <P extends Serializable, T, M> List<M> run(
      Visit<?> visit, P payload, RDD<T> places, Function<Carried<P>, TaskBody<T>> body) {
    try (Carried<P> carried = Carried.of(spark, payload);
        JobScope scope = new JobScope(spark, jobGroup, visit.description())) {
      return arrivals.collect(places, body.apply(carried));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AggregationException(
          "the cluster could not finish \"" + visit.description() + "\"", e);
    }
  }

  /**
   * What travels to the places of a visit.
   *
   * @param cohort who is meant; null for everybody who holds something
   * @param value the driver's value
   * @param task what is to be done
   */
  private record Payload<B, K>(HashSet<String> cohort, B value, K task) implements Serializable {

    /** Returns what the workers of a partition hold that are meant. */
    <S> List<Member<S>> members(Occupancy occupancy, Iterator<Held<S>> partition) {
      List<Member<S>> members = new ArrayList<>();
      for (Held<S> worker : occupancy.of(CollectionConverters.asJava(partition))) {
        if (cohort == null ? worker.held().isPresent() : cohort.contains(worker.worker())) {
          S held =
              worker
                  .held()
                  .orElseThrow(
                      () -> new IllegalStateException("a worker of the cohort must hold its rows"));
          members.add(new Member<>(worker.worker(), held));
        }
      }
      return members;
    }
  }

  /** Runs in a task at the worker. */
  private static final class AtEachWorker<S, B, M> implements TaskBody<Held<S>> {
    private static final long serialVersionUID = 1L;

    private final Occupancy occupancy;
    private final Carried<Payload<B, WorkerTask<S, B, M>>> carried;

    AtEachWorker(Occupancy occupancy, Carried<Payload<B, WorkerTask<S, B, M>>> carried) {
      this.occupancy = occupancy;
      this.carried = carried;
    }

    @Override
    public Object[] apply(Iterator<Held<S>> partition) {
      Payload<B, WorkerTask<S, B, M>> payload = carried.value();
      return payload.members(occupancy, partition).stream()
          .map(member -> payload.task().run(member.worker(), member.shard(), payload.value()))
          .toArray();
    }
  }

  /** Runs in a task at the workers of a group. */
  private static final class AtGroup<S, B, M> implements TaskBody<Held<S>> {
    private static final long serialVersionUID = 1L;

    private final Occupancy occupancy;
    private final Carried<Payload<B, GroupTask<S, B, M>>> carried;

    AtGroup(Occupancy occupancy, Carried<Payload<B, GroupTask<S, B, M>>> carried) {
      this.occupancy = occupancy;
      this.carried = carried;
    }

    @Override
    public Object[] apply(Iterator<Held<S>> partition) {
      Payload<B, GroupTask<S, B, M>> payload = carried.value();
      List<Member<S>> members = payload.members(occupancy, partition);
      return members.isEmpty()
          ? new Object[0]
          : new Object[] {payload.task().run(members, payload.value())};
    }
  }

  /** Runs in a task at the aggregator. */
  private static final class AtAggregator<B, M> implements TaskBody<String> {
    private static final long serialVersionUID = 1L;

    private final Carried<Payload<B, AggregatorTask<B, M>>> carried;

    AtAggregator(Carried<Payload<B, AggregatorTask<B, M>>> carried) {
      this.carried = carried;
    }

    @Override
    public Object[] apply(Iterator<String> places) {
      Payload<B, AggregatorTask<B, M>> payload = carried.value();
      List<Object> messages = new ArrayList<>();
      CollectionConverters.asJava(places)
          .forEachRemaining(
              aggregator -> messages.add(payload.task().run(aggregator, payload.value())));
      return messages.toArray();
    }
  }
}
