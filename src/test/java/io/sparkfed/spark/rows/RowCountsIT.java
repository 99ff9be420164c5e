package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.it.WorkerRows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.RDDBlockId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

/** What Spark's own reports tell the driver of the number of rows of a worker. */
@Timeout(120)
class RowCountsIT {
  /** Sizes 37, 40 and 43: numbers that nothing else in the reports would give. */
  private static final WorkerRows ROWS = WorkerRows.generate(5, 3, 37, 2);

  private static final Set<Long> SIZES = Set.of(37L, 40L, 43L);

  @TempDir Path folder;

  /** Collects the numbers of rows that task reports hold, and the sizes of cached blocks. */
  private static final class Reports extends SparkListener {
    private final List<Long> rows = Collections.synchronizedList(new ArrayList<>());
    private final Set<Long> blockSizes = Collections.synchronizedSet(new HashSet<>());

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      rows.add(end.taskMetrics().inputMetrics().recordsRead());
      for (AccumulableInfo info : CollectionConverters.asJava(end.taskInfo().accumulables())) {
        // Milliseconds can be any number.
        boolean isTime = info.name().exists(name -> name.toLowerCase(Locale.ROOT).contains("time"));
        if (!isTime && info.update().isDefined() && info.update().get() instanceof Long number) {
          rows.add(number);
        }
      }
    }

    @Override
    public void onBlockUpdated(SparkListenerBlockUpdated updated) {
      if (updated.blockUpdatedInfo().blockId() instanceof RDDBlockId
          && updated.blockUpdatedInfo().memSize() > 0) {
        blockSizes.add(updated.blockUpdatedInfo().memSize());
      }
    }
  }

  @Test
  void load_inPlace_reportsHoldNoRowCounts() throws Exception {
    SparkSession spark = session();
    try {
      Reports reports = new Reports();
      spark.sparkContext().addSparkListener(reports);
      new ShardLoader(spark, config()).load().federation().close();
      spark.sparkContext().listenerBus().waitUntilEmpty();

      assertTrue(reports.rows.size() > 10, "the listener must have seen reports");
      assertEquals(Set.of(), intersection(reports.rows, SIZES));
      assertEquals(1, reports.blockSizes.size(), "shards of other sizes must look the same");
    } finally {
      spark.stop();
    }
  }

  /** The positive control: without the loader the reports do hold them. */
  @Test
  void count_withoutTheLoader_reportsHoldRowCounts() throws Exception {
    SparkSession spark = session();
    try {
      Map<String, Path> files = ROWS.writeCsv(folder);
      Reports reports = new Reports();
      spark.sparkContext().addSparkListener(reports);
      for (Path file : files.values()) {
        spark.read().option("header", true).csv(file.toString()).javaRDD().collect();
      }
      spark.sparkContext().listenerBus().waitUntilEmpty();

      assertFalse(intersection(reports.rows, SIZES).isEmpty());
    } finally {
      spark.stop();
    }
  }

  private TrainingConfig config() throws Exception {
    Path conf = folder.resolve("run.conf");
    Files.writeString(conf, WorkerRows.workersConfig(ROWS.writeCsv(folder)) + ROWS.columnsConfig());
    return ConfigLoader.load(conf, Map.of(), List.of());
  }

  private static SparkSession session() {
    return SparkSession.builder()
        .master("local[2]")
        .appName("RowCountsIT")
        .config("spark.ui.enabled", false)
        .getOrCreate();
  }

  private static Set<Long> intersection(List<Long> numbers, Set<Long> wanted) {
    Set<Long> common = new HashSet<>(numbers);
    common.retainAll(wanted);
    return common;
  }
}
