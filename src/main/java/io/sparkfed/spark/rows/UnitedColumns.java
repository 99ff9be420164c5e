package io.sparkfed.spark.rows;

import io.sparkfed.data.DataException;
import io.sparkfed.spark.rows.WorkerTables.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/**
 * The columns of all workers' tables, by name without case: those of the first table, then what the
 * others have besides. What a table lacks is null in its rows. Numbers of different types become
 * those of a type that holds both; other single values of different types become text.
 */
final class UnitedColumns {
  /** The digits of a 64-bit number. */
  private static final int LONG_DIGITS = 19;

  private final Map<String, StructField> fields = new LinkedHashMap<>();

  /**
   * Unites the columns of tables that have rows.
   *
   * @throws DataException naming a worker and a column whose type is too unlike the others'
   */
  UnitedColumns(List<Table> opened) {
    Map<String, String> holders = new LinkedHashMap<>();
    for (Table table : opened) {
      for (StructField field : table.rows().schema().fields()) {
        String key = key(field.name());
        StructField known = fields.get(key);
        if (known == null) {
          holders.put(key, table.worker());
          fields.put(key, nullable(field.name(), field.dataType()));
          continue;
        }
        DataType both =
            common(known.dataType(), field.dataType())
                .orElseThrow(
                    () ->
                        new DataException(
                            TableColumns.where(table)
                                + "column "
                                + field.name()
                                + " is of type "
                                + field.dataType().simpleString()
                                + ", and that of worker "
                                + holders.get(key)
                                + " of type "
                                + known.dataType().simpleString()
                                + "; predictions hold columns of one type (data.derive can cast"
                                + " them)"));
        fields.put(key, nullable(known.name(), both));
      }
    }
  }

  private static StructField nullable(String name, DataType type) {
    return DataTypes.createStructField(name, type, true);
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Returns the columns, which can all hold null. */
  List<StructField> fields() {
    return List.copyOf(fields.values());
  }

  /** Returns whether one of the tables has a column of this name. */
  boolean contains(String name) {
    return fields.containsKey(key(name));
  }

  /** Returns these columns as a table has them. */
  List<Column> of(Table table) {
    Map<String, Column> own = new LinkedHashMap<>();
    Arrays.stream(table.rows().columns())
        .forEach(name -> own.put(key(name), table.rows().col("`" + name.replace("`", "``") + "`")));
    List<Column> columns = new ArrayList<>();
    fields.forEach(
        (key, field) ->
            columns.add(
                own.getOrDefault(key, functions.lit(null))
                    .cast(field.dataType())
                    .as(field.name())));
    return columns;
  }

  private static Optional<DataType> common(DataType one, DataType other) {
    if (one.asNullable().equals(other.asNullable())) {
      return Optional.of(one.asNullable());
    }
    if (one instanceof NumericType && other instanceof NumericType) {
      return Optional.of(widerNumber(one, other));
    }
    return isSingle(one) && isSingle(other) ? Optional.of(DataTypes.StringType) : Optional.empty();
  }

  private static boolean isSingle(DataType type) {
    return type instanceof NumericType
        || type instanceof StringType
        || type instanceof BooleanType
        || type instanceof DateType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType;
  }

  /** Returns a type that holds the numbers of both. */
  static DataType widerNumber(DataType one, DataType other) {
    if (isFloating(one) || isFloating(other)) {
      return DataTypes.DoubleType;
    }
    if (!(one instanceof DecimalType) && !(other instanceof DecimalType)) {
      return one.defaultSize() >= other.defaultSize() ? one : other;
    }
    int scale = Math.max(scale(one), scale(other));
    int digits = scale + Math.max(digits(one), digits(other));
    return digits <= DecimalType.MAX_PRECISION()
        ? DataTypes.createDecimalType(digits, scale)
        : DataTypes.StringType;
  }

  private static boolean isFloating(DataType type) {
    return type instanceof FloatType || type instanceof DoubleType;
  }

  private static int scale(DataType type) {
    return type instanceof DecimalType decimal ? decimal.scale() : 0;
  }

  private static int digits(DataType type) {
    return type instanceof DecimalType decimal
        ? decimal.precision() - decimal.scale()
        : LONG_DIGITS;
  }
}
