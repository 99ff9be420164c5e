package io.sparkfed.spark.rows;

import io.sparkfed.config.TrainingConfig.Handling;
import io.sparkfed.data.CellRows;
import io.sparkfed.data.DataFault;
import io.sparkfed.data.EncodedRow;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;

/**
 * A row on its way to a prediction, or the fault that ends the way. Never leaves the executors.
 *
 * @param worker whose row it is
 * @param encoded the row as numbers; null of a fault and of a row that is set aside
 * @param original the row as read; null of a fault
 * @param fault null unless the row can't be used
 * @param aside what is done with a row that has no score; null for others
 * @param asideColumn the column that has no value in such a row, or none that is known
 */
record ParsedRow(
    String worker,
    EncodedRow encoded,
    Row original,
    DataFault fault,
    Handling aside,
    String asideColumn)
    implements Serializable {

  /** Parses a partition, and keeps the rows that are read. A fault is the last element. */
  static Iterator<ParsedRow> parse(RowParser parser, Iterator<Row> partition) {
    PlainRows read = new PlainRows(partition);
    RowParser.Rows rows = parser.parse(List.<CellRows>of(read).iterator());
    return new Iterator<>() {
      private ParsedRow next;

      @Override
      public boolean hasNext() {
        if (next == null && rows.next()) {
          next = of(rows, read.row());
        }
        return next != null;
      }

      @Override
      public ParsedRow next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        ParsedRow result = next;
        next = null;
        return result;
      }
    };
  }

  private static ParsedRow of(RowParser.Rows rows, Row original) {
    if (rows.fault() != null) {
      return new ParsedRow(rows.worker(), null, null, rows.fault(), null, null);
    }
    EncodedRow encoded = rows.aside() == null ? rows.row().copy() : null;
    return new ParsedRow(rows.worker(), encoded, original, null, rows.aside(), rows.asideColumn());
  }
}
