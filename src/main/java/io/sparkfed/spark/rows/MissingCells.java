package io.sparkfed.spark.rows;

import io.sparkfed.csv.CsvHeader;
import io.sparkfed.model.MissingTexts;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;

/**
 * Missing values as SQL sees them: null, whatever stands for them in a table. To SQL itself NaN is
 * greater than any number, and -999 is one like others.
 */
final class MissingCells {
  private MissingCells() {}

  /**
   * Returns a table with nulls for the missing values of columns that SQL reads.
   *
   * @param read the names of these columns in lower case
   */
  static Dataset<Row> asNull(Dataset<Row> table, Set<String> read, MissingTexts missing) {
    Dataset<Row> made = table;
    for (StructField field : table.schema().fields()) {
      if (read.contains(CsvHeader.key(field.name())) && canBeMissing(field.dataType(), missing)) {
        Column cell = table.col("`" + field.name().replace("`", "``") + "`");
        Column present =
            functions.when(functions.not(isMissing(cell, field.dataType(), missing)), cell);
        made = made.withColumn(field.name(), present).withMetadata(field.name(), field.metadata());
      }
    }
    return made;
  }

  private static boolean canBeMissing(DataType type, MissingTexts missing) {
    return type instanceof StringType
        || isFloating(type)
        || (type instanceof NumericType && missing.anyNumber());
  }

  private static boolean isFloating(DataType type) {
    return type instanceof DoubleType || type instanceof FloatType;
  }

  private static Column isMissing(Column cell, DataType type, MissingTexts missing) {
    if (isFloating(type) && !missing.anyNumber()) {
      return functions.isnan(cell);
    }
    UDF1<Object, Boolean> stands =
        value ->
            value == null
                || (value instanceof Number number
                    ? missing.contains(number)
                    : missing.contains(value.toString()));
    return functions.udf(stands, DataTypes.BooleanType).apply(cell);
  }
}
