package io.sparkfed.spark.rows;

import io.sparkfed.csv.CsvDialect;
import io.sparkfed.spark.rows.CsvCursor.LeftOutException;
import io.sparkfed.spark.rows.CsvFiles.CsvFile;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.LongType;

/** The rows of csv files as Spark's own, for its planner. */
final class CsvRows implements Iterator<InternalRow> {
  /** Whole numbers up to here are doubles that equal no other whole number. */
  private static final double LARGEST_EXACT = 1L << 53;

  private final CsvCursor cursor;
  private final List<Output> outputs;

  /** The values of the row that is to come; null where it isn't read yet. */
  private Object[] ahead;

  /**
   * A column that is put out.
   *
   * @param name its name
   * @param source the lower case of the name that it has in files; null cells where a file has none
   * @param cells what its cells become
   */
  record Output(String name, String source, CsvCells cells) implements Serializable {}

  CsvRows(Iterator<CsvFile> files, CsvDialect dialect, List<Output> outputs, Configuration hadoop) {
    this.outputs = outputs;
    this.cursor =
        new CsvCursor(files, dialect, outputs.stream().map(Output::source).toList(), hadoop);
  }

  @Override
  public boolean hasNext() {
    while (ahead == null && cursor.next()) {
      try {
        Object[] values = new Object[outputs.size()];
        for (int j = 0; j < values.length; j++) {
          values[j] = value(j, outputs.get(j).cells());
        }
        ahead = values;
      } catch (LeftOutException e) {
        // The next one is looked at.
      }
    }
    return ahead != null;
  }

  @Override
  public InternalRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Object[] values = ahead;
    ahead = null;
    return new GenericInternalRow(values);
  }

  private Object value(int column, CsvCells cells) {
    DataType type = cells.type();
    if (type instanceof DoubleType || type instanceof LongType) {
      double number = cursor.number(column);
      if (type instanceof DoubleType && !Double.isNaN(number)) {
        return number;
      }
      if (Math.abs(number) < LARGEST_EXACT && cursor.isLong(column)) {
        return (long) number;
      }
    }
    return cursor.value(column, cells);
  }
}
