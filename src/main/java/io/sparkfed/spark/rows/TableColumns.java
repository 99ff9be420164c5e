package io.sparkfed.spark.rows;

import io.sparkfed.config.NearestName;
import io.sparkfed.csv.CsvHeader;
import io.sparkfed.data.DataException;
import io.sparkfed.spark.rows.WorkerTables.Table;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;

/**
 * Columns of workers' tables, each checked to be there, to be readable from all files and to be of
 * a type that is of use. A refusal names the worker, the column, and the key that names the column.
 */
final class TableColumns {
  private TableColumns() {}

  /**
   * A column that is there.
   *
   * @param name its name as the table has it
   * @param type its type
   */
  private record Named(String name, DataType type) {
    Column of(Table table) {
      return table.rows().col("`" + name.replace("`", "``") + "`");
    }
  }

  /** Refuses a column that can't be read from all files of its table. */
  static void requireFit(Table table, String column, String key) {
    String rule = table.unfit().get(CsvHeader.key(column));
    if (rule != null) {
      throw unfit(table, column, key, rule);
    }
  }

  /** Returns a column of any type. */
  static Column any(Table table, String name, String key) {
    return named(table, name, key).of(table);
  }

  private static Named named(Table table, String name, String key) {
    List<String> columns = Arrays.asList(table.rows().columns());
    String actual =
        columns.contains(name)
            ? name
            : columns.stream().filter(c -> c.equalsIgnoreCase(name)).findFirst().orElse(null);
    requireFit(table, actual == null ? name : actual, key);
    if (actual == null && !table.place().isAnywhere()) {
      throw unfit(
          table,
          name,
          key,
          "does not exist; which others do isn't told of rows on hosts of its own");
    }
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
    return new Named(actual, table.rows().schema().fields()[columns.indexOf(actual)].dataType());
  }

  /** Returns a column of ids, of workers or persons. */
  static Column ids(Table table, String name, String key) {
    Named column = named(table, name, key);
    if (!WorkerIds.isIdType(column.type())) {
      throw unfit(
          table,
          name,
          key,
          "must hold text, numbers, booleans or dates; its type is "
              + column.type().simpleString());
    }
    return column.of(table);
  }

  /** Returns a column of numbers, booleans, or text that may be numbers. */
  static Column ofNumbers(Table table, String name, String key) {
    return numbers(table, name, key).of(table);
  }

  /** Returns the type of such a column. */
  static DataType typeOfNumbers(Table table, String name, String key) {
    return numbers(table, name, key).type();
  }

  private static Named numbers(Table table, String name, String key) {
    Named column = values(table, name, key, "numbers");
    if (column.type() instanceof StringType && table.unmarked().contains(CsvHeader.key(name))) {
      throw unfit(table, name, key, UnmarkedTexts.RULE);
    }
    return column;
  }

  /** Returns a column of categories: numbers, booleans or text. */
  static Column ofLevels(Table table, String name) {
    return levels(table, name).of(table);
  }

  /** Returns the type of such a column. */
  static DataType typeOfLevels(Table table, String name) {
    return levels(table, name).type();
  }

  private static Named levels(Table table, String name) {
    return values(table, name, "data.categorical", "numbers or text");
  }

  private static Named values(Table table, String name, String key, String what) {
    Named column = named(table, name, key);
    DataType type = column.type();
    if (!(type instanceof NumericType
        || type instanceof BooleanType
        || type instanceof StringType)) {
      throw unfit(table, name, key, "must hold " + what + "; its type is " + type.simpleString());
    }
    return column;
  }

  /** Returns a column of vectors. */
  static Column ofVectors(Table table, String name) {
    String key = "data.features-column";
    Named column = named(table, name, key);
    if (!column.type().equals(SQLDataTypes.VectorType())) {
      throw unfit(
          table,
          name,
          key,
          "must hold Spark ML vectors; its type is "
              + column.type().simpleString().toLowerCase(Locale.ROOT));
    }
    return column.of(table);
  }

  private static DataException unfit(Table table, String column, String key, String rule) {
    return new DataException(where(table) + "column " + column + " (" + key + ") " + rule);
  }

  /** Returns whose table it is, for the beginning of a message; empty of a pooled one. */
  static String where(Table table) {
    return table.worker() == null ? "" : "worker " + table.worker() + ": ";
  }
}
