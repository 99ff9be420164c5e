package io.sparkfed.spark;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import scala.Function0;
import scala.Function1;
import scala.Function2;
import scala.collection.Iterator;
import scala.concurrent.Await;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;

/**
 * Takes the results of a job as they arrive, and does without those that don't come: at the
 * deadline the rest is cancelled, and what a failed task would have brought is missing.
 */
final class Arrivals {
  private final SparkContext spark;
  private final Optional<Duration> deadline;

  Arrivals(SparkContext spark, Optional<Duration> deadline) {
    this.spark = spark;
    this.deadline = deadline;
  }

  private interface Partition<T> extends Function1<Iterator<T>, List<T>>, Serializable {}

  /**
   * Runs the job and returns the elements that arrived.
   *
   * @param partitions which to compute
   * @param arrival told of each partition that arrived
   * @throws Exception the job's failure, if nothing arrived before it
   */
  <T> List<T> collect(JavaRDD<T> rdd, List<Integer> partitions, Consumer<Integer> arrival)
      throws Exception {
    List<T> arrived = Collections.synchronizedList(new ArrayList<>());
    Function2<Object, List<T>, BoxedUnit> take =
        (partition, elements) -> {
          arrived.addAll(elements);
          arrival.accept((Integer) partition);
          return BoxedUnit.UNIT;
        };
    Function0<Object> done = () -> true;
    SimpleFutureAction<Object> job =
        spark.submitJob(
            rdd.rdd(),
            (Partition<T>) Arrivals::elements,
            CollectionConverters.asScala(List.<Object>copyOf(partitions)).toSeq(),
            take,
            done);
    try {
      Await.ready(job, bound());
    } catch (TimeoutException e) {
      job.cancel();
      return List.copyOf(arrived);
    } catch (InterruptedException e) {
      job.cancel();
      Thread.currentThread().interrupt();
      throw e;
    }
    if (job.value().get().isFailure() && arrived.isEmpty()) {
      throw (Exception) job.value().get().failed().get();
    }
    return List.copyOf(arrived);
  }

  private scala.concurrent.duration.Duration bound() {
    return deadline
        .<scala.concurrent.duration.Duration>map(
            d -> scala.concurrent.duration.Duration.fromNanos(d.toNanos()))
        .orElse(scala.concurrent.duration.Duration.Inf());
  }

  /** Runs in the task. */
  private static <T> List<T> elements(Iterator<T> partition) {
    List<T> elements = new ArrayList<>();
    while (partition.hasNext()) {
      elements.add(partition.next());
    }
    return elements;
  }
}
