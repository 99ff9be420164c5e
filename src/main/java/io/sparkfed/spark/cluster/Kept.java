package io.sparkfed.spark.cluster;

import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;

/**
 * What executors keep until they are told to forget it. On a local master it is waited for that
 * they have: Spark forgets in threads of its own, and if a job ends meanwhile they print a stack
 * trace about a pool that is shut down. On a cluster an executor may be long in answering.
 */
public final class Kept {
  private Kept() {}

  /** Has the executors forget rows. */
  public static void forget(JavaRDD<?> persisted) {
    forget(persisted.rdd());
  }

  static void forget(RDD<?> persisted) {
    persisted.unpersist(persisted.context().isLocal());
  }

  /** Has the executors forget a value, which can't be sent again. */
  public static void forget(SparkContext context, Broadcast<?> value) {
    value.destroy(context.isLocal());
  }
}
