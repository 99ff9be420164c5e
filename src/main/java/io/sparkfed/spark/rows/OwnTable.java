package io.sparkfed.spark.rows;

import io.sparkfed.config.TrainingConfig;
import io.sparkfed.csv.CellType;
import io.sparkfed.data.ColumnSummary;
import io.sparkfed.data.DataException;
import io.sparkfed.data.DataFault;
import io.sparkfed.data.LeastRows;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.recipe.ShardPacking;
import io.sparkfed.spark.agents.InSql;
import io.sparkfed.spark.cluster.LocalResults;
import io.sparkfed.spark.cluster.WorkerPartition;
import io.sparkfed.spark.rows.CsvTables.Untyped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;

/**
 * One owner's rows, read in the owner's own process on a local master, step by step as a run's
 * loading asks for them: by the same readers, and so with the same bits, as by executors.
 *
 * <p>Each method throws {@link DataException} if the table can't be opened as the configuration
 * says; its message is the owner's. What was told of types may throw {@link
 * io.sparkfed.wire.ProtocolException}.
 */
public final class OwnTable {
  private final SparkSession spark;
  private final TrainingConfig config;
  private final String worker;

  /**
   * Refers to a table.
   *
   * @param spark on a local master
   * @param config of a study, with the owner's path as its only one
   */
  public OwnTable(SparkSession spark, TrainingConfig config, String worker) {
    this.spark = spark;
    this.config = config;
    this.worker = worker;
  }

  /**
   * What SQL reads of the table.
   *
   * @param hasRows whether there is a table with columns at all
   * @param open columns of files of texts whose types must be found, in lower case, sorted
   * @param inSql types of the columns of other tables, as JSON, by their names in lower case
   */
  public record Columns(boolean hasRows, List<String> open, SortedMap<String, String> inSql) {}

  /**
   * Something of the rows, or why there is none.
   *
   * @param held empty where no row is of use
   * @param fault why the rows can't be used; empty when they can
   */
  public record Made<S>(Optional<S> held, Optional<DataFault> fault) {}

  /**
   * What the columns hold.
   *
   * @param encoding with the types of the table's own
   * @param inSql how SQL sees columns, by their names in lower case
   */
  public record Contract(FeatureEncoding encoding, Map<String, CellType> inSql) {}

  /** Returns what SQL reads. */
  public Columns columns() {
    if (config.data().csv().isPresent()) {
      Optional<Untyped> files = untyped();
      return new Columns(
          files.isPresent(), files.map(Untyped::columns).orElse(List.of()), new TreeMap<>());
    }
    Optional<Map<String, DataType>> types =
        WorkerTables.ofOwner(spark, config, Map.of()).typesInSql();
    SortedMap<String, String> inSql = new TreeMap<>();
    types.ifPresent(all -> all.forEach((name, type) -> inSql.put(name, type.json())));
    return new Columns(types.isPresent(), List.of(), inSql);
  }

  /**
   * Returns the encoding that the configuration asks for, whatever the types of the columns: where
   * rows are hidden, complete but for these.
   */
  public FeatureEncoding draft() {
    FeatureEncoding draft = FeatureColumns.draft(config.data());
    return config.privacy().map(privacy -> FeatureColumns.asGiven(draft, privacy)).orElse(draft);
  }

  /**
   * Returns 1 for each column and type in turn that a cell of the files has, otherwise 0.
   *
   * @param columns in lower case
   */
  public Made<double[]> types(List<String> columns) {
    Optional<Untyped> files = untyped();
    if (files.isEmpty()) {
      return new Made<>(Optional.empty(), Optional.empty());
    }
    CsvTypeFlags flags = only(CsvTypes.flags(spark, worker, files.get().table(), columns));
    return new Made<>(
        flags.held().filter(held -> flags.holdsRows()), Optional.ofNullable(flags.fault()));
  }

  /** Returns what the columns hold; empty where there are no rows. */
  public Optional<Contract> contract(InSql types) {
    return table(types)
        .map(table -> new Contract(FeatureColumns.draft(config.data(), table), table.sqlTypes()));
  }

  /**
   * Returns what the rows say of an encoding that isn't complete.
   *
   * @param draft with the types that the columns have at all workers together
   */
  public Made<ColumnSummary> summary(InSql types, FeatureEncoding draft) {
    Optional<WorkerTables.Table> table = required(types, draft);
    if (table.isEmpty()) {
      return new Made<>(Optional.empty(), Optional.empty());
    }
    LeastRows least = config.data().leastRows();
    SummaryPartition summary =
        only(
            rows(RowColumns.surveyedFor(draft, config.data()), table.get())
                .packed((rows, own) -> SummaryPartition.of(rows, own, draft, least)));
    return new Made<>(summary.held(), Optional.ofNullable(summary.fault()));
  }

  /** Returns the rows, encoded and packed. */
  public WorkerPartition packed(InSql types, FeatureEncoding encoding) {
    Optional<WorkerTables.Table> table = required(types, encoding);
    if (table.isEmpty()) {
      return new WorkerPartition(worker, null);
    }
    ShardPacking packing = ShardPacking.of(config, encoding);
    return only(
        rows(RowColumns.encodedBy(encoding, config), table.get())
            .packed((rows, own) -> PartitionPacking.of(packing, rows, own)));
  }

  private static <T> T only(JavaRDD<T> rdd) {
    List<T> all = LocalResults.of(rdd);
    if (all.size() != 1) {
      throw new IllegalStateException("a worker's rows must be in one partition");
    }
    return all.get(0);
  }

  private PartitionedRows rows(RowColumns columns, WorkerTables.Table table) {
    return new PartitionedRows(
        JavaSparkContext.fromSparkContext(spark.sparkContext()),
        columns,
        List.of(table),
        List.of(),
        config.model().response(),
        1);
  }

  private Optional<Untyped> untyped() {
    return WorkerTables.ofOwner(spark, config, Map.of()).untyped();
  }

  private Optional<WorkerTables.Table> required(InSql types, FeatureEncoding encoding) {
    Optional<WorkerTables.Table> table = table(types);
    table.ifPresent(own -> FeatureColumns.requireContract(encoding, config.data(), List.of(own)));
    return table;
  }

  private Optional<WorkerTables.Table> table(InSql types) {
    Map<String, CellType> cells = new HashMap<>(types.cells());
    if (config.data().csv().isPresent()) {
      // What another worker lacks was not found, and there the run ends.
      untyped().ifPresent(f -> f.columns().forEach(c -> cells.putIfAbsent(c, CellType.TEXT)));
    }
    Map<String, DataType> common = new HashMap<>();
    types.columns().forEach((name, json) -> common.put(name, ToldTypes.of(json)));
    return WorkerTables.ofOwner(spark, config.withTypes(cells), common)
        .open(Reading.TO_FIT)
        .stream()
        .filter(table -> table.rows() != null)
        .findFirst();
  }
}
