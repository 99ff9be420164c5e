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
  static List<Executor> alive(SparkContext spark) {
    Labels labels = Labels.of(spark);
    List<Executor> executors = new ArrayList<>();
    scala.collection.Iterator<BlockManagerId> ids =
        spark.env().blockManager().master().getMemoryStatus().keysIterator();
    while (ids.hasNext()) {
      BlockManagerId id = ids.next();
      if (!id.isDriver()) {
        String executor = id.executorId();
        executors.add(new Executor(executor, new Spot(id.host(), labels.label(executor))));
      }
    }
    executors.sort(Comparator.comparing(Executor::id));
    return executors;
  }

  /** Returns the ids of the executors; none under a local master. */
  static Set<String> ids(SparkContext spark) {
    Set<String> ids = new TreeSet<>();
    alive(spark).forEach(executor -> ids.add(executor.id()));
    return ids;
  }

  /** Returns what tasks may run in now: under a local master the driver. */
  static List<Executor> now(SparkContext spark) {
    return spark.isLocal()
        ? List.of(new Executor(spark.env().executorId(), Spot.here()))
        : alive(spark);
  }
}
