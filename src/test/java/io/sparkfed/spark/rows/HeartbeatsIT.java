package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.model.FeatureEncoding;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What executors' heartbeats and reports tell the driver of a worker's rows while a task reads them
 * for seconds, and when it ends.
 */
@Timeout(300)
class HeartbeatsIT {
  private static final Map<String, Integer> ROWS = Map.of("a", 6007, "b", 7001, "c", 8009);
  private static final int ROWS_AT_A_TIME = 1000;
  private static final long PAUSE_MILLIS = 150;

  /** What Spark measures of a task that isn't about what it reads. */
  private static final Set<String> OF_THE_TASK =
      Set.of(
          "internal.metrics.executorDeserializeTime",
          "internal.metrics.executorDeserializeCpuTime",
          "internal.metrics.executorRunTime",
          "internal.metrics.executorCpuTime",
          "internal.metrics.resultSize",
          "internal.metrics.jvmGCTime",
          "internal.metrics.resultSerializationTime",
          "internal.metrics.peakExecutionMemory",
          "internal.metrics.peakOnHeapExecutionMemory",
          "internal.metrics.peakOffHeapExecutionMemory");

  private static SparkSession spark;

  @TempDir private static Path folder;

  @BeforeAll
  static void write() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("row counts")
            .config("spark.ui.enabled", false)
            .config("spark.executor.heartbeatInterval", "200ms")
            .getOrCreate();
    ROWS.forEach(
        (worker, rows) -> {
          Dataset<Row> table =
              spark
                  .range(0, rows, 1, 1)
                  .selectExpr("id % 97 / 8.0 as x", "id % 31 / 4.0 as z", "id % 13 / 2.0 as y");
          for (String format : List.of("parquet", "orc", "json", "csv")) {
            table
                .write()
                .format(format)
                .option("header", true)
                .save(folder.resolve(format).resolve(worker).toString());
          }
        });
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  /** Numbers that told something, by name. */
  private static final class Told extends SparkListener {
    private final Map<Long, Set<Long>> counts = new TreeMap<>();
    private final Map<Long, String> names = new TreeMap<>();
    private long recordsRead;
    private int heartbeats;

    @Override
    public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
      CollectionConverters.asJava(update.accumUpdates())
          .forEach(
              task -> {
                heartbeats++;
                CollectionConverters.asJava(task._4()).forEach(this::add);
              });
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
      CollectionConverters.asJava(end.taskInfo().accumulables()).forEach(this::add);
      recordsRead += end.taskMetrics().inputMetrics().recordsRead();
    }

    @Override
    public synchronized void onStageCompleted(SparkListenerStageCompleted completed) {
      CollectionConverters.asJava(completed.stageInfo().accumulables().values()).forEach(this::add);
    }

    /** In heartbeats they have no names, at the end of a task they do. */
    private void add(AccumulableInfo known) {
      if (known.name().isDefined()) {
        names.put(known.id(), known.name().get());
      }
      for (Object value :
          new Object[] {known.update().getOrElse(() -> 0L), known.value().getOrElse(() -> 0L)}) {
        if (value instanceof Number number && number.longValue() > 0) {
          counts.computeIfAbsent(known.id(), id -> new TreeSet<>()).add(number.longValue());
        }
      }
    }

    synchronized Map<String, Set<Long>> ofRows() {
      Map<String, Set<Long>> ofRows = new TreeMap<>();
      counts.forEach(
          (id, values) -> {
            String name = names.getOrDefault(id, "nameless");
            boolean isCoarse =
                name.equals("internal.metrics.input.bytesRead")
                    && values.stream().allMatch(bytes -> bytes % (1 << 20) == 0);
            if (!OF_THE_TASK.contains(name) && !isCoarse) {
              ofRows.computeIfAbsent(name, n -> new TreeSet<>()).addAll(values);
            }
          });
      if (recordsRead > 0) {
        ofRows.put("records read", Set.of(recordsRead));
      }
      return ofRows;
    }

    synchronized int heartbeats() {
      return heartbeats;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "parquet, ''",
    "parquet, data.where = \"x > 3\"",
    "orc, ''",
    "json, ''",
    "csv, ''",
    "csv, data.where = \"x > 3\"",
    "csv, data.derive.w = \"x + z\""
  })
  void packed_tasksOfSeconds_tellNoNumberOfRows(String format, String settings) throws Exception {
    Map<String, Object> values = new HashMap<>();
    ROWS.keySet()
        .forEach(
            worker ->
                values.put(
                    "data.workers." + worker, folder.resolve(format).resolve(worker).toString()));
    values.put("data.format", format);
    values.put("data.label-column", "y");
    values.put("data.feature-columns", List.of("x", "z"));
    if (!settings.isEmpty()) {
      int equals = settings.indexOf(" = ");
      values.put(settings.substring(0, equals), settings.substring(equals + 3).replace("\"", ""));
    }
    TrainingConfig config = ConfigLoader.of("counts", values, List.of());
    List<WorkerTables.Table> opened = new WorkerTables(spark, config).open(Reading.TO_FIT);
    FeatureEncoding draft = FeatureColumns.draft(config.data(), opened);
    Told told = new Told();
    spark.sparkContext().addSparkListener(told);
    List<Integer> read =
        new PartitionedRows(
                JavaSparkContext.fromSparkContext(spark.sparkContext()),
                RowColumns.encodedBy(draft, config.data()),
                opened,
                List.of(),
                config.model().response(),
                1)
            .packed((rows, own) -> slowly(rows))
            .collect();
    spark.sparkContext().listenerBus().waitUntilEmpty();
    spark.sparkContext().removeSparkListener(told);

    int all = read.stream().mapToInt(Integer::intValue).sum();
    assertTrue(settings.contains("where") ? all > 3000 && all < 21017 : all == 21017, "" + all);
    assertTrue(told.heartbeats() > 3, "heartbeats " + told.heartbeats());
    assertEquals(Map.of(), told.ofRows());
  }

  /** That the listener would see them. */
  @Test
  void query_ofSparksOwn_tellsTheNumberOfRows() throws Exception {
    Told told = new Told();
    spark.sparkContext().addSparkListener(told);
    spark.read().parquet(folder.resolve("parquet/a").toString()).javaRDD().count();
    spark.sparkContext().listenerBus().waitUntilEmpty();
    spark.sparkContext().removeSparkListener(told);

    assertTrue(told.ofRows().get("records read").contains(6007L), told.ofRows().toString());
    assertTrue(told.ofRows().get("number of output rows").contains(6007L));
  }

  /** Reads like a packer that has much to do. */
  private static int slowly(ParsedRows rows) {
    int count = 0;
    while (rows.next()) {
      count++;
      if (count % ROWS_AT_A_TIME == 0) {
        pause();
      }
    }
    pause();
    return count;
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
