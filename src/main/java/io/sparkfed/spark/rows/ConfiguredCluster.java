package io.sparkfed.spark.rows;

import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.cluster.VisitBounds;
import java.util.ArrayList;
import java.util.List;

/** What a configuration says of the cluster. */
public final class ConfiguredCluster {
  private ConfiguredCluster() {}

  /** Returns the places of workers, sorted by their ids. */
  public static List<Place> places(WorkerPaths paths) {
    return paths.paths().keySet().stream()
        .sorted()
        .map(worker -> Place.ofWorker(worker, paths.hosts().getOrDefault(worker, List.of())))
        .toList();
  }

  /** Returns the places of workers and aggregators that the configuration names. */
  public static List<Place> places(TrainingConfig config) {
    List<Place> places = new ArrayList<>();
    if (config.data().source() instanceof WorkerPaths paths) {
      places.addAll(places(paths));
    }
    config
        .aggregation()
        .aggregatorHosts()
        .forEach((name, host) -> places.add(Place.ofAggregator(name, List.of(host))));
    return places;
  }

  /** Returns what holds for each visit of a training's federations. */
  static VisitBounds bounds(TrainingConfig config) {
    return new VisitBounds(
        config.aggregation().deadline(),
        config.clusterTimeout(),
        config.aggregation().aggregatorHosts());
  }
}
