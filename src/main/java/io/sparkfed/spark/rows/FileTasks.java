package io.sparkfed.spark.rows;

import io.sparkfed.data.DataException;
import io.sparkfed.spark.cluster.Partitionwise;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.cluster.PlacedRdd;
import io.sparkfed.spark.cluster.TaskFailures;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** Looks at files where they are, one task for each of what is asked. */
final class FileTasks {
  private FileTasks() {}

  /**
   * What a task does.
   *
   * @param <Q> what is asked
   * @param <R> the answer, without anything of a row
   */
  interface Task<Q, R> extends Serializable {
    R answer(Place place, Q asked, Configuration hadoop);
  }

  /**
   * Returns the answers, in order.
   *
   * @param places where each is asked
   * @param undone what could not be done if a task fails, for the message
   * @throws DataException if a task fails
   */
  static <Q extends Serializable, R> List<R> ask(
      JavaSparkContext context,
      Broadcast<SerializableConfiguration> hadoop,
      List<Place> places,
      List<Q> asked,
      Task<Q, R> task,
      String undone) {
    JavaRDD<Integer> indices =
        context.parallelize(IntStream.range(0, asked.size()).boxed().toList(), asked.size());
    List<Q> each = new ArrayList<>(asked);
    List<Place> at = new ArrayList<>(places);
    try {
      return Partitionwise.collected(
          Partitionwise.each(
              PlacedRdd.of(indices, at),
              k -> task.answer(at.get(k), each.get(k), hadoop.value().value())));
    } catch (Exception e) {
      throw new DataException(undone + "; see the executors' logs", TaskFailures.withoutText(e));
    }
  }
}
