package io.sparkfed.spark;

import io.sparkfed.aggregate.CohortException;
import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.Synthetic;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.DataException;
import io.sparkfed.data.DataFault;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.SyntheticWorkers;
import io.sparkfed.model.Response;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.RDDInfo;
import org.apache.spark.storage.StorageLevel;

/**
 * Brings each worker's rows into one Spark partition and packs them there, once.
 *
 * <p>With one path for each worker no row is moved: a worker's input splits are read by one task. A
 * pooled table is partitioned by its worker column with a shuffle, unless it lies in one folder for
 * each worker.
 */
public final class ShardLoader {
  /** That a block is cached may be known a moment after the job that cached it has ended. */
  private static final long CACHE_REPORT_NANOS = 2_000_000_000L;

  private static final long CACHE_REPORT_POLL_MILLIS = 10;

  private final SparkSession spark;
  private final JavaSparkContext context;
  private final TrainingConfig config;
  private final Optional<Dataset<Row>> table;

  /** Creates a loader for the {@code data} section of a configuration. */
  public ShardLoader(SparkSession spark, TrainingConfig config) {
    this(spark, config, Optional.empty());
  }

  /**
   * Creates a loader for a table that is there already.
   *
   * @param table stands for what {@code data.path} would name
   */
  public ShardLoader(TrainingConfig config, Dataset<Row> table) {
    this(table.sparkSession(), config, Optional.of(table));
  }

  private ShardLoader(SparkSession spark, TrainingConfig config, Optional<Dataset<Row>> table) {
    this.spark = spark;
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.config = config;
    this.table = table;
  }

  /**
   * The loaded workers.
   *
   * @param federation the workers that hold training rows
   * @param features names of the features, in the order of the coefficients
   * @param skipped the workers left out, with the reason
   * @param placement how the rows came to their workers
   * @param notes what the user should know
   */
  public record Loaded(
      SparkFederation federation,
      List<String> features,
      Map<String, String> skipped,
      String placement,
      List<String> notes) {}

  /**
   * Reads and packs the rows.
   *
   * @throws DataException if a path, a column, a type or a row can't be used
   * @throws CohortException if fewer workers hold training rows than the minimum
   */
  public Loaded load() {
    String group = "spark-federated-loading";
    try (JobScope scope = new JobScope(context, group, "loading")) {
      return config.data().source() instanceof Synthetic synthetic ? generated(synthetic) : read();
    }
  }

  private Loaded generated(Synthetic synthetic) {
    int features = synthetic.features();
    SyntheticWorkers generator =
        new SyntheticWorkers(
            features,
            synthetic.rowsPerWorker(),
            synthetic.modelSkew(),
            synthetic.featureSkew(),
            config.model().family(),
            config.model().loss().outputs(),
            config.seed());
    ShardPacking packing = ShardPacking.of(config);
    List<String> ids = SyntheticWorkers.ids(synthetic.workers());
    JavaRDD<WorkerPartition> partitions =
        context
            .parallelize(ids, ids.size())
            .map(
                worker -> {
                  ShardBuilder rows = new ShardBuilder(worker, features);
                  generator.generate(worker, rows);
                  return packing.partition(worker, rows, features);
                });
    return finish(
        partitions,
        new TreeMap<>(),
        "generated at the workers from the seed: no row moved",
        new ArrayList<>(List.of("simulated workers: the rows are generated")));
  }

  private Loaded read() {
    Response response = config.model().response();
    WorkerTables tables = new WorkerTables(spark, config.data(), table);
    List<WorkerTables.Table> opened = tables.open();
    Map<String, String> skipped = new TreeMap<>();
    List<String> notes = new ArrayList<>();
    if (opened.size() == 1 && opened.get(0).worker() == null) {
      notes.add(
          "simulated workers: rows moved. The table is pooled, and a shuffle brought each row to its"
              + " worker's partition");
      return finish(
          pooled(tables, opened.get(0), response),
          skipped,
          "simulated workers: rows moved by a shuffle of the pooled table",
          notes);
    }
    List<JavaRDD<WorkerPartition>> partitions = new ArrayList<>();
    for (WorkerTables.Table table : opened) {
      if (table.rows() == null) {
        skipped.put(table.worker(), "no rows");
      } else {
        partitions.add(inPlace(tables, table, response));
      }
    }
    if (partitions.isEmpty()) {
      throw new DataException("no worker holds any row");
    }
    @SuppressWarnings({"unchecked", "rawtypes"})
    JavaRDD<WorkerPartition> all = context.union(partitions.toArray(new JavaRDD[0]));
    return finish(all, skipped, "read in place: no row moved", notes);
  }

  private JavaRDD<WorkerPartition> inPlace(
      WorkerTables tables, WorkerTables.Table table, Response response) {
    RowParser parser = tables.parser(table, response, false);
    ShardPacking packing = ShardPacking.of(config);
    String worker = table.worker();
    JavaRDD<ParsedRow> rows =
        Lineage.requireNoShuffle(
                table
                    .rows()
                    .select(tables.parsedColumns(table, response).toArray(new Column[0]))
                    .javaRDD(),
                worker)
            .coalesce(1, false)
            .mapPartitions(partition -> parser.parse(partition, 0));
    // A source without any input split still needs its one partition.
    JavaRDD<ParsedRow> onePartition =
        rows.getNumPartitions() == 1 ? rows : context.parallelize(new ArrayList<>(), 1);
    return onePartition.mapPartitions(partition -> single(loaded(partition, worker, packing)));
  }

  private JavaRDD<WorkerPartition> pooled(
      WorkerTables tables, WorkerTables.Table table, Response response) {
    List<String> workers = tables.workerIds(table.rows(), tables.workerColumn(table.rows()));
    if (workers.isEmpty()) {
      throw new DataException("no worker holds any row");
    }
    RowParser parser = tables.parser(table, response, false);
    ShardPacking packing = ShardPacking.of(config);
    return table
        .rows()
        .select(tables.parsedColumns(table, response).toArray(new Column[0]))
        .javaRDD()
        .mapPartitionsWithIndex((split, partition) -> parser.parse(partition, split), false)
        .keyBy(ParsedRow::worker)
        .partitionBy(new WorkerPartitioner(workers))
        .values()
        .mapPartitions(partition -> single(loaded(partition, null, packing)));
  }

  /** Packs a partition, at the worker, and keeps to itself how many rows it read. */
  private static WorkerPartition loaded(
      Iterator<ParsedRow> rows, String expected, ShardPacking packing) {
    WorkerPartition partition = packed(rows, expected, packing);
    TaskTraces.forgetRowCounts();
    return partition;
  }

  /**
   * Packs a partition.
   *
   * @param expected the worker's id; null when the rows say whose they are
   */
  private static WorkerPartition packed(
      Iterator<ParsedRow> rows, String expected, ShardPacking packing) {
    String worker = expected;
    ShardBuilder builder = null;
    int width = 0;
    long ordinal = 0;
    while (rows.hasNext()) {
      ParsedRow row = rows.next();
      ordinal++;
      if (row.fault() != null) {
        return new WorkerPartition(row.fault().worker(), null, row.fault());
      }
      if (builder == null) {
        worker = row.worker();
        width = row.width();
        builder = new ShardBuilder(worker, width);
      }
      if (!row.worker().equals(worker)) {
        throw new IllegalStateException("a partition must hold the rows of one worker");
      }
      if (row.width() != width) {
        DataFault fault =
            new DataFault(worker, "", ordinal, "all vectors must have the same length");
        return new WorkerPartition(worker, null, fault);
      }
      row.addTo(builder);
    }
    return builder == null
        ? new WorkerPartition(worker, null, null)
        : packing.partition(worker, builder, width);
  }

  private static Iterator<WorkerPartition> single(WorkerPartition partition) {
    return Collections.singleton(partition).iterator();
  }

  private Loaded finish(
      JavaRDD<WorkerPartition> partitions,
      Map<String, String> skipped,
      String placement,
      List<String> notes) {
    JavaRDD<WorkerPartition> cached =
        partitions.setName("spark-federated shards").persist(StorageLevel.MEMORY_ONLY());
    List<WorkerPartition.Status> statuses;
    try {
      statuses =
          cached
              .mapPartitions(
                  p -> Collections.singleton(WorkerPartition.only(p).status()).iterator())
              .collect();
    } catch (Exception e) {
      cached.unpersist(false);
      throw new DataException(
          "the workers' rows could not be loaded; see the executors' logs",
          TaskFailures.withoutText(e));
    }
    try {
      refuseFaults(statuses);
      int features = commonWidth(statuses);
      List<String> workers = new ArrayList<>();
      for (WorkerPartition.Status status : statuses) {
        if (status.hasShard()) {
          workers.add(status.worker());
        } else {
          skipped.put(status.worker(), "no training rows");
        }
      }
      if (workers.size() < config.aggregation().minWorkers()) {
        throw CohortException.tooFew(workers.size(), config.aggregation().minWorkers(), skipped);
      }
      Collections.sort(workers);
      noteUncached(cached, statuses.size(), notes);
      return new Loaded(
          new SparkFederation(
              context,
              cached,
              workers,
              config.aggregation().deadline(),
              config.aggregation().aggregatorHosts()),
          featureNames(features),
          skipped,
          placement,
          notes);
    } catch (RuntimeException e) {
      cached.unpersist(false);
      throw e;
    }
  }

  private static void refuseFaults(List<WorkerPartition.Status> statuses) {
    List<String> faults =
        statuses.stream()
            .filter(status -> status.fault() != null)
            .map(status -> status.fault().message())
            .sorted()
            .toList();
    if (!faults.isEmpty()) {
      String more = faults.size() > 1 ? " (and " + (faults.size() - 1) + " more workers)" : "";
      throw new DataException(faults.get(0) + more);
    }
  }

  private static int commonWidth(List<WorkerPartition.Status> statuses) {
    WorkerPartition.Status first = null;
    for (WorkerPartition.Status status : statuses) {
      if (!status.hasShard()) {
        continue;
      }
      if (first == null) {
        first = status;
      } else if (status.features() != first.features()) {
        throw new DataException(
            "all workers must have the same number of features: worker "
                + first.worker()
                + " has "
                + first.features()
                + ", worker "
                + status.worker()
                + " "
                + status.features()
                + " (for libsvm set data.options.numFeatures)");
      }
    }
    if (first == null) {
      throw new DataException("no worker holds any training row");
    }
    return first.features();
  }

  private void noteUncached(JavaRDD<WorkerPartition> cached, int partitions, List<String> notes) {
    int missing = uncached(cached, partitions);
    long deadline = System.nanoTime() + CACHE_REPORT_NANOS;
    while (missing > 0 && System.nanoTime() < deadline) {
      try {
        Thread.sleep(CACHE_REPORT_POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
      missing = uncached(cached, partitions);
    }
    if (missing > 0) {
      notes.add(
          missing
              + " shards do not fit in executor memory and are read again every round: raise"
              + " spark.executor.memory (spark.driver.memory under local)");
    }
  }

  private int uncached(JavaRDD<WorkerPartition> cached, int partitions) {
    for (RDDInfo info : spark.sparkContext().getRDDStorageInfo()) {
      if (info.id() == cached.id()) {
        return partitions - info.numCachedPartitions();
      }
    }
    return partitions;
  }

  private List<String> featureNames(int features) {
    DataConfig.Columns columns = config.data().columns();
    if (!columns.features().isEmpty() && columns.features().size() == features) {
      return columns.features();
    }
    String prefix = columns.featuresVector().orElse("x") + "_";
    return IntStream.range(0, features).mapToObj(j -> prefix + j).toList();
  }
}
