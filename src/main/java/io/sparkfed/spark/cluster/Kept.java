package io.sparkfed.spark.cluster;

import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
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
  private static final System.Logger LOG = System.getLogger(Kept.class.getName());

  private Kept() {}

  /** Has the executors forget rows. */
  public static void forget(JavaRDD<?> persisted) {
    forget(persisted.rdd());
  }

  static void forget(RDD<?> persisted) {
    SparkContext context = persisted.context();
    await(context, isWaitedFor -> persisted.unpersist(isWaitedFor));
  }

  /** Has the executors forget a value, which can't be sent again. */
  public static void forget(SparkContext context, Broadcast<?> value) {
    await(context, value::destroy);
  }

  /** Whatever is still read when the time is up is forgotten afterwards. */
  private static void await(SparkContext context, Consumer<Boolean> forgetting) {
    if (context.isStopped()) {
      // Its executors end, and with them all that they keep.
      return;
    }
    try {
      forgetting.accept(context.isLocal());
    } catch (Exception e) {
      // Scala's methods declare no checked exceptions.
      if (!(e instanceof TimeoutException)) {
        throw e;
      }
      LOG.log(System.Logger.Level.DEBUG, "a task still reads what is to be forgotten", e);
    }
  }
}
