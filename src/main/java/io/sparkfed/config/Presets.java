package io.sparkfed.config;

import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.config.TrainingConfig.AggregationConfig;
import io.sparkfed.config.TrainingConfig.Keys;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.model.ModelShape;
import io.sparkfed.secure.crypto.ProtocolException;
import io.sparkfed.secure.keys.EphemeralKeys;
import io.sparkfed.secure.keys.KeyFolders;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.server.ServerOptimizer;
import io.sparkfed.server.ServerSgd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        sums(config),
        SERVER_BY_PRESET.get(config.algorithm().preset()),
        config.algorithm().rounds(),
        config.algorithm().divergenceFactor(),
        MetricSums.of(config.model().family(), config.aucBins()),
        config.seed());
  }

  /** Returns the sums that all numbers of a run travel through. */
  public static SumFactory sums(TrainingConfig config) {
    return config
        .aggregation()
        .mode()
        .sums(keys(config.aggregation()), config.aggregation().minWorkers());
  }

  private static KeyRing keys(AggregationConfig aggregation) {
    if (aggregation.keys().isEmpty()) {
      return new EphemeralKeys();
    }
    Keys keys = aggregation.keys().get();
    try {
      return new KeyFolders(keys.dir(), Files.readAllLines(Path.of(keys.roster())));
    } catch (IOException | ProtocolException e) {
      throw new ConfigurationException(
          "aggregation.keys.roster " + keys.roster() + " is not a roster: " + e.getMessage(), e);
    }
  }
}
