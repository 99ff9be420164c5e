package io.sparkfed.spark.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.SparkContext;
import org.apache.spark.storage.BlockManagerId;

/** The executors that an application has at the moment. */
final class Executors {
  private Executors() {}

  /** Returns the executors, by id; none under a local master. */
  static List<BlockManagerId> alive(SparkContext spark) {
    List<BlockManagerId> executors = new ArrayList<>();
    scala.collection.Iterator<BlockManagerId> ids =
        spark.env().blockManager().master().getMemoryStatus().keysIterator();
    while (ids.hasNext()) {
      BlockManagerId id = ids.next();
      if (!id.isDriver()) {
        executors.add(id);
      }
    }
    executors.sort(Comparator.comparing(BlockManagerId::executorId));
    return executors;
  }

  /** Returns the ids of the executors; none under a local master. */
  static Set<String> ids(SparkContext spark) {
    Set<String> ids = new TreeSet<>();
    alive(spark).forEach(id -> ids.add(id.executorId()));
    return ids;
  }

  /** Returns the hosts that tasks may run on now: under a local master the driver's. */
  static Set<String> hosts(SparkContext spark) {
    Set<String> hosts = new TreeSet<>();
    if (spark.isLocal()) {
      hosts.add(spark.env().blockManager().blockManagerId().host());
    } else {
      alive(spark).forEach(id -> hosts.add(id.host()));
    }
    return hosts;
  }
}
