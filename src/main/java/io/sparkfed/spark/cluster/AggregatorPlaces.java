package io.sparkfed.spark.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * Where the aggregators run: on the hosts they were given, otherwise each on an executor of its own
 * (as far as there are enough), and on the same one as long as it lives, because its keys may be in
 * that process.
 */
final class AggregatorPlaces {
  private final SparkContext spark;
  private final Map<String, String> hosts;
  private final Map<String, Executor> places = new HashMap<>();

  /** An executor, in the order of its id. */
  private record Executor(String id, String host) {
    /** Returns it as Spark's scheduler reads it in a preferred location. */
    String location() {
      return "executor_" + host + "_" + id;
    }
  }

  /**
   * Creates places.
   *
   * @param hosts host by aggregator; who isn't in it may run anywhere
   */
  AggregatorPlaces(SparkContext spark, Map<String, String> hosts) {
    this.spark = spark;
    this.hosts = Map.copyOf(hosts);
  }

  /** Returns an RDD with one partition for each aggregator, preferably at its place. */
  JavaRDD<String> partitions(List<String> aggregators) {
    List<Executor> executors = executors();
    places.values().retainAll(executors);
    List<Tuple2<String, Seq<String>>> placed = new ArrayList<>();
    for (int i = 0; i < aggregators.size(); i++) {
      String aggregator = aggregators.get(i);
      List<String> preferred = location(aggregator, i, executors).map(List::of).orElse(List.of());
      placed.add(new Tuple2<>(aggregator, CollectionConverters.asScala(preferred).toSeq()));
    }
    return spark
        .makeRDD(
            CollectionConverters.asScala(placed).toSeq(), ClassTag$.MODULE$.apply(String.class))
        .toJavaRDD();
  }

  private Optional<String> location(String aggregator, int index, List<Executor> executors) {
    if (hosts.containsKey(aggregator)) {
      return Optional.of(hosts.get(aggregator));
    }
    if (executors.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        places
            .computeIfAbsent(aggregator, a -> executors.get(index % executors.size()))
            .location());
  }

  private List<Executor> executors() {
    return Executors.alive(spark).stream()
        .map(id -> new Executor(id.executorId(), id.host()))
        .toList();
  }
}
