package io.sparkfed.spark.cluster;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Ends Spark jobs that wait in vain: Spark itself waits for ever where no executor comes, or none
 * on the only hosts that a task may run on. Slow tasks are not its business.
 */
public final class ClusterWatch implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ClusterWatch.class.getName());
  private static final long POLL_MILLIS = 500;
  private static final long ARRIVAL_MILLIS = 50;

  /** How long executors are waited for to tell their labels. */
  private static final Duration ANSWERS = Duration.ofSeconds(3);

  /** How much longer a place is waited for while executors are asked whether they are there. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private final SparkContext spark;
  private final String jobGroup;
  private final Duration limit;
  private final Waiting waiting;
  private final Map<Place, Long> lackingSince = new HashMap<>();
  private final Thread thread = new Thread(this::watch, "spark-federated cluster watch");
  private volatile Message complaint;
  private volatile boolean closed;

  /** Whose tasks haven't come back, and when that is hopeless. */
  private record Waiting(Supplier<List<Place>> awaited, boolean untilNobodyCanCome) {}

  private ClusterWatch(JavaSparkContext spark, String jobGroup, Duration limit, Waiting waiting) {
    this.spark = spark.sc();
    this.jobGroup = jobGroup;
    this.limit = limit;
    this.waiting = waiting;
    thread.setDaemon(true);
    thread.start();
  }

  /** Watches jobs that need all of some places: hopeless as soon as one of them is. */
  public static ClusterWatch ofAll(
      JavaSparkContext spark, String jobGroup, Duration limit, List<Place> places) {
    List<Place> needed = new ArrayList<>(places);
    needed.add(Place.anywhere(""));
    return new ClusterWatch(spark, jobGroup, limit, new Waiting(() -> needed, false));
  }

  /**
   * Watches a job that does without who doesn't come: hopeless when all that it still awaits are.
   */
  static ClusterWatch ofRest(
      JavaSparkContext spark, String jobGroup, Duration limit, Supplier<List<Place>> awaited) {
    return new ClusterWatch(spark, jobGroup, limit, new Waiting(awaited, true));
  }

  /** Returns whether there is an executor at the place now. */
  static boolean isThere(SparkContext spark, Place place) {
    return !place.among(Executors.now(spark)).isEmpty();
  }

  /** Returns whether executors may still come to a place that has none. */
  static boolean lacks(SparkContext spark, List<Place> places) {
    return !spark.isLocal() && isOneMissing(places, Executors.now(spark));
  }

  /**
   * Has executors tell their labels if a place isn't known otherwise: a task that knows where to go
   * isn't refused elsewhere first.
   */
  static void lookFor(JavaSparkContext spark, List<Place> places) {
    if (isOneMissing(places, Executors.now(spark.sc()))) {
      Labels.of(spark.sc()).await(spark, ANSWERS);
    }
  }

  /**
   * Waits until there is an executor at each place that is watched, or until one is hopeless. With
   * dynamic allocation it doesn't, as executors then come for jobs that wait.
   */
  public void awaitPlaces() {
    List<Place> places =
        waiting.awaited().get().stream().filter(place -> !place.isAnywhere()).toList();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark);
    lookFor(context, places);
    if (spark.getConf().getBoolean("spark.dynamicAllocation.enabled", false)) {
      return;
    }
    try {
      while (complaint == null
          && !spark.isStopped()
          && !Labels.of(spark).hasFailed()
          && isOneMissing(places, Executors.now(spark))) {
        Labels.of(spark).ask(context);
        Thread.sleep(ARRIVAL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isOneMissing(List<Place> places, List<Executor> executors) {
    return places.stream().anyMatch(place -> place.among(executors).isEmpty());
  }

  /**
   * Says why the jobs were ended, if this did it.
   *
   * @throws AggregationException then
   */
  public void throwReason(Exception failure) {
    Message why = complaint;
    if (why != null) {
      throw new AggregationException(why, TaskFailures.withoutText(failure));
    }
  }

  /**
   * Says why not all places were there, if jobs need them all.
   *
   * @throws AggregationException then
   */
  void requireAll() {
    Message why = complaint;
    if (why != null && !waiting.untilNobodyCanCome()) {
      throw new AggregationException(why);
    }
  }

  private void watch() {
    while (!closed && !spark.isStopped()) {
      try {
        Thread.sleep(POLL_MILLIS);
        look();
      } catch (InterruptedException e) {
        return;
      } catch (Exception e) {
        // Spark's own thread for it was late, or Spark stops: the next look will tell.
        LOG.log(System.Logger.Level.DEBUG, "the cluster could not be inspected", e);
      }
    }
  }

  private void look() {
    List<Executor> executors = Executors.now(spark);
    List<Place> awaited = waiting.awaited().get();
    List<Place> hopeless = new ArrayList<>();
    boolean lacks = false;
    Duration wait = Labels.of(spark).areAwaited(executors) ? limit.plus(GRACE) : limit;
    for (Place place : awaited) {
      if (!place.among(executors).isEmpty()) {
        lackingSince.remove(place);
        continue;
      }
      lacks = true;
      if (isOver(place, wait)) {
        hopeless.add(place);
      }
    }
    if (lacks) {
      Labels.of(spark).ask(JavaSparkContext.fromSparkContext(spark));
    }
    boolean ends =
        waiting.untilNobodyCanCome() ? hopeless.size() == awaited.size() : !hopeless.isEmpty();
    if (ends && !hopeless.isEmpty()) {
      complaint = complaint(hopeless, executors);
      // Again at each look, as the next job of the group may only just begin.
      spark.cancelJobGroup(jobGroup);
    }
  }

  private boolean isOver(Place place, Duration wait) {
    long now = System.nanoTime();
    long since = lackingSince.computeIfAbsent(place, p -> now);
    // A local master has the one host that it has.
    return spark.isLocal() || now - since >= wait.toNanos();
  }

  private Message complaint(List<Place> hopeless, List<Executor> executors) {
    if (executors.isEmpty()) {
      return Message.of(
          "there has been no executor for ",
          limit.toSeconds(),
          " s (",
          Hint.CLUSTER_TIMEOUT,
          "): the cluster has none left for this application");
    }
    Place first = hopeless.get(0);
    Message there =
        spark.isLocal()
            ? Message.of("; this local master runs on ")
            : Message.of(
                ", and there has been no executor there for ",
                limit.toSeconds(),
                " s (",
                Hint.CLUSTER_TIMEOUT,
                "); executors are on ");
    Set<String> spots = new TreeSet<>();
    executors.forEach(executor -> spots.add(executor.spot().toString()));
    return Message.of(first.rule(), there, String.join(", ", spots));
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
