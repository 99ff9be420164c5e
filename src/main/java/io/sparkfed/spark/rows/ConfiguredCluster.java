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
        .map(
            worker ->
                new Place(worker, new ArrayList<>(paths.hosts().getOrDefault(worker, List.of()))))
        .toList();
  }

  /** Returns what holds for each visit of a training's federations. */
  static VisitBounds bounds(TrainingConfig config) {
    return new VisitBounds(
        config.aggregation().deadline(),
        config.clusterTimeout(),
        config.aggregation().aggregatorHosts());
  }
}
