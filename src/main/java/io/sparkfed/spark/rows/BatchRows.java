package io.sparkfed.spark.rows;

import io.sparkfed.data.CellRows;
import io.sparkfed.data.Cells;
import io.sparkfed.spark.rows.InternalCells.Column;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/** Rows in batches of columns, as Spark's readers of columnar files and its cache have them. */
final class BatchRows implements CellRows {
  private final Iterator<ColumnarBatch> batches;
  private final Column[] columns;
  private final InternalCells cells;
  private final int primitive;
  private ColumnarBatch batch;

  /** The rows of the batch, and how many of them were read; a reader takes a spent batch back. */
  private int rows;

  private int read;

  BatchRows(Iterator<ColumnarBatch> batches, Column[] columns) {
    this.batches = batches;
    this.columns = columns;
    this.cells = new InternalCells(columns);
    this.primitive =
        (int) Arrays.stream(columns).takeWhile(column -> column.form().isPrimitiveNumber()).count();
  }

  private boolean hasRow() {
    while (read == rows) {
      if (!batches.hasNext()) {
        return false;
      }
      batch = batches.next();
      rows = batch.numRows();
      read = 0;
    }
    return true;
  }

  @Override
  public boolean next() {
    boolean isThere = hasRow();
    if (isThere) {
      cells.see(batch.getRow(read++));
    }
    return isThere;
  }

  @Override
  public Cells cells() {
    return cells;
  }

  @Override
  public int take(int most, int width, double[] out, int at) {
    if (width > primitive || !hasRow()) {
      return 0;
    }
    int count = Math.min(most, rows - read);
    for (int j = 0; j < width && count > 0; j++) {
      ColumnVector column = batch.column(columns[j].place());
      double[] numbers = numbers(column, columns[j].form(), count);
      count = finite(column, numbers, out, at + j, width);
    }
    read += count;
    return count;
  }

  /** Returns numbers of a column; of nulls anything. */
  private double[] numbers(ColumnVector column, InternalCells.Form form, int count) {
    if (form == InternalCells.Form.DOUBLE) {
      return column.getDoubles(read, count);
    }
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      int row = read + i;
      if (column.isNullAt(row)) {
        continue;
      }
      numbers[i] =
          switch (form) {
            case FLOAT -> column.getFloat(row);
            case LONG -> column.getLong(row);
            case INT -> column.getInt(row);
            case SHORT -> column.getShort(row);
            default -> column.getByte(row);
          };
    }
    return numbers;
  }

  /** Writes numbers at every {@code stride}th place, and returns how many are there and finite. */
  private int finite(ColumnVector column, double[] numbers, double[] out, int at, int stride) {
    boolean mayBeNull = column.hasNull();
    for (int i = 0; i < numbers.length; i++) {
      if (!Double.isFinite(numbers[i]) || (mayBeNull && column.isNullAt(read + i))) {
        return i;
      }
      out[at + i * stride] = numbers[i];
    }
    return numbers.length;
  }
}
