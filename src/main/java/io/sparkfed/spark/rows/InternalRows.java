package io.sparkfed.spark.rows;

import io.sparkfed.data.CellRows;
import io.sparkfed.data.Cells;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;

/** Rows as Spark itself has them, one after the other. */
final class InternalRows implements CellRows {
  private final Iterator<InternalRow> rows;
  private final InternalCells cells;

  InternalRows(Iterator<InternalRow> rows, InternalCells.Column[] columns) {
    this.rows = rows;
    this.cells = new InternalCells(columns);
  }

  @Override
  public boolean next() {
    boolean isThere = rows.hasNext();
    if (isThere) {
      cells.see(rows.next());
    }
    return isThere;
  }

  @Override
  public Cells cells() {
    return cells;
  }
}
