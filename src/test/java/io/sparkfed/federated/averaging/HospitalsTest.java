package io.sparkfed.federated.averaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.model.ModelShape;
import io.sparkfed.recipe.Presets;
import io.sparkfed.testing.TestData;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The four hospitals with the setting of conf/hospitals.conf, without Spark. */
class HospitalsTest {

  /**
   * The best accuracy FLamby publishes for a federated strategy on its pooled test rows is .785.
   */
  @Test
  void train_settingOfTheConfiguration_reachesThePublishedAccuracy() {
    TrainingConfig config =
        ConfigLoader.load(Path.of("conf", "hospitals.conf"), Map.of(), List.of());
    List<String> features = config.data().columns().features();
    InProcessFederation<Shard> hospitals =
        new InProcessFederation<>(shards(features, config.seed()));

    TrainingResult result =
        new FederatedTrainer(hospitals, Presets.plan(config, features.size()), round -> {}).train();

    assertEquals(List.of("cleveland", "hungarian", "switzerland", "va"), hospitals.workers());
    assertTrue(result.divergence().isEmpty());
    assertEquals(486.0, result.lastRound().trainMetrics().get("rows"));
    assertEquals(254.0, result.lastRound().testMetrics().get("rows"));
    double accuracy = result.lastRound().testMetrics().get("accuracy");
    assertTrue(accuracy >= 0.785, "accuracy " + accuracy);
    double auc = result.lastRound().testMetrics().get("auc");
    assertTrue(auc > 0.85, "auc " + auc);
  }

  private static Map<String, Shard> shards(List<String> features, long seed) {
    Map<String, ShardBuilder> builders = new TreeMap<>();
    for (Map<String, String> row : TestData.csv("fed-heart-disease/flamby_split.csv")) {
      double[] x = features.stream().mapToDouble(feature -> value(row, feature)).toArray();
      builders
          .computeIfAbsent(row.get("center"), name -> new ShardBuilder(name, x.length))
          .addDense(
              x,
              Double.parseDouble(row.get("y")),
              1.0,
              row.get("split").equals("train") ? Part.TRAIN : Part.TEST);
    }
    assertFalse(builders.isEmpty());
    Map<String, Shard> shards = new TreeMap<>();
    builders.forEach(
        (name, builder) ->
            shards.put(
                name, builder.build(0.0, seed, false, new ModelShape(features.size(), true))));
    return shards;
  }

  /** A column of the file, or the indicator of one level: cp_2 is 1 where cp = 2. */
  static double value(Map<String, String> row, String feature) {
    if (row.containsKey(feature)) {
      return Double.parseDouble(row.get(feature));
    }
    int underscore = feature.lastIndexOf('_');
    double level = Double.parseDouble(feature.substring(underscore + 1));
    return Double.parseDouble(row.get(feature.substring(0, underscore))) == level ? 1.0 : 0.0;
  }
}
