package io.sparkfed.spark.cluster;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.scheduler.ExecutorCacheTaskLocation;
import org.apache.spark.scheduler.TaskLocation;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Partitions that are computed, or taken from what the executor keeps, at their workers' places
 * alone: elsewhere the task is refused before what is below is asked for anything.
 */
public final class PlacedRdd<T> extends RDD<T> {
  private static final long serialVersionUID = 1L;

  /** By partition; one for all partitions when it is alone. */
  private final ArrayList<Place> places;

  private PlacedRdd(RDD<T> below, List<Place> places) {
    super(below, below.elementClassTag());
    this.places = new ArrayList<>(places);
  }

  /** Returns {@code rows} with each partition at its place. */
  public static <T> JavaRDD<T> of(JavaRDD<T> rows, List<Place> places) {
    return places.stream().allMatch(Place::isAnywhere)
        ? rows
        : new PlacedRdd<>(rows.rdd(), places).toJavaRDD();
  }

  private Place place(Partition partition) {
    return places.get(places.size() == 1 ? 0 : partition.index());
  }

  private Spot spot(TaskLocation location) {
    return new Spot(
        location.host(),
        location instanceof ExecutorCacheTaskLocation executor
            ? Labels.of(context()).label(executor.executorId())
            : "");
  }

  private RDD<T> below() {
    return firstParent(elementClassTag());
  }

  @Override
  public Iterator<T> compute(Partition partition, TaskContext task) {
    place(partition).requireHere();
    return below().iterator(partition, task);
  }

  @Override
  public Partition[] getPartitions() {
    return below().partitions();
  }

  /** The executor that keeps the partition if there is one, otherwise the worker's place. */
  @Override
  public Seq<String> getPreferredLocations(Partition partition) {
    Place place = place(partition);
    List<String> known = new ArrayList<>();
    for (TaskLocation location :
        CollectionConverters.asJava(context().getPreferredLocs(below(), partition.index()))) {
      if (place.allows(spot(location))) {
        known.add(location.toString());
      }
    }
    List<String> preferred =
        known.isEmpty() && !place.isAnywhere() ? place.preferred(Executors.now(context())) : known;
    return CollectionConverters.asScala(preferred).toSeq();
  }
}
