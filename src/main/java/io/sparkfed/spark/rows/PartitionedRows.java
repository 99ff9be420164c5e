package io.sparkfed.spark.rows;

import io.sparkfed.data.CellRows;
import io.sparkfed.model.Response;
import io.sparkfed.spark.cluster.Occupancy;
import io.sparkfed.spark.cluster.Partitionwise;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.cluster.PlacedRdd;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** The parsed rows of the workers, one partition each unless simulated workers share them. */
final class PartitionedRows {
  private final JavaSparkContext context;
  private final RowColumns columns;
  private final List<WorkerTables.Table> opened;
  private final List<String> pooledWorkers;
  private final Response response;
  private final int workersPerTask;

  /**
   * Rows of tables.
   *
   * @param columns what is read of each row
   * @param pooledWorkers the workers of a pooled table; empty when each has a table of its own
   * @param workersPerTask how many workers of a pooled table share a partition
   */
  PartitionedRows(
      JavaSparkContext context,
      RowColumns columns,
      List<WorkerTables.Table> opened,
      List<String> pooledWorkers,
      Response response,
      int workersPerTask) {
    this.context = context;
    this.columns = columns;
    this.opened = opened;
    this.pooledWorkers = pooledWorkers;
    this.response = response;
    this.workersPerTask = workersPerTask;
  }

  /** Packs the parsed rows of a partition; {@code own} is null when the rows say whose they are. */
  interface Packer<P> extends Serializable {
    P pack(ParsedRows rows, String own);
  }

  /** Returns how many elements a partition has. */
  Occupancy occupancy() {
    return !pooledWorkers.isEmpty() && workersPerTask > 1
        ? Occupancy.SIMULATED_WORKERS
        : Occupancy.ONE_WORKER;
  }

  /** Returns one element a worker, with what {@code packer} makes of its rows. */
  <P> JavaRDD<P> packed(Packer<P> packer) {
    if (!pooledWorkers.isEmpty()) {
      return pooled(opened.get(0), packer);
    }
    List<WorkerTables.Table> tables = read();
    Optional<JavaRDD<CellRows>> shared =
        columns.areShared() && tables.stream().allMatch(table -> table.rows() != null)
            ? SharedScan.of(tables, table -> columns.of(table, response))
            : Optional.empty();
    if (shared.isPresent()) {
      return UncountedRdd.of(inPlace(tables, shared.get(), packer));
    }
    List<JavaRDD<P>> partitions = new ArrayList<>();
    for (WorkerTables.Table table : tables) {
      partitions.add(inPlace(table, packer));
    }
    @SuppressWarnings({"unchecked", "rawtypes"})
    JavaRDD<P> all = context.union(partitions.toArray(new JavaRDD[0]));
    return UncountedRdd.of(all);
  }

  /** Returns where each partition may be read; empty when all may anywhere. */
  List<Place> places() {
    return pooledWorkers.isEmpty() ? WorkerTables.placesOfAll(read()) : List.of();
  }

  /** Returns the tables with rows; all where rows are hidden, as nobody is told who has any. */
  private List<WorkerTables.Table> read() {
    return columns.bounds() != null
        ? opened
        : opened.stream().filter(table -> table.rows() != null).toList();
  }

  /** Packs rows of which each table has a partition. */
  private <P> JavaRDD<P> inPlace(
      List<WorkerTables.Table> tables, JavaRDD<CellRows> rows, Packer<P> packer) {
    ArrayList<RowParser> parsers = new ArrayList<>();
    for (WorkerTables.Table table : tables) {
      // Whether these can be read was seen of the first table alone.
      columns.of(table, response);
      parsers.add(columns.parser(table, response));
    }
    List<Place> places = tables.stream().map(WorkerTables.Table::place).toList();
    return Partitionwise.mappedByNumber(
        PlacedRdd.of(rows, places),
        (k, partition) -> {
          RowParser parser = parsers.get(k);
          return single(packer.pack(parser.parse(partition), parser.worker()));
        });
  }

  private <P> JavaRDD<P> inPlace(WorkerTables.Table table, Packer<P> packer) {
    RowParser parser = columns.parser(table, response);
    String worker = table.worker();
    JavaRDD<CellRows> onePartition =
        table.rows() == null ? none(table) : onePartition(table, worker);
    return Partitionwise.mapped(
        onePartition, partition -> single(packer.pack(parser.parse(partition), worker)));
  }

  private JavaRDD<CellRows> onePartition(WorkerTables.Table table, String worker) {
    JavaRDD<CellRows> rows =
        Lineage.requireNoShuffle(columns.cells(table, response), worker).coalesce(1, false);
    // A source without any input split still needs its one partition.
    return rows.getNumPartitions() == 1 ? rows : none(table);
  }

  private JavaRDD<CellRows> none(WorkerTables.Table table) {
    return PlacedRdd.of(context.parallelize(new ArrayList<>(), 1), List.of(table.place()));
  }

  private <P> JavaRDD<P> pooled(WorkerTables.Table table, Packer<P> packer) {
    RowParser parser = columns.parser(table, response);
    boolean shared = occupancy() == Occupancy.SIMULATED_WORKERS;
    return columns
        .cells(table, response)
        .mapPartitions(partition -> RunRows.of(parser.parse(partition)))
        .keyBy(RunRows.Run::worker)
        .partitionBy(new WorkerPartitioner(pooledWorkers, workersPerTask))
        .values()
        .mapPartitions(
            partition ->
                shared
                    ? each(partition, packer)
                    : single(untraced(new RunRows(partition), null, packer)));
  }

  /** Packs the rows of each simulated worker of a partition. */
  private static <P> Iterator<P> each(Iterator<RunRows.Run> partition, Packer<P> packer) {
    Map<String, List<RunRows.Run>> byWorker = new TreeMap<>();
    partition.forEachRemaining(
        run -> byWorker.computeIfAbsent(run.worker(), w -> new ArrayList<>()).add(run));
    List<P> packed = new ArrayList<>();
    byWorker.values().forEach(runs -> packed.add(packer.pack(new RunRows(runs.iterator()), null)));
    TaskTraces.forgetRowCounts();
    return packed.iterator();
  }

  /** Packs a partition, at the worker, and keeps to itself how many rows it read. */
  private static <P> P untraced(ParsedRows rows, String expected, Packer<P> packer) {
    P packed = packer.pack(rows, expected);
    TaskTraces.forgetRowCounts();
    return packed;
  }

  private static <P> Iterator<P> single(P partition) {
    return Collections.singleton(partition).iterator();
  }
}
