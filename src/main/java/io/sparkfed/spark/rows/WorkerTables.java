package io.sparkfed.spark.rows;

import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.PooledTable;
import io.sparkfed.config.DataConfig.SplitByColumn;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.NearestName;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.csv.CellType;
import io.sparkfed.csv.CsvHeader;
import io.sparkfed.data.CellRows;
import io.sparkfed.data.CellRules;
import io.sparkfed.data.DataException;
import io.sparkfed.data.RowForm;
import io.sparkfed.data.RowForm.PartColumn;
import io.sparkfed.data.Scalar;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.Response;
import io.sparkfed.model.Spelling;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.cluster.PlacedRdd;
import io.sparkfed.spark.cluster.TaskFailures;
import io.sparkfed.spark.rows.FolderFiles.Listed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/** Opens the tables that {@code data} names: checks paths, columns and types, and reads no row. */
final class WorkerTables {
  private final SparkSession spark;
  private final TrainingConfig config;
  private final DataConfig data;
  private final Optional<Dataset<Row>> given;
  private final FeatureEncoding encoding;
  private final boolean survey;

  WorkerTables(SparkSession spark, TrainingConfig config) {
    this(spark, config, Optional.empty());
  }

  /** Creates them with the pooled table itself, where it is given and not to be read. */
  WorkerTables(SparkSession spark, TrainingConfig config, Optional<Dataset<Row>> given) {
    this(spark, config, given, null, false);
  }

  private WorkerTables(
      SparkSession spark,
      TrainingConfig config,
      Optional<Dataset<Row>> given,
      FeatureEncoding encoding,
      boolean survey) {
    this.spark = spark;
    this.config = config;
    this.data = config.data();
    this.given = given;
    this.encoding = encoding;
    this.survey = survey;
  }

  /** Returns the same tables, to be parsed into these features. */
  WorkerTables encodedBy(FeatureEncoding complete) {
    return new WorkerTables(spark, config, given, complete, false);
  }

  /** Returns the same tables, to be looked at for what an encoding doesn't know yet. */
  WorkerTables surveyedFor(FeatureEncoding draft) {
    return new WorkerTables(spark, config, given, draft, true);
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
      return PlacedRdd.of(
          TableCells.of(rows.select(columns.toArray(new Column[0]))), List.of(place));
    }

    /** Returns columns of the rows as they are, to be read at their place alone. */
    JavaRDD<Row> selectRows(List<Column> columns) {
      JavaRDD<Row> selected = rows.select(columns.toArray(new Column[0])).javaRDD();
      return PlacedRdd.of(selected, List.of(place));
    }
  }

  /** Returns where each table that has rows may be read; empty when all may anywhere. */
  static List<Place> places(List<Table> opened) {
    List<Place> places =
        opened.stream().filter(table -> table.rows() != null).map(Table::place).toList();
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
    if (given.isEmpty() && data.csv().isPresent()) {
      return new CsvTables(spark, config, schema(), reading).open();
    }
    if (given.isEmpty()) {
      FileFormats.requireShortName(spark, data.format());
    }
    TableSql sql = TableSql.of(data, reading);
    sql.requireMeant(data.missingTexts(null).withNaN(), "");
    if (data.source() instanceof WorkerPaths paths) {
      Map<String, Dataset<Row>> own = new TreeMap<>(new PlacedFiles(spark, data).tables(paths));
      Map<Place, Dataset<Row>> loaded = new LinkedHashMap<>();
      for (Place place : ConfiguredCluster.places(paths)) {
        String worker = place.worker();
        if (!own.containsKey(worker)) {
          own.put(worker, load(paths.paths().get(worker), worker));
        }
        loaded.put(place, own.get(worker));
      }
      Map<String, Map<String, String>> unfit = unfit(loaded);
      SqlTypes types = new SqlTypes(sql.columns(), own, sql.known());
      own.replaceAll((worker, rows) -> rows == null ? null : types.of(rows));
      return loaded.keySet().stream()
          .map(
              place ->
                  opened(
                      sql,
                      place,
                      own.get(place.worker()),
                      unfit.getOrDefault(place.worker(), Map.of()),
                      types.kinds()))
          .toList();
    }
    PooledTable pooled = (PooledTable) data.source();
    Dataset<Row> read = given.orElseGet(() -> load(pooled.path(), "data.path"));
    Place anywhere = Place.anywhere(null);
    Map<String, String> unfit =
        given.isPresent() ? Map.of() : unfit(Map.of(anywhere, read)).getOrDefault(null, Map.of());
    SqlTypes types = new SqlTypes(sql.columns(), Collections.singletonMap(null, read), sql.known());
    Table whole = opened(sql, anywhere, read, unfit, types.kinds());
    Dataset<Row> all = whole.rows();
    if (all == null) {
      throw new DataException("no worker holds any row");
    }
    Column worker = workerColumn(whole);
    if (!isPartitionedBy(all, pooled.workerColumn())) {
      return List.of(whole);
    }
    List<Table> tables = new ArrayList<>();
    WorkerIds.in(all, worker)
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

  /** Returns what can't be read from all files of tables, by worker; each file is read once. */
  private Map<String, Map<String, String>> unfit(Map<Place, Dataset<Row>> loaded) {
    OwnFiles owned = new OwnFiles();
    Map<Place, List<Listed>> files = new LinkedHashMap<>();
    Map<Place, StructType> schemas = new LinkedHashMap<>();
    loaded.forEach(
        (place, rows) -> {
          try {
            List<Listed> own =
                rows == null
                    ? List.of()
                    : ReadFiles.of(rows, spark.sparkContext().hadoopConfiguration());
            owned.add(place, own);
            files.put(place, own);
            schemas.put(place, rows == null ? new StructType() : rows.schema());
          } catch (IOException e) {
            throw new DataException("the tables' files can't be listed: " + firstLine(e), e);
          }
        });
    return new FileSurvey(spark, data).unfit(files, schemas);
  }

  static void requireFit(Table table, String column, String key) {
    String rule = table.unfit().get(CsvHeader.key(column));
    if (rule != null) {
      throw unfit(table, column, key, rule);
    }
  }

  /** Returns the distinct worker ids of a pooled table, sorted. */
  List<String> workerIds(Table pooled) {
    return List.copyOf(WorkerIds.in(pooled.rows(), workerColumn(pooled)).keySet());
  }

  /**
   * Returns the columns that a {@link RowParser} of this response expects, in its order.
   *
   * @param response null when no label is read, and with it no weight and no split: rows to predict
   *     need none
   */
  List<Column> parsedColumns(Table table, Response response) {
    DataConfig.Columns names = data.columns();
    List<Column> columns = new ArrayList<>();
    for (InputColumn feature : encoding.columns()) {
      columns.add(FeatureColumns.of(table, feature, names.featuresKey()));
    }
    if (response != null) {
      add(columns, table, new Scalar(names.response()), "data.label-column");
    }
    if (weightColumn(response) != null) {
      columns.add(numericColumn(table, weightColumn(response), "data.weight-column"));
    }
    names
        .offsetExpression()
        .ifPresent(offset -> add(columns, table, new Scalar(offset), "data.offset-column"));
    if (splitColumn(response) != null) {
      columns.add(column(table, splitColumn(response).column(), "data.split.column"));
    }
    if (table.worker() == null) {
      columns.add(workerColumn(table));
    }
    return columns;
  }

  private void add(List<Column> columns, Table table, Scalar number, String key) {
    for (String name : number.columns()) {
      columns.add(
          numericColumn(table, name, data.columns().formula().isPresent() ? "data.formula" : key));
    }
  }

  /**
   * Returns the parser for {@link #parsedColumns}.
   *
   * @param response null when no label is read
   */
  RowParser parser(Table table, Response response) {
    DataConfig.Columns names = data.columns();
    SplitByColumn split = splitColumn(response);
    RowForm form =
        new RowForm(
            response,
            encoding,
            new CellRules(data.missingTexts(table.worker())),
            survey,
            new Scalar(names.response()),
            weightColumn(response),
            names.offsetExpression().map(Scalar::new).orElse(null),
            split == null ? null : new PartColumn(split.column(), split.train(), split.test()));
    return new RowParser(form, table.worker(), data.missing(), Lenience.NONE);
  }

  private Column workerColumn(Table table) {
    String name = ((PooledTable) data.source()).workerColumn();
    String key = "data.worker-column";
    Column column = column(table, name, key);
    if (!WorkerIds.isIdType(typeOf(table, column))) {
      throw unfit(
          table,
          name,
          key,
          "must hold text, numbers, booleans or dates; its type is "
              + typeOf(table, column).simpleString());
    }
    return column;
  }

  private String weightColumn(Response response) {
    return response == null ? null : data.columns().weight().orElse(null);
  }

  private SplitByColumn splitColumn(Response response) {
    return response != null && data.split() instanceof SplitByColumn split ? split : null;
  }

  private Table opened(
      TableSql sql,
      Place place,
      Dataset<Row> rows,
      Map<String, String> unfit,
      Map<String, CellType> sqlTypes) {
    // An empty csv file has no header and so no columns: the worker holds no rows.
    boolean hasRows = rows != null && rows.columns().length > 0;
    String worker = place.worker();
    if (!hasRows) {
      return new Table(worker, null, place, Map.of(), sqlTypes, Set.of());
    }
    Table read = new Table(worker, rows, place, unfit, Map.of(), Set.of());
    sql.needed().forEach((name, key) -> requireFit(read, name, key));
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

  private Dataset<Row> load(String path, String worker) {
    return load(Optional.of(path), "data.workers." + worker);
  }

  private Dataset<Row> load(Optional<String> path, String key) {
    DataFrameReader reader = spark.read().format(data.format()).options(data.options());
    TableFiles files = new TableFiles(data, spark.sparkContext().hadoopConfiguration());
    reader = path.isPresent() ? files.taking(reader, path.get()) : reader;
    Optional<StructType> schema = schema();
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

  private static Column column(Table table, String name, String key) {
    List<String> columns = Arrays.asList(table.rows().columns());
    String actual =
        columns.contains(name)
            ? name
            : columns.stream().filter(c -> c.equalsIgnoreCase(name)).findFirst().orElse(null);
    requireFit(table, actual == null ? name : actual, key);
    if (actual == null) {
      throw unfit(
          table,
          name,
          key,
          "does not exist; the nearest is "
              + NearestName.of(name, columns).orElse("none")
              + ". Columns: "
              + String.join(", ", columns));
    }
    return table.rows().col("`" + actual.replace("`", "``") + "`");
  }

  static Column numericColumn(Table table, String name, String key) {
    Column column = valueColumn(table, name, key, "numbers");
    if (typeOf(table, column) instanceof StringType
        && table.unmarked().contains(CsvHeader.key(name))) {
      throw unfit(table, name, key, UnmarkedTexts.RULE);
    }
    return column;
  }

  /** Returns a column of numbers, booleans or text. */
  static Column valueColumn(Table table, String name, String key, String what) {
    Column column = column(table, name, key);
    DataType type = typeOf(table, column);
    if (!(type instanceof NumericType
        || type instanceof BooleanType
        || type instanceof StringType)) {
      throw unfit(table, name, key, "must hold " + what + "; its type is " + type.simpleString());
    }
    return column;
  }

  static Column vectorColumn(Table table, String name) {
    String key = "data.features-column";
    Column column = column(table, name, key);
    DataType type = typeOf(table, column);
    if (!type.equals(SQLDataTypes.VectorType())) {
      throw unfit(
          table,
          name,
          key,
          "must hold Spark ML vectors; its type is "
              + type.simpleString().toLowerCase(Locale.ROOT));
    }
    return column;
  }

  static DataType typeOf(Table table, Column column) {
    return table.rows().select(column).schema().apply(0).dataType();
  }

  private static DataException unfit(Table table, String column, String key, String rule) {
    return new DataException(where(table) + "column " + column + " (" + key + ") " + rule);
  }

  static String where(Table table) {
    return table.worker() == null ? "" : "worker " + table.worker() + ": ";
  }
}
