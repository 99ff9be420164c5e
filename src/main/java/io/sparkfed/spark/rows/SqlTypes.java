package io.sparkfed.spark.rows;

import io.sparkfed.csv.CsvHeader;
import io.sparkfed.data.DataException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;

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
   * @throws DataException if a column's types have nothing in common but that they can be written;
   *     it names key, column and workers
   */
  SqlTypes(Map<String, String> columns, Map<String, Dataset<Row>> tables) {
    columns.forEach((name, key) -> read.putIfAbsent(CsvHeader.key(name), key));
    tables.forEach(
        (worker, table) -> {
          for (StructField field : fields(table)) {
            String name = CsvHeader.key(field.name());
            if (read.containsKey(name)) {
              met.merge(name, field.dataType(), (one, own) -> both(worker, name, one, own));
            }
          }
        });
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
