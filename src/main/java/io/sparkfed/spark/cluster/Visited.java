package io.sparkfed.spark.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;

/** The partitions that a visit goes to, and which of them haven't answered yet. */
final class Visited {
  private final List<Integer> partitions;
  private final List<Place> places;
  private final Set<Integer> silent = ConcurrentHashMap.newKeySet();

  /** Whether the visit is in vain without one of them. */
  private final boolean needsAll;

  /**
   * Nobody has answered yet; who doesn't come is done without.
   *
   * @param places where each partition may run, visited or not; empty when all may anywhere
   */
  Visited(List<Integer> partitions, List<Place> places) {
    this(partitions, places, /* needsAll= */ false);
  }

  private Visited(List<Integer> partitions, List<Place> places, boolean needsAll) {
    this.partitions = List.copyOf(partitions);
    this.places = List.copyOf(places);
    this.needsAll = needsAll;
    silent.addAll(partitions);
  }

  /** Goes to all partitions, which may run anywhere. */
  static Visited all(RDD<?> rdd) {
    return new Visited(numbers(rdd), List.of());
  }

  /** Goes to all partitions, each at its place, and needs them all. */
  static Visited needed(RDD<?> rdd, List<Place> places) {
    return new Visited(numbers(rdd), places, /* needsAll= */ true);
  }

  private static List<Integer> numbers(RDD<?> rdd) {
    return IntStream.range(0, rdd.getNumPartitions()).boxed().toList();
  }

  /** Watches the visit's job. */
  ClusterWatch watch(JavaSparkContext spark, String jobGroup, Duration limit) {
    return needsAll
        ? ClusterWatch.ofAll(spark, jobGroup, limit, places)
        : ClusterWatch.ofRest(spark, jobGroup, limit, this::awaited);
  }

  List<Integer> partitions() {
    return partitions;
  }

  void arrived(Integer partition) {
    silent.remove(partition);
  }

  /** Returns where awaited partitions may run: for those that may anywhere, once says it all. */
  List<Place> awaited() {
    return places.isEmpty()
        ? silent.stream().limit(1).map(partition -> Place.anywhere("")).toList()
        : silent.stream().map(places::get).toList();
  }
}
