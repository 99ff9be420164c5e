package io.sparkfed.spark.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * Where the aggregators run: at the places they were given and nowhere else, otherwise anywhere;
 * each on an executor of its own (as far as there are enough), and on the same one as long as it
 * lives, because its keys may be in that process.
 */
final class AggregatorPlaces {
  private final SparkContext spark;
  private final Map<String, String> hosts;
  private final Map<String, Executor> executorOf = new HashMap<>();

  /**
   * Creates places.
   *
   * @param hosts host or label by aggregator; who isn't in it may run anywhere
   */
  AggregatorPlaces(SparkContext spark, Map<String, String> hosts) {
    this.spark = spark;
    this.hosts = Map.copyOf(hosts);
  }

  /** Returns where each aggregator may run. */
  List<Place> places(List<String> aggregators) {
    return aggregators.stream()
        .map(
            aggregator ->
                Place.ofAggregator(
                    aggregator,
                    hosts.containsKey(aggregator) ? List.of(hosts.get(aggregator)) : List.of()))
        .toList();
  }

  /** Returns an RDD with one partition for each aggregator, at its place. */
  JavaRDD<String> partitions(List<String> aggregators) {
    List<Place> places = places(aggregators);
    List<Executor> executors = Executors.alive(spark);
    Set<String> alive = executors.stream().map(Executor::id).collect(Collectors.toSet());
    executorOf.values().removeIf(executor -> !alive.contains(executor.id()));
    List<Tuple2<String, Seq<String>>> preferred = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      List<Executor> own = places.get(i).among(executors);
      String aggregator = aggregators.get(i);
      if (!own.isEmpty()) {
        executorOf.putIfAbsent(aggregator, own.get(i % own.size()));
      }
      List<String> location =
          Optional.ofNullable(executorOf.get(aggregator)).stream().map(Executor::location).toList();
      preferred.add(new Tuple2<>(aggregator, CollectionConverters.asScala(location).toSeq()));
    }
    RDD<String> parties =
        spark.makeRDD(
            CollectionConverters.asScala(preferred).toSeq(), ClassTag$.MODULE$.apply(String.class));
    return PlacedRdd.of(parties.toJavaRDD(), places);
  }
}
