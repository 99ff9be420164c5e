package io.sparkfed.spark.rows;

import io.sparkfed.data.CellRows;
import io.sparkfed.data.Cells;
import java.util.Iterator;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.sql.Row;

/** Rows as users have them, for where such rows are wanted in the end. */
final class PlainRows implements CellRows, Cells {
  private final Iterator<Row> rows;
  private Row row;

  PlainRows(Iterator<Row> rows) {
    this.rows = rows;
  }

  /** Returns the row as it is. */
  Row row() {
    return row;
  }

  @Override
  public boolean next() {
    boolean isThere = rows.hasNext();
    row = isThere ? rows.next() : null;
    return isThere;
  }

  @Override
  public Cells cells() {
    return this;
  }

  @Override
  public boolean isNull(int at) {
    return row.isNullAt(at);
  }

  @Override
  public Kind kind(int at) {
    Object value = row.get(at);
    if (value instanceof Number) {
      return Kind.NUMBER;
    }
    if (value instanceof Boolean) {
      return Kind.BOOLEAN;
    }
    if (value instanceof String) {
      return Kind.TEXT;
    }
    return value instanceof SparseVector || value instanceof DenseVector ? Kind.VECTOR : Kind.OTHER;
  }

  @Override
  public double number(int at) {
    return ((Number) row.get(at)).doubleValue();
  }

  @Override
  public Object value(int at) {
    return row.get(at);
  }

  @Override
  public Vector vector(int at) {
    return row.get(at) instanceof SparseVector sparse
        ? new Vector(sparse.size(), sparse.indices(), sparse.values())
        : dense(row.getAs(at));
  }

  private static Vector dense(DenseVector vector) {
    return new Vector(vector.size(), null, vector.values());
  }
}
