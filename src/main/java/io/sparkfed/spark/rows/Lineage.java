package io.sparkfed.spark.rows;

import io.sparkfed.data.DataException;
import org.apache.spark.Dependency;
import org.apache.spark.ShuffleDependency;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import scala.jdk.javaapi.CollectionConverters;

/** Looks at where an RDD comes from. */
final class Lineage {
  private Lineage() {}

  /**
   * Returns {@code rows}.
   *
   * @throws DataException if computing them would move rows between tasks
   */
  static <T> JavaRDD<T> requireNoShuffle(JavaRDD<T> rows, String worker) {
    if (hasShuffle(rows.rdd())) {
      throw new DataException(
          "worker "
              + worker
              + ": data.derive and data.where must work row by row; these would shuffle rows");
    }
    return rows;
  }

  private static boolean hasShuffle(RDD<?> rdd) {
    for (Dependency<?> dependency : CollectionConverters.asJava(rdd.dependencies())) {
      if (dependency instanceof ShuffleDependency<?, ?, ?> || hasShuffle(dependency.rdd())) {
        return true;
      }
    }
    return false;
  }
}
