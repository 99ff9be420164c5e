package io.sparkfed.spark.rows;

import io.sparkfed.config.EnumNames;
import io.sparkfed.csv.CellType;
import io.sparkfed.csv.CsvHeader;
import io.sparkfed.data.DataException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/**
 * One type for each column that SQL reads, over the tables of all workers, so that an expression
 * means the same at each of them: of numbers the greatest of 10 and 9 is 10, of texts it is 9.
 */
final class SqlTypes {
  /** The lower case of names, each with an expression's key. */
  private final Map<String, String> read = new LinkedHashMap<>();

  private final Map<String, DataType> met = new LinkedHashMap<>();

  /**
   * Finds the types.
   *
   * @param columns the names of columns that SQL reads, each with an expression's key
   * @param tables the workers' tables, by worker; null where one has none
   * @param known types that SQL saw when a model was trained, by the lower case of columns' names
   * @throws DataException if a column's types have nothing in common but that they can be written,
   *     or a type isn't as it was; it names key, column and workers
   */
  SqlTypes(
      Map<String, String> columns, Map<String, Dataset<Row>> tables, Map<String, CellType> known) {
    this(columns);
    tables.forEach(
        (worker, table) -> {
          for (StructField field : fields(table)) {
            add(worker, CsvHeader.key(field.name()), field.dataType(), known);
          }
        });
  }

  private SqlTypes(Map<String, String> columns) {
    columns.forEach((name, key) -> read.putIfAbsent(CsvHeader.key(name), key));
  }

  /**
   * Finds the types of tables that aren't here; see the constructor.
   *
   * @param told types by the lower case of columns' names, by worker
   */
  static SqlTypes ofTold(
      Map<String, String> columns,
      Map<String, Map<String, DataType>> told,
      Map<String, CellType> known) {
    SqlTypes types = new SqlTypes(columns);
    told.forEach(
        (worker, own) -> own.forEach((name, type) -> types.add(worker, name, type, known)));
    return types;
  }

  private void add(String worker, String name, DataType type, Map<String, CellType> known) {
    if (read.containsKey(name)) {
      requireKnown(worker, name, read.get(name), type, known.get(name));
      met.merge(name, type, (one, own) -> both(worker, name, one, own));
    }
  }

  /**
   * Checks that SQL sees a column as it did when a model was trained; a whole number is a number.
   *
   * @param known the type that it had then; null for none that is known
   * @throws DataException naming key, column and types
   */
  static void requireKnown(String worker, String name, String key, DataType type, CellType known) {
    CellType now = kind(type);
    if (known != null && now != known && !(isNumber(now) && isNumber(known))) {
      throw new DataException(
          (worker == null ? "" : "worker " + worker + ": ")
              + "column "
              + name
              + " ("
              + key
              + ") is of type "
              + type.simpleString()
              + ", and was "
              + EnumNames.of(known)
              + " to SQL when the model was trained; expressions would mean something else (data.schema"
              + " can declare the types of text files)");
    }
  }

  private static boolean isNumber(CellType type) {
    return type == CellType.LONG || type == CellType.DOUBLE;
  }

  /** Returns what cells of a type would be in a file of texts; null for none. */
  static CellType kind(DataType type) {
    if (type instanceof NumericType) {
      boolean isWhole =
          type instanceof ByteType
              || type instanceof ShortType
              || type instanceof IntegerType
              || type instanceof LongType;
      return isWhole ? CellType.LONG : CellType.DOUBLE;
    }
    if (type instanceof StringType) {
      return CellType.TEXT;
    }
    if (type instanceof BooleanType) {
      return CellType.BOOLEAN;
    }
    if (type instanceof DateType) {
      return CellType.DATE;
    }
    return type instanceof TimestampType || type instanceof TimestampNTZType
        ? CellType.TIMESTAMP
        : null;
  }

  /** Returns the kinds of the columns that SQL reads, by the lower case of their names. */
  Map<String, CellType> kinds() {
    Map<String, CellType> kinds = new TreeMap<>();
    met.forEach(
        (name, type) -> {
          if (kind(type) != null) {
            kinds.put(name, kind(type));
          }
        });
    return kinds;
  }

  /** Returns the types, by the lower case of columns' names. */
  Map<String, DataType> met() {
    return Map.copyOf(met);
  }

  /** Takes account of the types at workers whose tables aren't here. */
  void widen(Map<String, DataType> common) {
    met.replaceAll((name, own) -> common.getOrDefault(name, own));
  }

  private static StructField[] fields(Dataset<Row> table) {
    return table == null ? new StructField[0] : table.schema().fields();
  }

  private DataType both(String worker, String name, DataType one, DataType other) {
    boolean areNumbers = one instanceof NumericType && other instanceof NumericType;
    if (!areNumbers && !one.asNullable().equals(other.asNullable())) {
      throw new DataException(
          "worker "
              + worker
              + ": column "
              + name
              + " ("
              + read.get(name)
              + ") is of type "
              + other.simpleString()
              + ", and at other workers of type "
              + one.simpleString()
              + "; SQL needs one type at all workers");
    }
    return areNumbers ? UnitedColumns.widerNumber(one, other) : one;
  }

  /** Returns a table whose numbers are of the types that hold those of all workers. */
  Dataset<Row> of(Dataset<Row> table) {
    Dataset<Row> wide = table;
    for (StructField field : table.schema().fields()) {
      DataType common = met.get(CsvHeader.key(field.name()));
      if (common != null
          && field.dataType() instanceof NumericType
          && !field.dataType().equals(common)) {
        String quoted = "`" + field.name().replace("`", "``") + "`";
        wide = wide.withColumn(field.name(), wide.col(quoted).cast(common));
      }
    }
    return wide;
  }
}
