package io.sparkfed.spark.rows;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.csv.CellType;
import io.sparkfed.data.DataException;
import io.sparkfed.data.DataFault;
import io.sparkfed.federated.Ask;
import io.sparkfed.federated.TypesOfColumns;
import io.sparkfed.spark.cluster.Kept;
import io.sparkfed.spark.cluster.Occupancy;
import io.sparkfed.spark.cluster.PartitionFederation;
import io.sparkfed.spark.cluster.Partitionwise;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.cluster.PlacedRdd;
import io.sparkfed.spark.cluster.TaskFailures;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Finds the types of columns over all workers' files, before anything else reads them. A worker
 * says of each column and type whether any of its cells has it, 0 or 1; the driver learns the sums,
 * so how many workers hold a number in a column, and not which.
 */
final class CsvTypes {
  private final SparkSession spark;
  private final JavaSparkContext context;
  private final TrainingConfig config;

  CsvTypes(SparkSession spark, TrainingConfig config) {
    this.spark = spark;
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.config = config;
  }

  /**
   * Returns the types of columns, through the run's secure sums.
   *
   * @param tables of the workers that have files, by id
   * @param places where each may be read, by id
   * @param skipped the workers without files, with the reason
   * @param columns lower case names; a table may lack some
   * @return the type of each column; text where none has a value
   * @throws DataException if a file can't be read
   * @throws CohortException if fewer workers have rows in their files than the minimum
   */
  Map<String, CellType> summed(
      Map<String, CsvTable> tables,
      Map<String, Place> places,
      Map<String, String> skipped,
      List<String> columns) {
    int least = config.aggregation().minWorkers();
    if (tables.size() < least) {
      throw CohortException.tooFew(tables.size(), least, skipped);
    }
    List<String> workers = tables.keySet().stream().sorted().toList();
    List<Place> ordered = workers.stream().map(places::get).toList();
    List<JavaRDD<CsvTypeFlags>> parts = new ArrayList<>();
    for (String worker : workers) {
      parts.add(flags(spark, worker, tables.get(worker), columns));
    }
    @SuppressWarnings({"unchecked", "rawtypes"})
    JavaRDD<CsvTypeFlags> all = context.union(parts.toArray(new JavaRDD[0]));
    JavaRDD<CsvTypeFlags> cached =
        all.setName("spark-federated column types").persist(StorageLevel.MEMORY_ONLY());
    try {
      requireHolders(PlacedRdd.of(cached, ordered), skipped);
    } catch (RuntimeException e) {
      Kept.forget(cached);
      throw e;
    }
    try (PartitionFederation<double[]> federation =
        new PartitionFederation<>(
            context,
            cached,
            Occupancy.ONE_WORKER,
            ordered,
            workers,
            ConfiguredCluster.bounds(config))) {
      return summed(federation, config, columns);
    }
  }

  /**
   * Returns the types of columns over what workers have of them, by a secure sum.
   *
   * @param federation of workers that all have rows
   */
  static Map<String, CellType> summed(
      Federation<double[]> federation, TrainingConfig config, List<String> columns) {
    TypesOfColumns statement = new TypesOfColumns(columns.size() * CellType.values().length);
    try {
      double[] holders =
          new LoadingSums(config)
              .with(
                  federation,
                  sums ->
                      Ask.through(
                              sums.sumOf(statement.layout()),
                              federation,
                              federation.workers(),
                              "types of csv columns",
                              statement)
                          .value()
                          .values());
      return types(holders, columns);
    } catch (CohortException e) {
      if (e.isRefused()) {
        throw e;
      }
      throw new AggregationException(
          "the types of csv columns are not known: workers dropped out while they were found", e);
    }
  }

  /**
   * Types are found in rows.
   *
   * @throws ConfigurationException if nothing may tell of these
   */
  static void requireUnhidden(TrainingConfig config, List<String> columns) {
    if (config.privacy().isPresent()) {
      throw new ConfigurationException(
          "types of the csv columns "
              + String.join(", ", columns)
              + " can't be found where rows are hidden (privacy.unit), as rows would tell of them; declare them in"
              + " data.schema, set data.options.inferSchema = false, or use Parquet");
    }
  }

  /**
   * Returns the types of columns of tables whose rows aren't hidden from the driver anyway: a
   * pooled one, or rows that predictions are written beside.
   *
   * @throws DataException if a file can't be read
   */
  Map<String, CellType> told(
      Map<String, CsvTable> tables, Map<String, Place> places, List<String> columns) {
    double[] all = new double[columns.size() * CellType.values().length];
    List<JavaRDD<CsvTypeFlags>> parts = new ArrayList<>();
    List<Place> ordered = new ArrayList<>();
    tables.forEach(
        (worker, table) -> {
          parts.add(flags(spark, worker, table, columns));
          ordered.add(places.get(worker));
        });
    @SuppressWarnings({"unchecked", "rawtypes"})
    JavaRDD<CsvTypeFlags> union = context.union(parts.toArray(new JavaRDD[0]));
    JavaRDD<CsvTypeFlags> rows = PlacedRdd.of(union, ordered);
    List<Told> told =
        collected(Partitionwise.each(rows, part -> new Told(part.flags().orNull(), part.fault())));
    ToldFaults.refuse(told.stream().map(Told::fault).toList(), config);
    for (Told part : told) {
      for (int k = 0; k < all.length; k++) {
        all[k] += part.flags()[k];
      }
    }
    return types(all, columns);
  }

  /** Returns what the cells of a worker's files have of types: one element. */
  static JavaRDD<CsvTypeFlags> flags(
      SparkSession spark, String worker, CsvTable table, List<String> columns) {
    var dialect = table.dialect();
    var hadoop = table.hadoop();
    return Partitionwise.mapped(
        CsvRelation.bins(spark, table.files()).coalesce(1, false),
        bins -> CsvTypeFlags.of(worker, bins, dialect, columns, hadoop.value().value()));
  }

  /** What the driver learns of one worker. */
  public record Status(String worker, boolean holdsRows, DataFault fault) implements Serializable {}

  /** Flags of a worker without rows are all 0, so they would hide nothing of the others'. */
  private void requireHolders(JavaRDD<CsvTypeFlags> parts, Map<String, String> skipped) {
    List<Status> statuses;
    try {
      statuses =
          Partitionwise.collected(
              Partitionwise.each(
                  parts, part -> new Status(part.worker(), part.holdsRows(), part.fault())));
    } catch (Exception e) {
      throw unreadable(e);
    }
    requireHolders(statuses, config, skipped);
  }

  /**
   * Refuses faults, and fewer workers with rows than the minimum.
   *
   * @param skipped the workers without files, with the reason
   */
  static void requireHolders(
      List<Status> statuses, TrainingConfig config, Map<String, String> skipped) {
    int least = config.aggregation().minWorkers();
    ToldFaults.refuse(statuses.stream().map(Status::fault).toList(), config);
    Map<String, String> without = new TreeMap<>(skipped);
    for (Status status : statuses) {
      if (!status.holdsRows()) {
        without.put(status.worker(), "no rows");
      }
    }
    int holders = (int) statuses.stream().filter(Status::holdsRows).count();
    if (holders < least) {
      throw CohortException.tooFew(holders, least, without);
    }
  }

  /** What the driver learns of a table that isn't hidden from it. */
  private record Told(double[] flags, DataFault fault) implements Serializable {}

  private static List<Told> collected(JavaRDD<Told> parts) {
    try {
      return Partitionwise.collected(parts);
    } catch (Exception e) {
      throw unreadable(e);
    }
  }

  private static DataException unreadable(Exception e) {
    return new DataException(
        "the workers' files could not be inspected; see the executors' logs",
        TaskFailures.withoutText(e));
  }

  private static Map<String, CellType> types(double[] sums, List<String> columns) {
    CellType[] all = CellType.values();
    Map<String, CellType> types = new LinkedHashMap<>();
    for (int j = 0; j < columns.size(); j++) {
      Set<CellType> held = EnumSet.noneOf(CellType.class);
      for (int k = 0; k < all.length; k++) {
        if (sums[j * all.length + k] > 0.5) {
          held.add(all[k]);
        }
      }
      String column = columns.get(j);
      types.put(column, CellType.common(held).orElse(CellType.TEXT));
    }
    return types;
  }
}
