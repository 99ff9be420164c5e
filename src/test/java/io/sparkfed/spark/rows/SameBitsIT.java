package io.sparkfed.spark.rows;

import static io.sparkfed.spark.rows.LocalTraining.ROWS;
import static io.sparkfed.spark.rows.LocalTraining.bits;
import static io.sparkfed.spark.rows.LocalTraining.config;
import static io.sparkfed.spark.rows.LocalTraining.inProcess;
import static io.sparkfed.spark.rows.LocalTraining.linear;
import static io.sparkfed.spark.rows.LocalTraining.train;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.DataConfig.Synthetic;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.data.SyntheticWorkers;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.it.ListenerRecorder;
import io.sparkfed.it.WorkerRows;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.recipe.InProcessRows;
import io.sparkfed.recipe.ShardPacking;
import io.sparkfed.recipe.Trained;
import io.sparkfed.recipe.Training;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training on a real Spark gives the same bits as without it. */
@Timeout(120)
class SameBitsIT {
  private static final String SYNTHETIC =
      """
      seed = 5
      data { synthetic { workers = 5, rows-per-worker = 40, features = 4 } }
      data.split.test-fraction = 0.2
      model { family = logistic, l2 = 0.01 }
      algorithm { rounds = 3, local { solver = sgd, epochs = 2, batch-size = 8 } }
      """;

  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeEach
  void open() {
    spark = LocalTraining.session(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"masked", "committee", "secure-worker", "insecure-plain"})
  void train_tutorial_sameBitsAsInProcess(String mode) {
    TrainingConfig config =
        ConfigLoader.load(
            Path.of("conf", "tutorial.conf"), Map.of(), List.of("aggregation.mode=" + mode));
    Map<String, Shard> shards = new TreeMap<>();
    double[][] bob = {{0, 0, 0}, {0, 1, 0}};
    double[][] alice = {{1, 0, 1}, {1, 1, 1}};
    Map.of("bob", bob, "alice", alice)
        .forEach(
            (worker, rows) -> {
              ShardBuilder builder = new ShardBuilder(worker, 2);
              for (double[] row : rows) {
                builder.addDense(new double[] {row[0], row[1]}, row[2], 1.0, Part.TRAIN);
              }
              shards.put(worker, builder.build(0.0, config.seed(), false, new ModelShape(2, true)));
            });

    TrainingResult onSpark = train(spark, config);

    assertEquals(bits(inProcess(config, shards)), bits(onSpark));
    assertEquals(0.7830531662, onSpark.model().weights()[0], 1e-10);
    assertEquals(-0.0159150894, onSpark.model().weights()[1], 1e-10);
    assertEquals(0.1045183101, onSpark.model().intercept(), 1e-10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"masked", "committee", "secure-worker", "insecure-plain"})
  void train_syntheticLogisticWithSgd_sameBitsAsInProcess(String mode) throws IOException {
    TrainingConfig config = config(folder, SYNTHETIC, "aggregation.mode=" + mode);

    assertEquals(bits(inProcess(config, syntheticShards(config))), bits(train(spark, config)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void train_anyNumberOfCores_sameBits(int cores) throws IOException {
    TrainingConfig config = config(folder, SYNTHETIC, "model.standardize=federated");
    spark = LocalTraining.session(cores);

    assertEquals(bits(inProcess(config, syntheticShards(config))), bits(train(spark, config)));
  }

  /** Storage memory of some hundred kilobytes: shards of two megabytes lie on the disk. */
  @ParameterizedTest
  @ValueSource(
      strings = {"preset = auto", "rounds = 3, local { solver = sgd, epochs = 2, batch-size = 8 }"})
  void train_shardsLargerThanMemory_sameBits(String algorithm) throws IOException {
    TrainingConfig config =
        config(
            folder,
            """
            seed = 5
            data { synthetic { workers = 3, rows-per-worker = 8000, features = 50 } }
            data.split.test-fraction = 0.2
            model { family = logistic, l2 = 0.01 }
            algorithm { %s }
            """
                .formatted(algorithm));
    spark.stop();
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.memory.fraction", 0.0001)
            .getOrCreate();
    try {
      List<Long> streamed = bits(train(spark, config));

      assertTrue(
          Arrays.stream(SparkEnv.get().blockManager().diskBlockManager().localDirs())
              .anyMatch(disk -> new File(disk, "spark-federated-shards").isDirectory()));
      assertEquals(bits(inProcess(config, syntheticShards(config))), streamed);
    } finally {
      spark.stop();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void train_anyFilesAndInputSplits_sameBits(int files) throws IOException {
    TreeMap<String, Path> paths = new TreeMap<>(ROWS.writeCsv(folder));
    for (String worker : List.of("a", "c")) {
      paths.put(worker, folder.resolve("parts-" + worker));
      ROWS.writeCsvParts(paths.get(worker), worker, files, 100L + files);
    }
    TrainingConfig config = config(folder, linear(WorkerRows.workersConfig(paths)));
    List<Long> expected = bits(inProcess(config, ROWS.shards()));

    assertEquals(expected, bits(train(spark, config)));
    // Many splits of one file: a few rows each.
    spark.conf().set("spark.sql.files.maxPartitionBytes", "200b");
    spark.conf().set("spark.sql.files.openCostInBytes", "1b");
    try {
      Dataset<Row> one = spark.read().option("header", true).csv(paths.get("b").toString());
      assertTrue(one.javaRDD().getNumPartitions() > 5);
      assertEquals(expected, bits(train(spark, config)));
    } finally {
      spark.conf().unset("spark.sql.files.maxPartitionBytes");
      spark.conf().unset("spark.sql.files.openCostInBytes");
    }
  }

  /** Each keeps its shard, its seed and, where the mode protects, its message. */
  @ParameterizedTest
  @ValueSource(strings = {"masked", "committee", "secure-worker", "insecure-plain"})
  void train_simulatedWorkersShareTasks_sameBits(String mode) throws IOException {
    String modeSetting = "aggregation.mode=" + mode;
    List<Long> alone = bits(train(spark, config(folder, SYNTHETIC, modeSetting)));

    for (int perTask : List.of(2, 9)) {
      TrainingConfig shared =
          config(folder, SYNTHETIC, modeSetting, "data.simulation.workers-per-task=" + perTask);
      try (ListenerRecorder recorder = new ListenerRecorder(spark)) {
        assertEquals(alone, bits(train(spark, shared)));
        ListenerRecorder.Job round = recorder.jobs("round 2/3").get(0);
        assertEquals(perTask == 2 ? 3 : 1, recorder.tasks(round).size());
      }
    }
  }

  /** A training without a file: rows in a table, and the same rows in arrays. */
  @ParameterizedTest
  @ValueSource(strings = {"auto", "fed-avg"})
  void trainingInAProgram_sameBitsInProcess(String preset) {
    Dataset<Row> table =
        spark
            .range(90)
            .selectExpr(
                "concat('w', id % 3) AS owner",
                "double((id * 7) % 11) / 3 AS a",
                "double((id * 5) % 13) / 7 AS b",
                "double((id * id) % 5 > 1) AS y",
                "1.0 + id % 4 AS weight");
    InProcessRows rows = InProcessRows.of("a", "b");
    for (Row row : table.collectAsList()) {
      double weight = row.getDecimal(4).doubleValue();
      rows.addWeighted(
          row.getString(0), row.getDouble(3), weight, 0.0, row.getDouble(1), row.getDouble(2));
    }
    Training training =
        Training.of(Family.LOGISTIC)
            .preset(preset)
            .l2(0.01)
            .with("algorithm.rounds", 5)
            .with("data.split.test-fraction", 0.2);

    Trained onSpark =
        training
            .with("data.feature-columns", List.of("a", "b"))
            .with("data.label-column", "y")
            .with("data.weight-column", "weight")
            .train(SparkRows.of(table, "owner"));

    assertEquals(bits(training.train(rows).result()), bits(onSpark.result()));
    assertEquals(List.of("a", "b"), onSpark.features());
  }

  @Test
  void keysAboutFiles_areRefusedForATable() {
    Dataset<Row> table = spark.range(3).toDF("owner");

    for (String key : List.of("data.path", "data.workers.w1", "data.worker-column", "data")) {
      Training training = Training.of(Family.LINEAR).with(key, "rows.csv");
      String message =
          assertThrows(
                  ConfigurationException.class, () -> training.train(SparkRows.of(table, "owner")))
              .getMessage();
      assertEquals(key + " is about files, and the table is there already", message);
    }
  }

  private static Map<String, Shard> syntheticShards(TrainingConfig config) {
    if (!(config.data().source() instanceof Synthetic synthetic)) {
      return fail("synthetic data expected");
    }
    SyntheticWorkers generator =
        new SyntheticWorkers(
            synthetic.features(),
            synthetic.rowsPerWorker(),
            synthetic.modelSkew(),
            synthetic.featureSkew(),
            config.model().family(),
            config.seed());
    Map<String, Shard> shards = new TreeMap<>();
    for (String worker : SyntheticWorkers.ids(synthetic.workers())) {
      ShardBuilder builder = new ShardBuilder(worker, synthetic.features());
      generator.generate(worker, builder);
      shards.put(worker, ShardPacking.of(config).build(builder, synthetic.features()));
    }
    return shards;
  }
}
