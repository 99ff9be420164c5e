package io.sparkfed.spark.rows;

import static io.sparkfed.spark.rows.LocalTraining.ALGORITHM;
import static io.sparkfed.spark.rows.LocalTraining.ROWS;
import static io.sparkfed.spark.rows.LocalTraining.bits;
import static io.sparkfed.spark.rows.LocalTraining.config;
import static io.sparkfed.spark.rows.LocalTraining.csvWorkers;
import static io.sparkfed.spark.rows.LocalTraining.inProcess;
import static io.sparkfed.spark.rows.LocalTraining.linear;
import static io.sparkfed.spark.rows.LocalTraining.train;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.DataException;
import io.sparkfed.it.ListenerRecorder;
import io.sparkfed.it.WorkerRows;
import io.sparkfed.spark.cluster.SparkFederation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows come from every kind of source, are read once, and are not moved where they lie with their
 * worker.
 */
@Timeout(120)
class LoadingIT {
  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    spark = LocalTraining.session(2);
  }

  // No row is moved.

  @Test
  void load_csvFileOfEachWorker_movesNoRow() throws IOException {
    assertInPlace(csvWorkers(folder));
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
    return (recorder.jobs("choosing ").size() + recorder.jobs("round ").size()) * 3L;
  }

  private void assertInPlace(String text) throws IOException {
    TrainingConfig config = config(folder, text);
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

  @ParameterizedTest
  @ValueSource(ints = {2, 9})
  void load_workersOfPooledTableShareTasks_sameBits(int perTask) throws IOException {
    String path = folder.resolve("pooled").toString();
    pooled().repartition(3).write().parquet(path);
    TrainingConfig config =
        config(
            folder,
            linear(
                "data.format = parquet\ndata.worker-column = center\ndata.path = \""
                    + path
                    + "\"\n"),
            "data.simulation.workers-per-task=" + perTask);

    ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();

    assertEquals(
        "simulated workers: 3 share "
            + (perTask == 2 ? 2 : 1)
            + " tasks (data.simulation.workers-per-task); nobody is protected from anybody",
        loaded.notes().get(1));
    assertEquals(bits(inProcess(config, ROWS.shards())), bits(train(config, loaded)));
  }

  @Test
  void load_pooledTable_movesRowsAndSaysSo() throws IOException {
    String path = folder.resolve("pooled").toString();
    pooled().repartition(3).write().parquet(path);
    TrainingConfig config =
        config(
            folder,
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

      // The rows of a worker that a task reads are moved as one record.
      long rows = ROWS.byWorker().values().stream().mapToLong(List::size).sum();
      assertTrue(moved >= ROWS.byWorker().size(), "moved: " + moved);
      assertTrue(moved <= Math.min(rows, 3L * ROWS.byWorker().size()), "moved: " + moved);
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

  // Rows are read once.

  @Test
  void train_manyRounds_readsRowsOnceAndForgetsThemAtTheEnd() throws IOException {
    TrainingConfig config = config(folder, csvWorkers(folder));
    try (ListenerRecorder recorder = new ListenerRecorder(spark)) {
      ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();
      assertEquals(1, spark.sparkContext().getPersistentRDDs().size());
      assertEquals(3, spark.sparkContext().getRDDStorageInfo()[0].numCachedPartitions());
      assertTrue(
          recorder.tasks(shardJob(recorder)).stream().allMatch(task -> task.bytesRead() > 0),
          "each worker's file is read when it is loaded");
      train(config, loaded);

      for (ListenerRecorder.Job round : recorder.jobs("round ")) {
        // The shards are there, and taken without Spark's counting what is read.
        assertEquals(0, read(recorder, round), round.description());
      }
    }
    assertTrue(spark.sparkContext().getPersistentRDDs().isEmpty());
    assertEquals(0, spark.sparkContext().getRDDStorageInfo().length);
  }

  private static long read(ListenerRecorder recorder, ListenerRecorder.Job job) {
    return recorder.tasks(job).stream()
        .mapToLong(task -> task.recordsRead() + task.bytesRead())
        .sum();
  }

  // Data sources.

  @ParameterizedTest
  @ValueSource(strings = {"csv", "parquet", "json", "orc"})
  void train_anyFormat_sameBits(String format) throws IOException {
    TrainingConfig config =
        config(folder, linear("data.format = " + format + "\n" + workersWritten(format)));

    assertEquals(bits(inProcess(config, ROWS.shards())), bits(train(spark, config)));
  }

  /** The files are then listed in a task, and not by Spark's planner. */
  @ParameterizedTest
  @ValueSource(strings = {"csv", "parquet", "json", "orc"})
  void train_workersWithHosts_sameBits(String format) throws IOException {
    String here = spark.sparkContext().env().blockManager().blockManagerId().host();
    workersWritten(format);
    StringBuilder text = new StringBuilder(linear("data.format = " + format + "\n"));
    for (String worker : ROWS.byWorker().keySet()) {
      text.append(
          "data.workers.%s { path = \"%s\", hosts = [elsewhere.invalid, \"%s\"] }%n"
              .formatted(worker, folder.resolve(format + "-" + worker), here));
    }
    if (format.equals("json") || format.equals("orc")) {
      assertThrows(DataException.class, () -> train(spark, config(folder, text.toString())));
      String ddl = spark.read().format(format).load(folder + "/" + format + "-a").schema().toDDL();
      text.append("data.schema = \"").append(ddl).append("\"\n");
    }
    TrainingConfig config = config(folder, text.toString());

    assertEquals(bits(inProcess(config, ROWS.shards())), bits(train(spark, config)));
  }

  /** The one executor of a local master is on none of the worker's hosts: nobody else comes. */
  @Test
  void load_hostThatALocalMasterIsNot_isRefusedAtOnce() throws IOException {
    StringBuilder text = new StringBuilder(linear(""));
    ROWS.writeCsv(folder)
        .forEach(
            (worker, path) ->
                text.append(
                    "data.workers.%s { path = \"%s\", hosts = [\"192.0.2.7\"] }%n"
                        .formatted(worker, path)));
    TrainingConfig config = config(folder, text.toString());

    AggregationException e =
        assertThrows(AggregationException.class, () -> new ShardLoader(spark, config).load());

    assertTrue(
        e.getMessage()
            .startsWith(
                "worker a may run on 192.0.2.7 only (data.workers.a.hosts); this local master runs"
                    + " on "),
        e.getMessage());
  }

  /** 3.5e38 is above the largest float, 3.4028e38; as a double it is a feature like others. */
  @ParameterizedTest
  @ValueSource(strings = {"3.5e38", "-3.5e38"})
  void load_featureTooLargeForFloat_isFaultOfItsRowButNotAsDouble(String large) throws IOException {
    Map<String, Path> files = ROWS.writeCsv(folder);
    Map.Entry<String, Path> last = new TreeMap<>(files).lastEntry();
    List<String> lines = new ArrayList<>(Files.readAllLines(last.getValue()));
    String third = lines.get(3);
    lines.set(3, large + third.substring(third.indexOf(',')));
    Files.write(last.getValue(), lines);
    String text = linear(WorkerRows.workersConfig(files));

    TrainingConfig asFloat = config(folder, text, "data.storage=float");
    DataException fault =
        assertThrows(DataException.class, () -> new ShardLoader(spark, asFloat).load());

    assertTrue(
        fault
            .getMessage()
            .contains("worker " + last.getKey() + ": data.storage = float needs features below"),
        fault.getMessage());
    try (SparkFederation federation =
        new ShardLoader(spark, config(folder, text)).load().federation()) {
      assertEquals(files.size(), federation.workers().size());
    }
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
            folder,
            ALGORITHM
                + "data { format = parquet, label-column = y, weight-column = c }\n"
                + "data.features-column = v\n"
                + WorkerRows.workersConfig(paths));

    assertEquals(bits(inProcess(config, ROWS.shards())), bits(train(spark, config)));
  }

  private static Vector vector(double[] row, String kind) {
    Vector dense = Vectors.dense(Arrays.copyOf(row, ROWS.features()));
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
            folder,
            ALGORITHM
                + "data { format = libsvm, options { numFeatures = 3 } }\n"
                + "data.features-column = features\n"
                + WorkerRows.workersConfig(paths));

    assertEquals(bits(inProcess(config, unweighted.shards())), bits(train(spark, config)));
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
    return new WorkerRows(ROWS.features(), byWorker);
  }

  // Shared.

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
}
