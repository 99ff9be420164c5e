package io.sparkfed.spark.rows;

import io.sparkfed.csv.CellType;
import io.sparkfed.csv.CsvDialect;
import io.sparkfed.csv.CsvHeader;
import io.sparkfed.data.DataException;
import io.sparkfed.model.PlainText;
import io.sparkfed.spark.rows.CsvFiles.CsvFile;
import io.sparkfed.spark.rows.CsvRows.Output;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The csv files of one worker, or those of a pooled table, as one table: the columns of all files,
 * by name.
 *
 * <p>Rows are parsed from the cells' texts, so that a code such as {@code 007} stays what it is.
 * SQL sees the same columns with the types that were found in all workers' files, and its results
 * have the types that SQL gives them.
 */
final class CsvTable {
  private final SparkSession spark;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final CsvDialect dialect;
  private final List<CsvFile> files;
  private final Map<String, DataType> declared;
  private final Map<String, String> columns = new LinkedHashMap<>();

  /**
   * Makes a table.
   *
   * @param files at least one
   * @param declared types by the lower case of the columns' names
   */
  CsvTable(
      SparkSession spark,
      Broadcast<SerializableConfiguration> hadoop,
      CsvDialect dialect,
      List<CsvFile> files,
      Map<String, DataType> declared) {
    this(spark, hadoop, dialect, files, List.of(), declared);
  }

  /**
   * Makes a table without any record.
   *
   * @param names of its columns
   */
  static CsvTable empty(
      SparkSession spark,
      Broadcast<SerializableConfiguration> hadoop,
      CsvDialect dialect,
      Collection<String> names,
      Map<String, DataType> declared) {
    return new CsvTable(spark, hadoop, dialect, List.of(), names, declared);
  }

  private CsvTable(
      SparkSession spark,
      Broadcast<SerializableConfiguration> hadoop,
      CsvDialect dialect,
      List<CsvFile> files,
      Collection<String> names,
      Map<String, DataType> declared) {
    this.spark = spark;
    this.hadoop = hadoop;
    this.dialect = dialect;
    this.files = List.copyOf(files);
    this.declared = declared;
    files.stream()
        .flatMap(file -> file.names().stream())
        .filter(name -> !name.isEmpty())
        .forEach(name -> columns.putIfAbsent(CsvHeader.key(name), name));
    files.forEach(file -> file.columns().forEach(columns::putIfAbsent));
    names.forEach(name -> columns.putIfAbsent(CsvHeader.key(name), name));
  }

  List<CsvFile> files() {
    return files;
  }

  CsvDialect dialect() {
    return dialect;
  }

  Broadcast<SerializableConfiguration> hadoop() {
    return hadoop;
  }

  /** Whether there is a column, by the lower case of its name, whose type isn't declared. */
  boolean isOpen(String column) {
    return columns.containsKey(column) && !declared.containsKey(column);
  }

  /** Whether each file is in a folder that says its value of a column. */
  boolean isPartitionedBy(String column) {
    return files.stream().allMatch(file -> file.partitionKey(column) != null);
  }

  /**
   * Returns a table for each value of a column that folders give, by value.
   *
   * @throws DataException if a folder gives none
   */
  SortedMap<String, CsvTable> byPartition(String column) {
    SortedMap<String, List<CsvFile>> byValue = new TreeMap<>();
    for (CsvFile file : files) {
      String value = file.listed().partition().get(file.partitionKey(column));
      if (value == null || PlainText.of(value).isEmpty()) {
        throw new DataException(
            "file "
                + file.shown()
                + ": data.worker-column: each row must name its worker, but its folder does not");
      }
      byValue.computeIfAbsent(PlainText.of(value), v -> new ArrayList<>()).add(file);
    }
    SortedMap<String, CsvTable> tables = new TreeMap<>();
    byValue.forEach(
        (value, own) -> tables.put(value, new CsvTable(spark, hadoop, dialect, own, declared)));
    return tables;
  }

  /** Returns the columns that not every file has, by their lower case, with that as the reason. */
  Map<String, String> unfit() {
    Map<String, String> unfit = new TreeMap<>();
    for (CsvFile file : files) {
      Map<String, String> own = file.columns();
      for (String column : columns.keySet()) {
        if (!own.containsKey(column)) {
          unfit.putIfAbsent(column, "does not exist in file " + file.shown());
        }
      }
    }
    return unfit;
  }

  /** Returns the rows of all columns: as declared, others as texts. */
  Dataset<Row> rows() {
    List<Output> outputs = new ArrayList<>();
    columns.forEach((key, name) -> outputs.add(new Output(name, key, cells(key, name))));
    return read(outputs);
  }

  private CsvCells cells(String key, String name) {
    DataType type = declared.get(key);
    return type == null ? CsvCells.texts() : CsvCells.declared(name, type, zone());
  }

  private ZoneId zone() {
    return ZoneId.of(spark.sessionState().conf().sessionLocalTimeZone());
  }

  private Dataset<Row> read(List<Output> outputs) {
    return spark.baseRelationToDataFrame(new CsvRelation(spark, hadoop, files, dialect, outputs));
  }

  /**
   * Returns the rows with what SQL makes of them: it sees columns of these types, and columns that
   * it leaves alone are as in {@link #rows}.
   *
   * @param types by the lower case of columns' names; none of a declared one
   * @param made names of the columns that SQL adds or replaces
   * @param sql adds and replaces them, and filters rows; it is told the columns that have names for
   *     users
   */
  Dataset<Row> rows(
      Map<String, CellType> types,
      Set<String> made,
      BiFunction<Dataset<Row>, List<String>, Dataset<Row>> sql) {
    List<Output> outputs = new ArrayList<>();
    Map<String, String> texts = new LinkedHashMap<>();
    columns.forEach(
        (key, name) -> {
          CellType type = types.get(key);
          if (type == null || type == CellType.TEXT) {
            outputs.add(new Output(name, key, cells(key, name)));
          } else {
            String text = free("text of " + name);
            outputs.add(new Output(name, key, CsvCells.found(type, zone())));
            outputs.add(new Output(text, key, CsvCells.texts()));
            texts.put(key, text);
          }
        });
    Dataset<Row> all = sql.apply(read(outputs), List.copyOf(columns.values()));
    if (texts.isEmpty()) {
      return all;
    }
    Set<String> replaced = made.stream().map(CsvHeader::key).collect(Collectors.toSet());
    List<Column> kept = new ArrayList<>();
    for (String name : all.columns()) {
      String text = texts.get(CsvHeader.key(name));
      if (text != null && !replaced.contains(CsvHeader.key(name))) {
        kept.add(all.col(quoted(text)).as(name));
      } else if (!texts.containsValue(name)) {
        kept.add(all.col(quoted(name)));
      }
    }
    return all.select(kept.toArray(new Column[0]));
  }

  private String free(String name) {
    String free = name;
    while (columns.containsKey(CsvHeader.key(free))) {
      free = free + "_";
    }
    return free;
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
