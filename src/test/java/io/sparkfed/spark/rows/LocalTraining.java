package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.it.WorkerRows;
import io.sparkfed.recipe.Presets;
import io.sparkfed.spark.cluster.SparkFederation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;

/** A local Spark session, and training on it and without Spark, for tests that compare the two. */
public final class LocalTraining {
  /** Rows of workers a, b and c. */
  static final WorkerRows ROWS = WorkerRows.generate(11, 3, 20, 3);

  /** A few short rounds, as a part of a configuration. */
  static final String ALGORITHM =
      """
      algorithm { rounds = 4, local { steps = 3, step-size = 0.01 } }
      """;

  private LocalTraining() {}

  /** Returns the session on this many cores; one on another number is stopped. */
  public static SparkSession session(int cores) {
    String master = "local[" + cores + "]";
    SparkSession.Builder builder =
        SparkSession.builder()
            .master(master)
            .appName("LocalTraining")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 3);
    SparkSession spark = builder.getOrCreate();
    if (spark.sparkContext().master().equals(master)) {
      return spark;
    }
    spark.stop();
    return builder.getOrCreate();
  }

  /** Returns a configuration for the linear model of {@link #ROWS}, with this source of them. */
  static String linear(String data) {
    return ALGORITHM + ROWS.columnsConfig() + data;
  }

  /** Writes {@link #ROWS} as one csv file a worker and returns the configuration for them. */
  public static String csvWorkers(Path folder) throws IOException {
    return linear(WorkerRows.workersConfig(ROWS.writeCsv(folder)));
  }

  /** Loads this text as a configuration file. */
  public static TrainingConfig config(Path folder, String text, String... overrides)
      throws IOException {
    Path file = Files.writeString(folder.resolve("test.conf"), text);
    return ConfigLoader.load(file, Map.of(), List.of(overrides));
  }

  /** Loads the rows and trains on Spark. */
  public static TrainingResult train(SparkSession spark, TrainingConfig config) {
    return train(config, new ShardLoader(spark, config).load());
  }

  /** Trains on Spark on loaded rows, and closes their federation. */
  public static TrainingResult train(TrainingConfig config, ShardLoader.Loaded loaded) {
    try (SparkFederation federation = loaded.federation()) {
      return trained(federation, config, loaded.features().size());
    }
  }

  /** Trains without Spark. */
  static TrainingResult inProcess(TrainingConfig config, Map<String, Shard> shards) {
    int features = shards.values().iterator().next().train().features();
    return trained(new InProcessFederation<>(shards), config, features);
  }

  private static TrainingResult trained(
      Federation<Shard> federation, TrainingConfig config, int features) {
    TrainingResult result =
        new FederatedTrainer(federation, Presets.plan(config, features), round -> {}).train();
    assertFalse(result.divergence().isPresent(), () -> result.divergence().toString());
    return result;
  }

  /** Returns the bits of the coefficients and of each round's metrics. */
  static List<Long> bits(TrainingResult result) {
    List<Long> bits = new ArrayList<>();
    add(bits, Arrays.stream(result.model().values()));
    result
        .rounds()
        .forEach(
            round -> {
              add(bits, DoubleStream.of(round.loss()));
              add(bits, round.trainMetrics().values().stream().mapToDouble(d -> d));
              add(bits, round.testMetrics().values().stream().mapToDouble(d -> d));
            });
    assertTrue(IntStream.range(0, bits.size()).anyMatch(i -> bits.get(i) != 0L));
    return bits;
  }

  private static void add(List<Long> bits, DoubleStream values) {
    values.forEach(value -> bits.add(Double.doubleToRawLongBits(value)));
  }
}
