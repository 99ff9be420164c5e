package io.sparkfed.benchmark;

import java.io.Serializable;
import java.util.stream.IntStream;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import scala.Function0;
import scala.Function1;
import scala.Function2;
import scala.collection.Iterator;
import scala.collection.immutable.Range;
import scala.concurrent.Await;
import scala.concurrent.duration.Duration;
import scala.runtime.BoxedUnit;

/**
 * The least that a round can be on Spark: a broadcast of so many numbers, and a job whose tasks
 * look at it and return one number each, taken by a handler.
 */
final class EmptyJob {
  private final JavaSparkContext spark;
  private final JavaRDD<Integer> tasks;
  private final int numbers;

  EmptyJob(SparkSession spark, int tasks, int numbers) {
    this.spark = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.tasks = this.spark.parallelize(IntStream.range(0, tasks).boxed().toList(), tasks);
    this.numbers = numbers;
  }

  private interface Look extends Function1<Iterator<Integer>, Integer>, Serializable {}

  /** Runs it once; returns milliseconds. */
  double millis() {
    long start = System.nanoTime();
    Broadcast<double[]> model = spark.broadcast(new double[numbers]);
    Look look = partition -> model.value().length + (partition.hasNext() ? 1 : 0);
    int[] results = new int[tasks.getNumPartitions()];
    Function2<Object, Integer, BoxedUnit> take =
        (partition, result) -> {
          results[(Integer) partition] = result;
          return BoxedUnit.UNIT;
        };
    Function0<Object> done = () -> true;
    SimpleFutureAction<Object> job =
        spark
            .sc()
            .submitJob(tasks.rdd(), look, new Range.Exclusive(0, results.length, 1), take, done);
    try {
      Await.result(job, Duration.Inf());
    } catch (Exception e) {
      throw new IllegalStateException("an empty job can't fail", e);
    }
    model.destroy();
    return (System.nanoTime() - start) / 1e6;
  }
}
