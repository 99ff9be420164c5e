package io.sparkfed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.DataConfig.Synthetic;
import io.sparkfed.config.Presets;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.data.SyntheticWorkers;
import io.sparkfed.federated.FederatedTrainer;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.it.ListenerRecorder;
import io.sparkfed.it.StandaloneCluster;
import io.sparkfed.it.WorkerRows;
import io.sparkfed.model.ModelShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The federation on a real Spark: the same bits as without it, and nothing it must not do. */
@Timeout(120)
class SparkFederationIT {
  private static final int FEATURES = 3;
  private static final WorkerRows ROWS = WorkerRows.generate(11, 3, 20, FEATURES);

  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeEach
  void twoCores() {
    onCores(2);
  }

  @AfterAll
  static void stop() {
    if (spark != null) {
      spark.stop();
    }
  }

  /** Makes the session one on this many cores. */
  private static void onCores(int cores) {
    String master = "local[" + cores + "]";
    if (spark != null && !spark.sparkContext().isStopped()) {
      if (spark.sparkContext().master().equals(master)) {
        return;
      }
      spark.stop();
    }
    spark =
        SparkSession.builder()
            .master(master)
            .appName("SparkFederationIT")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 3)
            .getOrCreate();
  }

  // The same bits as without Spark.

  @ParameterizedTest
  @ValueSource(strings = {"secure-worker", "insecure-plain"})
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

    TrainingResult onSpark = train(config);

    assertEquals(bits(inProcess(config, shards)), bits(onSpark));
    assertEquals(0.7830531662, onSpark.model().weights()[0], 1e-10);
    assertEquals(-0.0159150894, onSpark.model().weights()[1], 1e-10);
    assertEquals(0.1045183101, onSpark.model().intercept(), 1e-10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"secure-worker", "insecure-plain"})
  void train_syntheticLogisticWithSgd_sameBitsAsInProcess(String mode) throws IOException {
    TrainingConfig config = config(SYNTHETIC, "aggregation.mode=" + mode);

    assertEquals(bits(inProcess(config, syntheticShards(config))), bits(train(config)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void train_anyNumberOfCores_sameBits(int cores) throws IOException {
    TrainingConfig config = config(SYNTHETIC, "model.standardize=federated");
    onCores(cores);

    assertEquals(bits(inProcess(config, syntheticShards(config))), bits(train(config)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void train_anyFilesAndInputSplits_sameBits(int files) throws IOException {
    TreeMap<String, Path> paths = new TreeMap<>(ROWS.writeCsv(folder));
    for (String worker : List.of("a", "c")) {
      paths.put(worker, folder.resolve("parts-" + worker));
      ROWS.writeCsvParts(paths.get(worker), worker, files, 100L + files);
    }
    TrainingConfig config = config(linear(WorkerRows.workersConfig(paths)));
    List<Long> expected = bits(inProcess(config, ROWS.shards()));

    assertEquals(expected, bits(train(config)));
    // Many splits of one file: a few rows each.
    spark.conf().set("spark.sql.files.maxPartitionBytes", "200b");
    spark.conf().set("spark.sql.files.openCostInBytes", "1b");
    try {
      Dataset<Row> one = spark.read().option("header", true).csv(paths.get("b").toString());
      assertTrue(one.javaRDD().getNumPartitions() > 5);
      assertEquals(expected, bits(train(config)));
    } finally {
      spark.conf().unset("spark.sql.files.maxPartitionBytes");
      spark.conf().unset("spark.sql.files.openCostInBytes");
    }
  }

  // One partition is one worker.

  @Test
  void visit_partitionWithoutWorker_fails() {
    AggregationException e = visitFails(List.of(), 1);

    assertTrue(rootMessage(e).contains("must hold one worker, and holds none"), rootMessage(e));
  }

  @Test
  void visit_partitionWithTwoWorkers_fails() {
    AggregationException e = visitFails(List.of("a", "b"), 1);

    assertTrue(rootMessage(e).contains("must hold one worker, and holds several"), rootMessage(e));
  }

  private static AggregationException visitFails(List<String> workers, int partitions) {
    List<WorkerPartition> elements = new ArrayList<>();
    workers.forEach(worker -> elements.add(new WorkerPartition(worker, null, null)));
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    JavaRDD<WorkerPartition> rdd = context.parallelize(elements, partitions);
    try (SparkFederation federation =
        new SparkFederation(context, rdd, workers, Optional.empty())) {
      Visit<Integer> visit = new Visit<>("a visit", 1, workers, 0);
      return assertThrows(
          AggregationException.class,
          () -> federation.visit(visit, (worker, shard, broadcast) -> broadcast));
    }
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  // What a round costs.

  @ParameterizedTest
  @ValueSource(strings = {"secure-worker", "insecure-plain"})
  void train_eachRound_isOneJobAndOneBroadcastThatIsDestroyed(String mode) throws Exception {
    TrainingConfig config = config(csvWorkers(), "aggregation.mode=" + mode);
    ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();
    try (ListenerRecorder recorder = new ListenerRecorder(spark)) {
      train(config, loaded);

      List<String> descriptions =
          recorder.jobs().stream().map(ListenerRecorder.Job::description).toList();
      assertEquals(
          List.of(
              "round 1/4: local training (3 workers)",
              "round 2/4: local training (3 workers)",
              "round 3/4: local training (3 workers)",
              "round 4/4: local training (3 workers)",
              "round 4/4: evaluation (3 workers)"),
          descriptions);
      // A job broadcasts our value, then Spark each stage's code: no other number is taken.
      SortedSet<Long> ours = new TreeSet<>();
      List<Long> ids = List.copyOf(recorder.storedBroadcasts());
      int at = 0;
      for (ListenerRecorder.Job job : recorder.jobs()) {
        ours.add(ids.get(at));
        at += 1 + job.stages().size();
      }
      assertEquals(ids.size(), at);
      assertEquals(ids.size() - 1L, ids.get(ids.size() - 1) - ids.get(0));
      StandaloneCluster.await(
          Duration.ofSeconds(20),
          () -> Collections.disjoint(recorder.liveBroadcasts(), ours),
          "the rounds' broadcasts were not destroyed");
    }
  }

  @Test
  void train_callerHasJobGroup_restoresIt() throws IOException {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    context.setJobGroup("the caller's", "what the caller does", false);
    try (ListenerRecorder recorder = new ListenerRecorder(spark)) {
      train(config(csvWorkers()));

      assertTrue(
          recorder.jobs().stream().noneMatch(job -> "the caller's".equals(job.group())),
          recorder.jobs().toString());
      assertEquals("the caller's", context.getLocalProperty("spark.jobGroup.id"));
      assertEquals("what the caller does", context.getLocalProperty("spark.job.description"));
      assertEquals("false", context.getLocalProperty("spark.job.interruptOnCancel"));
    } finally {
      context.clearJobGroup();
    }
    train(config(csvWorkers()));
    assertNull(context.getLocalProperty("spark.jobGroup.id"));
    assertNull(context.getLocalProperty("spark.job.description"));
  }

  @Test
  void train_manyRounds_readsRowsOnceAndForgetsThemAtTheEnd() throws IOException {
    TrainingConfig config = config(csvWorkers());
    long rows = ROWS.byWorker().values().stream().mapToLong(List::size).sum();
    try (ListenerRecorder recorder = new ListenerRecorder(spark)) {
      ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();
      assertEquals(1, spark.sparkContext().getPersistentRDDs().size());
      assertEquals(3, spark.sparkContext().getRDDStorageInfo()[0].numCachedPartitions());
      assertEquals(rows, recordsRead(recorder, shardJob(recorder)));
      train(config, loaded);

      for (ListenerRecorder.Job round : recorder.jobs("round ")) {
        // One record from the cache at each worker: its shard.
        assertEquals(3, recordsRead(recorder, round), round.description());
      }
    }
    assertTrue(spark.sparkContext().getPersistentRDDs().isEmpty());
    assertEquals(0, spark.sparkContext().getRDDStorageInfo().length);
  }

  // No row is moved.

  @Test
  void load_csvFileOfEachWorker_movesNoRow() throws IOException {
    assertInPlace(csvWorkers());
  }

  @Test
  void load_parquetFolderOfEachWorker_movesNoRow() throws IOException {
    assertInPlace(linear("data.format = parquet\n" + workersWritten("parquet")));
  }

  @Test
  void load_manyFilesOfOneWorker_movesNoRow() throws IOException {
    TreeMap<String, Path> paths = new TreeMap<>(ROWS.writeCsv(folder));
    paths.put("b", folder.resolve("parts-b"));
    ROWS.writeCsvParts(paths.get("b"), "b", 5, 3L);

    assertInPlace(linear(WorkerRows.workersConfig(paths)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "parquet"})
  void load_tablePartitionedByWorker_movesNoRow(String format) throws IOException {
    String path = folder.resolve("centers").toString();
    pooled()
        .repartition(2)
        .write()
        .partitionBy("center")
        .option("header", true)
        .format(format)
        .save(path);
    String text =
        linear(
            "data.format = "
                + format
                + "\ndata.worker-column = center\ndata.path = \""
                + path
                + "\"\n");
    assertTrue(Files.isDirectory(folder.resolve("centers").resolve("center=a")));

    try (ListenerRecorder recorder = new ListenerRecorder(spark)) {
      assertInPlace(text);
      // Before, the workers' ids are asked for: at most one from each of two files a worker.
      long others =
          recorder.tasks().stream().mapToLong(ListenerRecorder.Task::shuffleRecordsWritten).sum();
      assertTrue(others <= 6 + roundMessages(recorder), "records shuffled: " + others);
    }
  }

  private static long roundMessages(ListenerRecorder recorder) {
    return recorder.jobs("round ").size() * 3L;
  }

  private void assertInPlace(String text) throws IOException {
    TrainingConfig config = config(text);
    try (ListenerRecorder recorder = new ListenerRecorder(spark)) {
      ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();
      ListenerRecorder.Job job = shardJob(recorder);
      assertEquals("loading", job.description());
      assertEquals(1, job.stages().size());
      List<ListenerRecorder.Task> tasks = recorder.tasks(job);
      assertEquals(3, tasks.size());
      for (ListenerRecorder.Task task : tasks) {
        assertEquals(0, task.shuffleBytesWritten());
        assertEquals(0, task.shuffleRecordsRead());
      }
      assertEquals("read in place: no row moved", loaded.placement());
      assertEquals(List.of(), loaded.notes());
      assertEquals(bits(inProcess(config, ROWS.shards())), bits(train(config, loaded)));
    }
  }

  @Test
  void load_pooledTable_movesRowsAndSaysSo() throws IOException {
    String path = folder.resolve("pooled").toString();
    pooled().repartition(3).write().parquet(path);
    TrainingConfig config =
        config(
            linear(
                "data.format = parquet\ndata.worker-column = center\ndata.path = \""
                    + path
                    + "\"\n"));
    try (ListenerRecorder recorder = new ListenerRecorder(spark)) {
      ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();
      long moved =
          recorder.tasks(shardJob(recorder)).stream()
              .mapToLong(ListenerRecorder.Task::shuffleRecordsWritten)
              .sum();

      assertEquals(ROWS.byWorker().values().stream().mapToLong(List::size).sum(), moved);
      assertTrue(loaded.notes().get(0).startsWith("simulated workers: rows moved"));
      assertEquals(bits(inProcess(config, ROWS.shards())), bits(train(config, loaded)));
    }
  }

  private static ListenerRecorder.Job shardJob(ListenerRecorder recorder) {
    return recorder.jobs("loading").stream()
        .filter(job -> job.rddNames().contains("spark-federated shards"))
        .findFirst()
        .orElseThrow();
  }

  private static long recordsRead(ListenerRecorder recorder, ListenerRecorder.Job job) {
    return recorder.tasks(job).stream().mapToLong(ListenerRecorder.Task::recordsRead).sum();
  }

  // Data sources.

  @ParameterizedTest
  @ValueSource(strings = {"csv", "parquet", "json", "orc"})
  void train_anyFormat_sameBits(String format) throws IOException {
    TrainingConfig config =
        config(linear("data.format = " + format + "\n" + workersWritten(format)));

    assertEquals(bits(inProcess(config, ROWS.shards())), bits(train(config)));
  }

  static Stream<String> vectorKinds() {
    return Stream.of("dense", "sparse");
  }

  @ParameterizedTest
  @MethodSource("vectorKinds")
  void train_vectorColumnInParquet_sameBitsAsItsColumns(String kind) throws IOException {
    StructType schema =
        new StructType(
            new StructField[] {
              DataTypes.createStructField("v", SQLDataTypes.VectorType(), false),
              DataTypes.createStructField("y", DataTypes.DoubleType, false),
              DataTypes.createStructField("c", DataTypes.DoubleType, false)
            });
    Map<String, Path> paths = new TreeMap<>();
    ROWS.byWorker()
        .forEach(
            (worker, rows) -> {
              List<Row> vectors =
                  rows.stream()
                      .map(row -> RowFactory.create(vector(row, kind), row[3], row[4]))
                      .toList();
              paths.put(worker, folder.resolve(worker));
              spark.createDataFrame(vectors, schema).write().parquet(paths.get(worker).toString());
            });
    TrainingConfig config =
        config(
            ALGORITHM
                + "data { format = parquet, label-column = y, weight-column = c }\n"
                + "data.features-column = v\n"
                + WorkerRows.workersConfig(paths));

    assertEquals(bits(inProcess(config, ROWS.shards())), bits(train(config)));
  }

  private static Vector vector(double[] row, String kind) {
    Vector dense = Vectors.dense(Arrays.copyOf(row, FEATURES));
    return kind.equals("sparse") ? dense.toSparse() : dense;
  }

  @Test
  void train_libsvm_sameBitsAsItsColumns() throws IOException {
    Map<String, Path> paths = new TreeMap<>();
    WorkerRows unweighted = unweighted();
    for (Map.Entry<String, List<double[]>> worker : unweighted.byWorker().entrySet()) {
      Path file = folder.resolve(worker.getKey() + ".libsvm");
      Files.write(
          file,
          worker.getValue().stream()
              .map(row -> row[3] + " 1:" + row[0] + " 2:" + row[1] + " 3:" + row[2])
              .toList());
      paths.put(worker.getKey(), file);
    }
    TrainingConfig config =
        config(
            ALGORITHM
                + "data { format = libsvm, options { numFeatures = 3 } }\n"
                + "data.features-column = features\n"
                + WorkerRows.workersConfig(paths));

    assertEquals(bits(inProcess(config, unweighted.shards())), bits(train(config)));
  }

  private static WorkerRows unweighted() {
    TreeMap<String, List<double[]>> byWorker = new TreeMap<>();
    ROWS.byWorker()
        .forEach(
            (worker, rows) ->
                byWorker.put(
                    worker,
                    rows.stream()
                        .map(row -> new double[] {row[0], row[1], row[2], row[3], 1.0})
                        .toList()));
    return new WorkerRows(FEATURES, byWorker);
  }

  // Shared.

  private static final String ALGORITHM =
      """
      algorithm { rounds = 4, local { steps = 3, step-size = 0.01 } }
      """;

  private static final String SYNTHETIC =
      """
      seed = 5
      data { synthetic { workers = 5, rows-per-worker = 40, features = 4 } }
      data.split.test-fraction = 0.2
      model { family = logistic, l2 = 0.01 }
      algorithm { rounds = 3, local { solver = sgd, epochs = 2, batch-size = 8 } }
      """;

  private static String linear(String data) {
    return ALGORITHM + ROWS.columnsConfig() + data;
  }

  private String csvWorkers() throws IOException {
    return linear(WorkerRows.workersConfig(ROWS.writeCsv(folder)));
  }

  /** Writes each worker's rows with Spark, several files each, and returns their section. */
  private String workersWritten(String format) {
    Map<String, Path> paths = new TreeMap<>();
    for (String worker : ROWS.byWorker().keySet()) {
      paths.put(worker, folder.resolve(format + "-" + worker));
      pooled()
          .where("center = '" + worker + "'")
          .repartition(2)
          .write()
          .option("header", true)
          .format(format)
          .save(paths.get(worker).toString());
    }
    return WorkerRows.workersConfig(paths);
  }

  private static Dataset<Row> pooled() {
    List<StructField> fields = new ArrayList<>();
    fields.add(DataTypes.createStructField("center", DataTypes.StringType, false));
    ROWS.columns()
        .forEach(c -> fields.add(DataTypes.createStructField(c, DataTypes.DoubleType, false)));
    List<Row> rows = new ArrayList<>();
    ROWS.byWorker()
        .forEach(
            (worker, own) ->
                own.forEach(
                    row ->
                        rows.add(
                            RowFactory.create(
                                Stream.concat(Stream.<Object>of(worker), Arrays.stream(row).boxed())
                                    .toArray()))));
    return spark.createDataFrame(rows, new StructType(fields.toArray(new StructField[0])));
  }

  private TrainingConfig config(String text, String... overrides) throws IOException {
    Path file = Files.writeString(folder.resolve("test.conf"), text);
    return ConfigLoader.load(file, Map.of(), List.of(overrides));
  }

  private static TrainingResult train(TrainingConfig config) {
    return train(config, new ShardLoader(spark, config).load());
  }

  private static TrainingResult train(TrainingConfig config, ShardLoader.Loaded loaded) {
    try (SparkFederation federation = loaded.federation()) {
      return trained(federation, config, loaded.features().size());
    }
  }

  private static TrainingResult inProcess(TrainingConfig config, Map<String, Shard> shards) {
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

  /** Returns the bits of the coefficients and of each round's metrics. */
  private static List<Long> bits(TrainingResult result) {
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
