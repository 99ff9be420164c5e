package io.sparkfed.spark.rows;

import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.Csv;
import io.sparkfed.config.DataConfig.PooledTable;
import io.sparkfed.config.DataConfig.SplitByColumn;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.PrivacySettings;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.csv.CellType;
import io.sparkfed.csv.CsvDialect;
import io.sparkfed.csv.CsvHeader;
import io.sparkfed.data.DataException;
import io.sparkfed.data.Scalar;
import io.sparkfed.recipe.OwnersConsent;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.rows.CsvFiles.CsvFile;
import io.sparkfed.spark.rows.CsvFiles.Search;
import io.sparkfed.spark.rows.WorkerTables.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/** The csv tables that {@code data} names, and which of their columns are read. */
final class CsvTables {
  private final SparkSession spark;
  private final TrainingConfig config;
  private final DataConfig data;
  private final TableSql sql;
  private final Csv csv;
  private final Reading reading;
  private final Optional<StructType> schema;
  private final OwnersConsent consent;

  /**
   * Prepares opening.
   *
   * @param schema of {@code data.schema}
   * @param reading what they are read for
   * @param consent says where data sets are
   */
  CsvTables(
      SparkSession spark,
      TrainingConfig config,
      Optional<StructType> schema,
      Reading reading,
      OwnersConsent consent) {
    this.consent = consent;
    this.spark = spark;
    this.config = config;
    this.data = config.data();
    this.sql = TableSql.of(data, reading);
    this.csv = data.csv().orElseThrow();
    this.reading = reading;
    this.schema = schema;
  }

  /**
   * Returns a table for each worker, or one for all of a pooled table whose folders don't tell
   * whose rows they hold.
   *
   * @throws DataException if a path, a file or a column can't be used
   */
  List<Table> open() {
    sql.requireMeant(csv.all().missing(), " in csv files");
    csv.byWorker()
        .forEach(
            (worker, own) -> sql.requireMeant(own.missing(), " in csv files of worker " + worker));
    Map<String, String> read = new LinkedHashMap<>();
    sql.columns().forEach((name, key) -> read.putIfAbsent(CsvHeader.key(name), key));
    declaredInSql()
        .forEach(
            (name, type) ->
                SqlTypes.requireKnown(null, name, read.get(name), type, sql.known().get(name)));
    List<Place> places;
    Map<String, CsvTable> found;
    if (data.source() instanceof WorkerPaths paths) {
      places = ConfiguredCluster.places(paths);
      found = of(paths);
    } else {
      String column = ((PooledTable) data.source()).workerColumn();
      CsvTable all =
          of((PooledTable) data.source())
              .orElseThrow(() -> new DataException("no worker holds any row"));
      if (!all.isPartitionedBy(column)) {
        Map<String, CsvTable> pooled = Collections.singletonMap(null, all);
        Place anywhere = Place.anywhere(null);
        return List.of(table(all, anywhere, types(pooled, List.of(anywhere), true)));
      }
      found = all.byPartition(column);
      places = found.keySet().stream().map(Place::anywhere).toList();
    }
    Map<String, CellType> types = types(found, places, reading != Reading.TO_FIT);
    return places.stream().map(place -> table(found.get(place.party()), place, types)).toList();
  }

  /**
   * A worker's files before it is known how SQL sees their columns.
   *
   * @param table the files
   * @param columns lower case names of those whose types are to be found, sorted
   */
  record Untyped(CsvTable table, List<String> columns) {}

  /** Returns the files of the only worker there is; empty where it has no table. */
  Optional<Untyped> untyped() {
    CsvTable own = of((WorkerPaths) data.source()).values().stream().findFirst().orElse(null);
    if (own == null) {
      return Optional.empty();
    }
    List<String> columns =
        sql.columns().keySet().stream()
            .map(CsvHeader::key)
            .filter(name -> csv.findsTypes() && own.isOpen(name))
            .distinct()
            .sorted()
            .toList();
    return Optional.of(new Untyped(own, columns));
  }

  /** Ids are texts in SQL, too: 01 isn't 1 there either. */
  private boolean isWorkerColumn(String name) {
    return data.source() instanceof PooledTable pooled
        && CsvHeader.key(pooled.workerColumn()).equals(name);
  }

  /**
   * Returns the types that SQL sees: as when a model was trained, or found in all tables; none
   * where no SQL reads a column.
   */
  private Map<String, CellType> types(
      Map<String, CsvTable> tables, List<Place> places, boolean mayBeTold) {
    Map<String, CellType> types = new LinkedHashMap<>();
    List<String> columns = new ArrayList<>();
    sql.columns().keySet().stream()
        .map(CsvHeader::key)
        .filter(name -> !isWorkerColumn(name))
        .filter(name -> isToBeFound(name, tables.values(), mayBeTold))
        .distinct()
        .sorted()
        .forEach(
            name -> {
              CellType known = data.knownTypes().get(name);
              if (known == null) {
                columns.add(name);
              } else {
                types.put(name, known);
              }
            });
    if (!csv.findsTypes()) {
      columns.forEach(name -> types.put(name, CellType.TEXT));
      return types;
    }
    if (columns.isEmpty()) {
      return types;
    }
    if (hidesRows()) {
      CsvTypes.requireUnhidden(config, columns);
    }
    Map<String, Place> byWorker = new HashMap<>();
    Map<String, String> skipped = new TreeMap<>();
    for (Place place : places) {
      byWorker.put(place.party(), place);
      if (!tables.containsKey(place.party())) {
        skipped.put(place.party(), "no rows");
      }
    }
    CsvTypes finder = new CsvTypes(spark, config);
    types.putAll(
        mayBeTold
            ? finder.told(tables, byWorker, columns)
            : finder.summed(tables, byWorker, skipped, columns));
    return types;
  }

  /**
   * Whether a column's type isn't declared. A column that a worker lacks is refused later on, and a
   * sum would be of the others alone.
   */
  private static boolean isToBeFound(
      String column, Collection<CsvTable> tables, boolean mayBeTold) {
    return mayBeTold
        ? tables.stream().anyMatch(table -> table.isOpen(column))
        : tables.stream().allMatch(table -> table.isOpen(column));
  }

  private Table table(CsvTable found, Place place, Map<String, CellType> types) {
    String worker = place.party();
    if (found == null) {
      return new Table(worker, null, place, Map.of(), types, Set.of());
    }
    Map<String, String> unfit = found.unfit();
    String key = worker == null ? "data.path" : "data.workers." + worker;
    Set<String> unmarked = unmarked(found.dialect());
    Dataset<Row> rows =
        found.rows(
            types, data.derive().keySet(), (own, named) -> sql.applied(own, named, unmarked, key));
    if (found.dialect().decimal() != '.') {
      unmarked.addAll(sql.derived());
    }
    Map<String, CellType> seen = new LinkedHashMap<>(types);
    declaredInSql().forEach((name, type) -> seen.put(name, SqlTypes.kind(type)));
    Table table = new Table(worker, rows, place, unfit, seen, unmarked);
    sql.needed().forEach((name, of) -> TableColumns.requireFit(table, name, of));
    unfit.keySet().removeIf(sql.derived()::contains);
    return table;
  }

  /**
   * Returns the table of each worker, by its id, without those of files without any record; where
   * rows are hidden such a one has the columns that are read, and no row.
   */
  private Map<String, CsvTable> of(WorkerPaths paths) {
    if (!paths.hosts().isEmpty()) {
      PlacedFiles.requireRowsStay(spark);
    }
    List<Search> searches = new ArrayList<>();
    for (Place place : ConfiguredCluster.places(paths)) {
      searches.add(search(place, paths.paths().get(place.party())));
    }
    return find(searches);
  }

  /** Returns the pooled table; empty where its files have no record. */
  private Optional<CsvTable> of(PooledTable pooled) {
    String path =
        pooled
            .path()
            .orElseThrow(() -> new DataException("data.path is not set, but csv needs it"));
    return Optional.ofNullable(find(List.of(search(Place.anywhere(null), path))).get(null));
  }

  private Search search(Place place, String path) {
    ArrayList<String> positional = new ArrayList<>(csv.of(place.party()).columns());
    if (positional.isEmpty()) {
      schema.ifPresent(ddl -> positional.addAll(Arrays.asList(ddl.fieldNames())));
    }
    HashSet<String> asked = new HashSet<>();
    if (reading == Reading.TO_FIT) {
      needed().keySet().forEach(name -> asked.add(CsvHeader.key(name)));
      sql.columns().keySet().forEach(name -> asked.add(CsvHeader.key(name)));
    }
    return new Search(
        place, path, dialect(place.party()), positional, new LinkedHashMap<>(needed()), asked);
  }

  private CsvDialect dialect(String worker) {
    CsvDialect own = csv.of(worker);
    return hidesRows() ? own.hidingRows() : own;
  }

  /** Whether no row may be told of; who writes predictions beside them sees them all. */
  private boolean hidesRows() {
    return reading == Reading.TO_FIT && config.privacy().isPresent();
  }

  private Map<String, CsvTable> find(List<Search> searches) {
    Broadcast<SerializableConfiguration> hadoop = HadoopSettings.broadcast(spark, data);
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    List<List<CsvFile>> found = new CsvFiles(context, hadoop, consent).find(searches);
    Map<String, CsvTable> tables = new LinkedHashMap<>();
    Map<String, String> read = new LinkedHashMap<>(needed());
    sql.columns().forEach(read::putIfAbsent);
    CsvNames names = new CsvNames(read);
    OwnFiles owned = new OwnFiles();
    for (int k = 0; k < found.size(); k++) {
      Search search = searches.get(k);
      owned.add(search.place(), found.get(k).stream().map(CsvFile::listed).toList());
      for (CsvFile file : found.get(k)) {
        FolderColumns.refuseHidden(
            config, reading, search.place().party(), file.listed().partition().keySet());
        names.add(search.place().party(), file);
        requireSchema(search.place().party(), file);
      }
      if (!found.get(k).isEmpty()) {
        tables.put(
            search.place().party(),
            new CsvTable(spark, hadoop, search.dialect(), found.get(k), declared()));
      } else if (hidesRows() && search.place().party() != null) {
        // Whether there is a row isn't told, so not by whether there is a table either.
        tables.put(
            search.place().party(),
            CsvTable.empty(
                spark,
                hadoop,
                search.dialect(),
                search.positional().isEmpty() ? read.keySet() : search.positional(),
                declared()));
      }
    }
    return tables;
  }

  /** Cells of a declared text stand as they are, and others have got decimal points. */
  private Set<String> unmarked(CsvDialect dialect) {
    Set<String> texts = new HashSet<>();
    if (dialect.decimal() != '.') {
      declared()
          .forEach(
              (name, type) -> {
                if (type instanceof StringType) {
                  texts.add(name);
                }
              });
    }
    return texts;
  }

  /** Returns the types of columns that SQL reads and {@code data.schema} declares. */
  private Map<String, DataType> declaredInSql() {
    Map<String, DataType> declared = declared();
    Set<String> read = new HashSet<>();
    sql.columns().keySet().forEach(name -> read.add(CsvHeader.key(name)));
    declared.keySet().removeIf(name -> !read.contains(name) || isWorkerColumn(name));
    return declared;
  }

  private Map<String, DataType> declared() {
    Map<String, DataType> declared = new LinkedHashMap<>();
    if (schema.isPresent()) {
      for (StructField field : schema.get().fields()) {
        declared.put(CsvHeader.key(field.name()), field.dataType());
      }
    }
    return declared;
  }

  private void requireSchema(String worker, CsvFile file) {
    // Rows to predict needn't have all that a training reads.
    if (schema.isEmpty() || reading != Reading.TO_FIT) {
      return;
    }
    Map<String, String> columns = file.columns();
    for (String name : schema.get().fieldNames()) {
      if (!columns.containsKey(CsvHeader.key(name))) {
        throw new DataException(
            (worker == null ? "" : "worker " + worker + ": ")
                + "column "
                + name
                + " (data.schema) does not exist in file "
                + file.shown());
      }
    }
  }

  /** Returns the columns of files that are read, each with the key that says so. */
  private Map<String, String> needed() {
    Map<String, String> needed = new LinkedHashMap<>();
    DataConfig.Columns columns = data.columns();
    boolean isFormula = columns.formula().isPresent();
    columns.features().forEach(name -> needed.put(name, columns.featuresKey()));
    if (reading != Reading.TO_PREDICT) {
      new Scalar(columns.response())
          .columns()
          .forEach(name -> needed.put(name, isFormula ? "data.formula" : "data.label-column"));
      columns.weight().ifPresent(name -> needed.put(name, "data.weight-column"));
      if (data.split() instanceof SplitByColumn split) {
        needed.put(split.column(), "data.split.column");
      }
    }
    if (reading == Reading.TO_FIT) {
      config
          .privacy()
          .flatMap(PrivacySettings::personColumn)
          .ifPresent(name -> needed.put(name, RowColumns.PERSON_KEY));
    }
    columns
        .offsetExpression()
        .map(offset -> new Scalar(offset).columns())
        .ifPresent(
            names ->
                names.forEach(
                    n -> needed.put(n, isFormula ? "data.formula" : "data.offset-column")));
    if (data.source() instanceof PooledTable pooled) {
      needed.put(pooled.workerColumn(), "data.worker-column");
    }
    needed.keySet().removeIf(name -> sql.derived().contains(CsvHeader.key(name)));
    sql.needed().forEach(needed::putIfAbsent);
    schema
        .filter(ddl -> reading == Reading.TO_FIT)
        .ifPresent(
            ddl ->
                Arrays.asList(ddl.fieldNames()).forEach(n -> needed.putIfAbsent(n, "data.schema")));
    return needed;
  }
}
