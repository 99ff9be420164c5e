package io.sparkfed.spark.cluster;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkJobInfo;
import org.apache.spark.SparkStageInfo;
import org.apache.spark.SparkStatusTracker;
import org.apache.spark.rdd.RDD;
import scala.Function0;
import scala.Function1;
import scala.Function2;
import scala.Option;
import scala.collection.Iterator;
import scala.concurrent.Await;
import scala.concurrent.duration.Duration;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;

/**
 * Takes the results of a job as they arrive, and does without those that don't come: at the
 * deadline the rest is canceled, and what a failed task would have brought is missing.
 */
final class Arrivals {
  private static final long POLL_NANOS = 500_000_000;

  /** So often a job must be seen idle: between two tasks it is so for a moment. */
  private static final int LOOKS = 2;

  private static final int[] NO_STAGES = {};

  private final SparkContext spark;
  private final Optional<java.time.Duration> deadline;

  Arrivals(SparkContext spark, Optional<java.time.Duration> deadline) {
    this.spark = spark;
    this.deadline = deadline;
  }

  /**
   * What a task does with its partition, and returns as an array. To be a class with a name: Spark
   * would look into a lambda for what it holds and serialize it once more to see whether it can.
   */
  interface TaskBody<T> extends Function1<Iterator<T>, Object[]>, Serializable {}

  /**
   * Runs the job and returns the elements that arrived.
   *
   * @param partitions which to compute
   * @param body returns an array of {@code M}
   * @param arrival told of each partition that arrived
   * @throws Exception the job's failure, if nothing arrived before it
   */
  <T, M> List<M> collect(
      RDD<T> rdd, List<Integer> partitions, TaskBody<T> body, Consumer<Integer> arrival)
      throws Exception {
    Arrived<M> arrived = new Arrived<>(arrival);
    long start = System.nanoTime();
    while (true) {
      Set<String> executors = Executors.ids(spark);
      SimpleFutureAction<Object> job = submit(rdd, arrived.missingOf(partitions), body, arrived);
      try {
        if (ends(job, executors, start)) {
          if (job.value().get().isFailure() && arrived.isEmpty()) {
            throw (Exception) job.value().get().failed().get();
          }
          return arrived.elements();
        }
      } catch (TimeoutException e) {
        job.cancel();
        return arrived.elements();
      } catch (InterruptedException e) {
        job.cancel();
        Thread.currentThread().interrupt();
        throw e;
      }
      job.cancel();
    }
  }

  private <T, M> SimpleFutureAction<Object> submit(
      RDD<T> rdd, List<Integer> partitions, TaskBody<T> body, Arrived<M> arrived) {
    Function2<Object, Object[], BoxedUnit> take =
        (index, elements) -> {
          arrived.take(partitions.get((Integer) index), elements);
          return BoxedUnit.UNIT;
        };
    Function0<Object> done = () -> true;
    return spark.submitJob(
        rdd,
        body,
        CollectionConverters.asScala(List.<Object>copyOf(partitions)).toSeq(),
        take,
        done);
  }

  /**
   * Waits for a job; returns whether it ended. It doesn't where it is left to itself: an executor
   * is gone that was there, and none of its tasks runs. Spark then waits for the lost executor's
   * place as long as for a busy one; a job submitted anew has no such place.
   *
   * @throws TimeoutException at the deadline
   */
  private boolean ends(SimpleFutureAction<Object> job, Set<String> executors, long start)
      throws TimeoutException, InterruptedException {
    int idle = 0;
    while (true) {
      long left = deadline.map(d -> d.toNanos() - (System.nanoTime() - start)).orElse(POLL_NANOS);
      if (left <= 0) {
        throw new TimeoutException();
      }
      try {
        Await.ready(job, Duration.fromNanos(Math.min(left, POLL_NANOS)));
        return true;
      } catch (TimeoutException e) {
        boolean lost = !Executors.ids(spark).containsAll(executors);
        idle = lost && runningTasks(job) == 0 ? idle + 1 : 0;
        if (idle == LOOKS) {
          return false;
        }
      }
    }
  }

  private int runningTasks(SimpleFutureAction<Object> job) {
    int tasks = 0;
    SparkStatusTracker tracker = spark.statusTracker();
    for (Object id : CollectionConverters.asJava(job.jobIds())) {
      Option<SparkJobInfo> info = tracker.getJobInfo((Integer) id);
      for (int stage : info.isDefined() ? info.get().stageIds() : NO_STAGES) {
        Option<SparkStageInfo> running = tracker.getStageInfo(stage);
        tasks += running.isDefined() ? running.get().numActiveTasks() : 0;
      }
    }
    return tasks;
  }

  /** The elements that have come, each partition's once. */
  private static final class Arrived<M> {
    private final Consumer<Integer> arrival;
    private final Set<Integer> partitions = new HashSet<>();
    private final List<M> elements = new ArrayList<>();

    Arrived(Consumer<Integer> arrival) {
      this.arrival = arrival;
    }

    @SuppressWarnings("unchecked")
    synchronized void take(int partition, Object[] ofPartition) {
      if (partitions.add(partition)) {
        elements.addAll((List<M>) Arrays.asList(ofPartition));
        arrival.accept(partition);
      }
    }

    synchronized List<Integer> missingOf(List<Integer> all) {
      return all.stream().filter(partition -> !partitions.contains(partition)).toList();
    }

    synchronized boolean isEmpty() {
      return elements.isEmpty();
    }

    synchronized List<M> elements() {
      return List.copyOf(elements);
    }
  }
}
