package io.sparkfed.spark;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
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
    List<M> arrived = Collections.synchronizedList(new ArrayList<>());
    Function2<Object, Object[], BoxedUnit> take =
        (index, elements) -> {
          @SuppressWarnings("unchecked")
          List<M> messages = (List<M>) Arrays.asList(elements);
          arrived.addAll(messages);
          arrival.accept(partitions.get((Integer) index));
          return BoxedUnit.UNIT;
        };
    Function0<Object> done = () -> true;
    SimpleFutureAction<Object> job =
        spark.submitJob(
            rdd,
            body,
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
}
