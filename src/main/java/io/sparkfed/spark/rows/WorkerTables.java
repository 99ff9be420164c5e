package io.sparkfed.spark.rows;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.PooledTable;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.csv.CellType;
import io.sparkfed.csv.CsvHeader;
import io.sparkfed.data.CellRows;
import io.sparkfed.data.DataException;
import io.sparkfed.model.Spelling;
import io.sparkfed.recipe.OwnersConsent;
import io.sparkfed.recipe.OwnersConsent.NoSay;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.cluster.PlacedRdd;
import io.sparkfed.spark.cluster.TaskFailures;
import io.sparkfed.spark.rows.FileSurvey.Found;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/** Opens the tables that {@code data} names: checks paths, columns and types, and reads no row. */
final class WorkerTables {
  private final SparkSession spark;
  private final TrainingConfig config;
  private final DataConfig data;
  private final Optional<Dataset<Row>> given;
  private final Optional<Map<String, DataType>> common;

  WorkerTables(SparkSession spark, TrainingConfig config) {
    this(spark, config, Optional.empty());
  }

  /** Creates them with the pooled table itself, where it is given and not to be read. */
  WorkerTables(SparkSession spark, TrainingConfig config, Optional<Dataset<Row>> given) {
    this(spark, config, given, Optional.empty());
  }

  private WorkerTables(
      SparkSession spark,
      TrainingConfig config,
      Optional<Dataset<Row>> given,
      Optional<Map<String, DataType>> common) {
    this.spark = spark;
    this.config = config;
    this.data = config.data();
    this.given = given;
    this.common = common;
  }

  /**
   * Creates the table of one owner who reads it in a process of its own, and has been asked.
   *
   * @param config whose only path is the owner's
   * @param common the types of numbers that SQL sees at all workers, by the lower case of columns'
   *     names
   */
  static WorkerTables ofOwner(
      SparkSession spark, TrainingConfig config, Map<String, DataType> common) {
    return new WorkerTables(spark, config, Optional.empty(), Optional.of(common));
  }

  /**
   * A table with derived columns added and rows filtered.
   *
   * @param worker whose rows these are; null for a pooled table
   * @param rows the table; null where the worker has none
   * @param place where the rows may be read
   * @param unfit columns that can't be read from all its files, by the lower case of their names:
   *     the rule that is broken
   * @param sqlTypes types of columns that SQL sees, by the lower case of their names
   * @param unmarked columns whose texts aren't numbers, as their decimal mark isn't known, by the
   *     lower case of their names
   */
  record Table(
      String worker,
      Dataset<Row> rows,
      Place place,
      Map<String, String> unfit,
      Map<String, CellType> sqlTypes,
      Set<String> unmarked) {

    /** Returns the cells of columns of the rows, to be read at their place alone. */
    JavaRDD<CellRows> select(List<Column> columns) {
      return placed(TableCells.of(selected(columns)));
    }

    /**
     * Returns the same of hidden rows, without those at which an expression fails.
     *
     * @param isComputed whether {@code data} has expressions
     */
    JavaRDD<CellRows> selectHidden(List<Column> columns, boolean isComputed) {
      return placed(RowwiseCells.of(selected(columns), isComputed));
    }

    private JavaRDD<CellRows> placed(JavaRDD<CellRows> cells) {
      return PlacedRdd.of(cells, List.of(place));
    }

    private Dataset<Row> selected(List<Column> columns) {
      return rows.select(columns.toArray(new Column[0]));
    }

    /** Returns columns of the rows as they are, to be read at their place alone. */
    JavaRDD<Row> selectRows(List<Column> columns) {
      Dataset<Row> selected = selected(columns);
      return PlacedRdd.of(
          UnchangedFiles.of(selected.rdd(), selected.queryExecution()).toJavaRDD(), List.of(place));
    }
  }

  /** Returns where each table that has rows may be read; empty when all may anywhere. */
  static List<Place> places(List<Table> opened) {
    return placesOfAll(opened.stream().filter(table -> table.rows() != null).toList());
  }

  /** Returns where each table may be read; empty when all may anywhere. */
  static List<Place> placesOfAll(List<Table> opened) {
    List<Place> places = opened.stream().map(Table::place).toList();
    return places.stream().allMatch(Place::isAnywhere) ? List.of() : places;
  }

  /** Returns the workers whose table has no rows, with that as the reason. */
  static SortedMap<String, String> withoutRows(List<Table> opened) {
    SortedMap<String, String> skipped = new TreeMap<>();
    for (Table table : opened) {
      if (table.rows() == null) {
        skipped.put(table.worker(), "no rows");
      }
    }
    return skipped;
  }

  /**
   * Opens one table for each worker whose rows can be read in place; one for all when they are
   * pooled and reading them by worker would read everything once for each.
   *
   * @param reading what they are read for
   */
  List<Table> open(Reading reading) {
    return open(reading, config.study().approvalWait());
  }

  /**
   * Opens the same.
   *
   * @param wait how long owners are waited for who approve studies by hand
   */
  List<Table> open(Reading reading, Duration wait) {
    OwnersConsent consent = common.isPresent() ? NoSay.INSTANCE : OwnersConsent.of(config);
    if (given.isEmpty() && data.source() instanceof WorkerPaths paths) {
      requireNamed(paths, reading);
      AskedOwners.require(
          JavaSparkContext.fromSparkContext(spark.sparkContext()),
          consent,
          ConfiguredCluster.places(paths),
          wait);
    }
    if (given.isEmpty() && data.csv().isPresent()) {
      return new CsvTables(spark, config, schema(), reading, consent).open();
    }
    if (given.isEmpty()) {
      FileFormats.requireTables(spark, data.format());
    }
    TableSql sql = TableSql.of(data, reading);
    sql.requireMeant(data.missingTexts(null).withNaN(), "");
    if (data.source() instanceof WorkerPaths paths) {
      Map<String, Dataset<Row>> own =
          new TreeMap<>(new PlacedFiles(spark, data, consent).tables(paths));
      Map<Place, Optional<String>> places = new LinkedHashMap<>();
      for (Place place : ConfiguredCluster.places(paths)) {
        places.put(place, Optional.of(paths.paths().get(place.party())));
      }
      Map<String, Map<String, String>> unfit = load(places, own);
      own.forEach(
          (worker, rows) ->
              FolderColumns.refuseHidden(
                  config, reading, worker, rows == null ? List.of() : FolderColumns.of(rows)));
      SqlTypes types = new SqlTypes(sql.columns(), own, sql.known());
      common.ifPresent(types::widen);
      own.replaceAll((worker, rows) -> rows == null ? null : types.of(rows));
      return places.keySet().stream()
          .map(
              place ->
                  opened(
                      sql,
                      place,
                      own.get(place.party()),
                      unfit.getOrDefault(place.party(), Map.of()),
                      types.kinds()))
          .toList();
    }
    PooledTable pooled = (PooledTable) data.source();
    Place anywhere = Place.anywhere(null);
    Map<String, Dataset<Row>> loaded = new HashMap<>();
    given.ifPresent(table -> loaded.put(null, table));
    Map<String, String> unfit =
        given.isPresent()
            ? Map.of()
            : load(Map.of(anywhere, pooled.path()), loaded).getOrDefault(null, Map.of());
    Dataset<Row> read = loaded.get(null);
    SqlTypes types = new SqlTypes(sql.columns(), Collections.singletonMap(null, read), sql.known());
    Table whole = opened(sql, anywhere, read, unfit, types.kinds());
    Dataset<Row> all = whole.rows();
    if (all == null) {
      throw new DataException("no worker holds any row");
    }
    Column worker = TableColumns.ids(whole, pooled.workerColumn(), WorkerIds.KEY);
    if (!isPartitionedBy(all, pooled.workerColumn())) {
      return List.of(whole);
    }
    List<Table> tables = new ArrayList<>();
    WorkerIds.in(all, worker, reading == Reading.TO_FIT && config.privacy().isPresent())
        .forEach(
            (id, texts) ->
                tables.add(
                    new Table(
                        id,
                        all.where(worker.cast("string").isin(texts.toArray())),
                        Place.anywhere(id),
                        whole.unfit(),
                        whole.sqlTypes(),
                        Set.of())));
    return tables;
  }

  /** Returns the owner's csv files before their types are known; empty without any record. */
  Optional<CsvTables.Untyped> untyped() {
    return new CsvTables(spark, config, schema(), Reading.TO_FIT, NoSay.INSTANCE).untyped();
  }

  /**
   * Returns the types that SQL sees of the owner's table alone, by the lower case of columns'
   * names; empty where the owner has no rows.
   */
  Optional<Map<String, DataType>> typesInSql() {
    FileFormats.requireTables(spark, data.format());
    TableSql sql = TableSql.of(data, Reading.TO_FIT);
    Map<String, Dataset<Row>> own = new TreeMap<>();
    Map<Place, Optional<String>> places = new LinkedHashMap<>();
    ((WorkerPaths) data.source())
        .paths()
        .forEach((worker, path) -> places.put(Place.anywhere(worker), Optional.of(path)));
    load(places, own);
    boolean isThere =
        own.values().stream().anyMatch(rows -> rows != null && rows.columns().length > 0);
    return isThere
        ? Optional.of(new SqlTypes(sql.columns(), own, sql.known()).met())
        : Optional.empty();
  }

  /** What is predicted of rows is written to where the driver says. */
  private static void requireNamed(WorkerPaths paths, Reading reading) {
    boolean isNamed =
        paths.paths().values().stream().anyMatch(p -> p.startsWith(DataConfig.DATASET));
    if (isNamed && reading == Reading.TO_PREDICT) {
      throw new ConfigurationException(
          "data.dataset names rows for training and evaluation; predictions are the owner's own to"
              + " make");
    }
  }

  /**
   * Returns the distinct worker ids of a pooled table, sorted.
   *
   * @param hidden whether a row that names none is left out; it is a fault otherwise
   */
  List<String> workerIds(Table pooled, boolean hidden) {
    String column = ((PooledTable) data.source()).workerColumn();
    return List.copyOf(
        WorkerIds.in(pooled.rows(), TableColumns.ids(pooled, column, WorkerIds.KEY), hidden)
            .keySet());
  }

  private Table opened(
      TableSql sql,
      Place place,
      Dataset<Row> rows,
      Map<String, String> unfit,
      Map<String, CellType> sqlTypes) {
    // An empty csv file has no header and so no columns: the worker holds no rows.
    boolean hasRows = rows != null && rows.columns().length > 0;
    String worker = place.party();
    if (!hasRows) {
      return new Table(worker, null, place, Map.of(), sqlTypes, Set.of());
    }
    Table read = new Table(worker, rows, place, unfit, Map.of(), Set.of());
    sql.needed().forEach((name, key) -> TableColumns.requireFit(read, name, key));
    Map<String, String> left = new TreeMap<>(unfit);
    left.keySet().removeIf(sql.derived()::contains);
    String key = worker == null ? "data.path" : "data.workers." + worker;
    Dataset<Row> present = MissingCells.asNull(rows, ofValues(sql), data.missingTexts(worker));
    return new Table(
        worker,
        sql.applied(present, List.of(rows.columns()), Set.of(), key),
        place,
        left,
        sqlTypes,
        Set.of());
  }

  /** Returns the lower case of the names of columns that SQL reads, but for that of ids. */
  private Set<String> ofValues(TableSql sql) {
    Set<String> names = new TreeSet<>();
    sql.columns().keySet().forEach(name -> names.add(CsvHeader.key(name)));
    if (data.source() instanceof PooledTable pooled) {
      names.remove(CsvHeader.key(pooled.workerColumn()));
    }
    return names;
  }

  /**
   * Loads the tables that aren't there yet, and returns what can't be read from all files of each,
   * by worker.
   *
   * @param paths of all
   * @param tables those that are there by worker, to be completed
   */
  private Map<String, Map<String, String>> load(
      Map<Place, Optional<String>> paths, Map<String, Dataset<Row>> tables) {
    TableSurvey survey = new TableSurvey(spark, data);
    Optional<Found> ahead = survey.ahead(paths, tables);
    Optional<StructType> given = schema();
    paths.forEach(
        (place, path) -> {
          String worker = place.party();
          if (!tables.containsKey(worker)) {
            String key = worker == null ? "data.path" : "data.workers." + worker;
            Optional<StructType> told = ahead.map(found -> found.schemas().get(worker));
            Optional<Dataset<Row>> listed =
                given.isPresent() || told.isEmpty()
                    ? Optional.empty()
                    : ListedFiles.table(spark, data, ahead.get().files().get(worker), told.get());
            tables.put(worker, listed.orElseGet(() -> load(path, key, given.or(() -> told))));
          }
        });
    return ahead.orElseGet(() -> survey.of(paths.keySet(), tables)).unfit();
  }

  private Dataset<Row> load(Optional<String> path, String key, Optional<StructType> schema) {
    DataFrameReader reader = spark.read().format(data.format()).options(data.options());
    TableFiles files = new TableFiles(data, spark.sparkContext().hadoopConfiguration());
    reader = path.isPresent() ? files.taking(reader, path.get()) : reader;
    reader = schema.isPresent() ? reader.schema(schema.get()) : reader;
    try {
      if (path.isEmpty()) {
        return reader.load();
      }
      if (TableFiles.isFormat(data.format())) {
        UnreachableException.open(spark.sparkContext().hadoopConfiguration(), path.get());
      }
      String readable = readable(path.get());
      Dataset<Row> rows = WorkerIds.load(reader, readable, textColumns());
      files.requireAll(rows, path.get());
      return rows;
    } catch (DataException | UnreachableException e) {
      throw new DataException(key + ": " + e.getMessage(), e);
    } catch (Exception e) {
      String why = whyNotReadable(path, e);
      throw new DataException(
          key + ": " + why, e instanceof SparkException ? TaskFailures.withoutText(e) : e);
    }
  }

  /** Returns the columns of which 01 isn't 1, though Spark makes numbers of folders' names. */
  private List<String> textColumns() {
    List<String> texts = new ArrayList<>();
    data.preprocessing()
        .categories()
        .forEach(
            (name, category) -> {
              if (category.spelling() == Spelling.TEXT) {
                texts.add(name);
              }
            });
    if (data.source() instanceof PooledTable pooled) {
      texts.add(pooled.workerColumn());
    }
    return texts;
  }

  private Optional<StructType> schema() {
    try {
      return data.schema().map(StructType::fromDDL);
    } catch (Exception e) {
      throw new DataException("data.schema is not a schema in DDL: " + firstLine(e), e);
    }
  }

  /** Returns a path as readers take it; what is no path of files, as it is. */
  private String readable(String path) {
    PathPattern pattern = new PathPattern(path);
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try {
      if (path.indexOf(':') >= 0) {
        pattern.matchesOrNone(new Path(path).getFileSystem(hadoop));
      }
      return pattern.readable(hadoop);
    } catch (IOException | IllegalArgumentException e) {
      return path;
    }
  }

  private String whyNotReadable(Optional<String> path, Exception e) {
    String where = path.map(p -> p + " ").orElse("");
    if (e instanceof AnalysisException
        && TaskFailures.condition(e).filter("PATH_NOT_FOUND"::equals).isPresent()) {
      return "path " + where + "does not exist";
    }
    if (e instanceof ClassNotFoundException) {
      return "data.format = "
          + data.format()
          + " is not a data source of this Spark (if it is of a package, add -- --packages)";
    }
    // Raised in a task that looked into the files, or at the driver.
    String why = e instanceof SparkException ? TaskFailures.tag(e) : firstLine(e);
    return where + "can't be read as " + data.format() + ": " + why;
  }

  /** Spark's own text about schemas and paths; it never saw a row here. */
  static String firstLine(Exception e) {
    return String.valueOf(e.getMessage())
        .lines()
        .filter(line -> !line.isBlank())
        .findFirst()
        .orElse(e.getClass().getSimpleName());
  }

  private boolean isPartitionedBy(Dataset<Row> all, String column) {
    String segment = "/" + column + "=";
    String[] files = all.inputFiles();
    return files.length > 0 && Arrays.stream(files).allMatch(file -> file.contains(segment));
  }
}
