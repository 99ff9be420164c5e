package io.sparkfed.spark.cluster;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.spark.rdd.RDD;

/** The partitions that a visit goes to, and which of them haven't answered yet. */
final class Visited {
  private final List<Integer> partitions;
  private final List<Place> places;
  private final Set<Integer> silent = ConcurrentHashMap.newKeySet();

  /**
   * Nobody has answered yet.
   *
   * @param places where each partition may run, visited or not; empty when all may anywhere
   */
  Visited(List<Integer> partitions, List<Place> places) {
    this.partitions = List.copyOf(partitions);
    this.places = List.copyOf(places);
    silent.addAll(partitions);
  }

  /** Goes to all partitions, which may run anywhere. */
  static Visited all(RDD<?> rdd) {
    return new Visited(IntStream.range(0, rdd.getNumPartitions()).boxed().toList(), List.of());
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
