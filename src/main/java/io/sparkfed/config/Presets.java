package io.sparkfed.config;

import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.model.ModelShape;
import io.sparkfed.server.ServerOptimizer;
import io.sparkfed.server.ServerSgd;
import java.util.List;
import java.util.Map;

/** The named algorithms: each fills the slots of a round. */
public final class Presets {
  private static final Map<String, ServerOptimizer> SERVER_BY_PRESET =
      Map.of("fed-avg", new ServerSgd(1.0));

  private Presets() {}

  /** Returns the names of the presets, sorted. */
  public static List<String> names() {
    return SERVER_BY_PRESET.keySet().stream().sorted().toList();
  }

  /** Returns the plan of a run over rows with {@code features} features. */
  public static TrainingPlan plan(TrainingConfig config, int features) {
    return new TrainingPlan(
        config.model().family(),
        new ModelShape(features, config.model().intercept()),
        config.model().l2(),
        config.model().standardize(),
        config.algorithm().reduction(),
        config.algorithm().solver(),
        config.algorithm().weighting(),
        config.aggregation().mode().sums(config.aggregation().minWorkers()),
        SERVER_BY_PRESET.get(config.algorithm().preset()),
        config.algorithm().rounds(),
        config.algorithm().divergenceFactor(),
        MetricSums.of(config.model().family(), config.aucBins()),
        config.seed());
  }
}
