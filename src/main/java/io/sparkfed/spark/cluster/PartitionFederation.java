package io.sparkfed.spark.cluster;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.GroupTask;
import io.sparkfed.aggregate.GroupTask.Member;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.spark.cluster.Arrivals.TaskBody;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.Sendable;
import io.sparkfed.wire.Site;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
public final class PartitionFederation<S> implements Federation<S>, AutoCloseable {
  private final JavaSparkContext spark;
  private final JavaRDD<Held<S>> persisted;
  private final WorkersRdd<Held<S>> kept;
  private final RDD<Held<S>> partitions;
  private final Occupancy occupancy;
  private final List<Place> places;
  private final Set<Place> givenUp = new HashSet<>();

  /** What executors there were when places were looked for. */
  private final Map<List<Place>, List<Executor>> lookedAt = new HashMap<>();

  private final List<String> workers;
  private final Duration clusterTimeout;
  private final Arrivals arrivals;
  private final AggregatorPlaces aggregators;
  private final String jobGroup = "spark-federated-" + UUID.randomUUID();

  /**
   * Takes over a persisted RDD with an element for each worker.
   *
   * @param occupancy how many elements a partition holds
   * @param places where each partition's worker may run; empty when all may run anywhere
   * @param workers ids of the workers that hold something, sorted
   */
  public PartitionFederation(
      JavaSparkContext spark,
      JavaRDD<? extends Held<S>> partitions,
      Occupancy occupancy,
      List<Place> places,
      List<String> workers,
      VisitBounds bounds) {
    this.aggregators = new AggregatorPlaces(spark.sc(), bounds.aggregatorHosts());
    this.arrivals = new Arrivals(spark.sc(), bounds.deadline());
    this.clusterTimeout = bounds.clusterTimeout();
    this.spark = spark;
    // Its elements are only read.
    @SuppressWarnings("unchecked")
    JavaRDD<Held<S>> elements = (JavaRDD<Held<S>>) partitions;
    this.persisted = elements;
    this.kept = new WorkersRdd<>(elements);
    this.partitions = PlacedRdd.of(kept.toJavaRDD(), places).rdd();
    this.occupancy = occupancy;
    this.places = List.copyOf(places);
    this.workers = List.copyOf(workers);
  }

  @Override
  public List<String> workers() {
    return workers;
  }

  @Override
  public <M> List<M> visit(Visit visit, WorkerTask<S, M> task) {
    return run(
        visit,
        payload(visit, task),
        partitions,
        visited(visit.cohort()),
        carried -> new AtEachWorker<S, M>(occupancy, carried));
  }

  @Override
  public <M> List<M> visitGroups(Visit visit, GroupTask<S, M> task) {
    return run(
        visit,
        payload(visit, task),
        partitions,
        visited(visit.cohort()),
        carried -> new AtGroup<S, M>(occupancy, carried));
  }

  @Override
  public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
    List<Place> at = aggregators.places(visit.cohort());
    lookFor(at);
    RDD<String> parties = aggregators.partitions(visit.cohort()).rdd();
    return run(
        visit,
        Payload.of(null, task),
        parties,
        Visited.needed(parties, at),
        carried -> new AtAggregator<M>(carried));
  }

  /** Returns what the workers hold, as visits see it. */
  JavaRDD<Held<S>> elements() {
    return partitions.toJavaRDD();
  }

  /** Lets the executors forget the rows. */
  @Override
  public void close() {
    kept.close();
    Kept.forget(persisted);
  }

  private <T extends Sendable<T>> Payload<T> payload(Visit visit, T task) {
    return Payload.of(visit.cohort().equals(workers) ? null : Set.copyOf(visit.cohort()), task);
  }

  /**
   * Returns the partitions to visit: a worker with hosts is left out where nobody asks for it, and
   * after it was waited for in vain, until there is an executor again.
   */
  private Visited visited(List<String> cohort) {
    if (places.isEmpty()) {
      return Visited.all(partitions);
    }
    lookFor(places);
    givenUp.removeIf(place -> ClusterWatch.isThere(spark.sc(), place));
    return new Visited(
        IntStream.range(0, places.size())
            .filter(
                partition -> {
                  Place place = places.get(partition);
                  return place.isAnywhere()
                      || (cohort.contains(place.party()) && !givenUp.contains(place));
                })
            .boxed()
            .toList(),
        places);
  }

  /** Looks where parties are, again only where executors came, went or told their labels. */
  private void lookFor(List<Place> wanted) {
    if (wanted.stream().allMatch(Place::isAnywhere)) {
      return;
    }
    List<Executor> now = Executors.now(spark.sc());
    if (!now.equals(lookedAt.get(wanted))) {
      ClusterWatch.lookFor(spark, wanted);
      lookedAt.put(wanted, Executors.now(spark.sc()));
    }
  }

  private <P extends Serializable, T, M> List<M> run(
      Visit visit, P payload, RDD<T> at, Visited visited, Function<Carried<P>, TaskBody<T>> body) {
    try (Carried<P> carried = Carried.of(spark, payload);
        JobScope scope = new JobScope(spark, jobGroup, visit.description());
        ClusterWatch watch = visited.watch(spark, jobGroup, clusterTimeout)) {
      try {
        List<M> messages =
            arrivals.collect(at, visited.partitions(), body.apply(carried), visited::arrived);
        watch.requireAll();
        return messages;
      } catch (Exception e) {
        watch.throwReason(e);
        throw failure(visit, e);
      } finally {
        visited.awaited().stream().filter(place -> !place.isAnywhere()).forEach(givenUp::add);
      }
    }
  }

  private static RuntimeException failure(Visit visit, Exception e) {
    return e instanceof RuntimeException runtime
        ? runtime
        : new AggregationException(
            "the cluster could not finish \"" + visit.description() + "\"", e);
  }

  /**
   * What travels to the places of a visit: what is asked as canonical bytes, and where to look for
   * what is not asked.
   */
  private static final class Payload<T extends Sendable<T>> implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Who is meant; null for everybody who holds something. */
    private final HashSet<String> cohort;

    private final byte[] bytes;
    private final Form<T> form;
    private final Site site;
    private transient T task;

    private Payload(Set<String> cohort, byte[] bytes, Form<T> form, Site site) {
      this.cohort = cohort == null ? null : new HashSet<>(cohort);
      this.bytes = bytes;
      this.form = form;
      this.site = site;
    }

    static <T extends Sendable<T>> Payload<T> of(Set<String> cohort, T task) {
      return new Payload<>(cohort, task.toBytes(), task.form(), task.site());
    }

    /** Returns the task, read once for all tasks of a process. */
    synchronized T task() {
      if (task == null) {
        task = form.read(bytes, site);
      }
      return task;
    }

    /** Returns what the workers of a partition hold that are meant. */
    <S> List<Member<S>> members(Occupancy occupancy, Iterator<Held<S>> partition) {
      List<Member<S>> members = new ArrayList<>();
      for (Held<S> worker : occupancy.of(CollectionConverters.asJava(partition))) {
        if (cohort == null || cohort.contains(worker.worker())) {
          // Rows that could be read when they were loaded, and can't be now: it drops out.
          worker.held().ifPresent(held -> members.add(new Member<>(worker.worker(), held)));
        }
      }
      return members;
    }
  }

  /** Runs in a task at the workers of a partition. */
  private abstract static class AtWorkers<S, T extends Sendable<T>> implements TaskBody<Held<S>> {
    private static final long serialVersionUID = 1L;

    private final Occupancy occupancy;
    private final Carried<Payload<T>> carried;

    AtWorkers(Occupancy occupancy, Carried<Payload<T>> carried) {
      this.occupancy = occupancy;
      this.carried = carried;
    }

    /** Returns the messages of the members, at least one. */
    abstract Stream<?> messages(T task, List<Member<S>> members);

    @Override
    public final Object[] apply(Iterator<Held<S>> partition) {
      Payload<T> payload = carried.value();
      List<Member<S>> members = payload.members(occupancy, partition);
      return members.isEmpty() ? new Object[0] : messages(payload.task(), members).toArray();
    }
  }

  /** Asks each worker alone. */
  private static final class AtEachWorker<S, M> extends AtWorkers<S, WorkerTask<S, M>> {
    private static final long serialVersionUID = 1L;

    AtEachWorker(Occupancy occupancy, Carried<Payload<WorkerTask<S, M>>> carried) {
      super(occupancy, carried);
    }

    @Override
    Stream<?> messages(WorkerTask<S, M> task, List<Member<S>> members) {
      return members.stream().map(member -> task.run(member.worker(), member.held()));
    }
  }

  /** Asks the workers of a group together. */
  private static final class AtGroup<S, M> extends AtWorkers<S, GroupTask<S, M>> {
    private static final long serialVersionUID = 1L;

    AtGroup(Occupancy occupancy, Carried<Payload<GroupTask<S, M>>> carried) {
      super(occupancy, carried);
    }

    @Override
    Stream<?> messages(GroupTask<S, M> task, List<Member<S>> members) {
      return Stream.of(task.run(members));
    }
  }

  /** Runs in a task at the aggregator. */
  private static final class AtAggregator<M> implements TaskBody<String> {
    private static final long serialVersionUID = 1L;

    private final Carried<Payload<AggregatorTask<M>>> carried;

    AtAggregator(Carried<Payload<AggregatorTask<M>>> carried) {
      this.carried = carried;
    }

    @Override
    public Object[] apply(Iterator<String> places) {
      AggregatorTask<M> task = carried.value().task();
      List<Object> messages = new ArrayList<>();
      CollectionConverters.asJava(places)
          .forEachRemaining(aggregator -> messages.add(task.run(aggregator)));
      return messages.toArray();
    }
  }
}
