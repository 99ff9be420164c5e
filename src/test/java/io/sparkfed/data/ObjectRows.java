package io.sparkfed.data;

import java.util.Arrays;
import java.util.List;

/**
 * Rows of objects: cells are null, numbers, truths, texts or vectors. Finite numbers are taken in
 * blocks.
 */
public final class ObjectRows implements CellRows, Cells {
  private final List<Object[]> rows;
  private int at = -1;

  /** Reads rows, each with a cell for all places that are asked for. */
  public ObjectRows(List<Object[]> rows) {
    this.rows = rows;
  }

  @Override
  public boolean next() {
    return ++at < rows.size();
  }

  @Override
  public Cells cells() {
    return this;
  }

  @Override
  public int take(int most, int columns, double[] out, int from) {
    int taken = 0;
    while (taken < most && at + 1 < rows.size() && isFinite(rows.get(at + 1), columns)) {
      at++;
      for (int j = 0; j < columns; j++) {
        out[from + taken * columns + j] = number(j);
      }
      taken++;
    }
    return taken;
  }

  private static boolean isFinite(Object[] row, int columns) {
    return Arrays.stream(row, 0, columns)
        .allMatch(cell -> cell instanceof Number n && Double.isFinite(n.doubleValue()));
  }

  @Override
  public boolean isNull(int place) {
    return rows.get(at)[place] == null;
  }

  @Override
  public Kind kind(int place) {
    Object cell = rows.get(at)[place];
    return cell instanceof Number
        ? Kind.NUMBER
        : cell instanceof Boolean ? Kind.BOOLEAN : cell instanceof String ? Kind.TEXT : Kind.VECTOR;
  }

  @Override
  public double number(int place) {
    return ((Number) rows.get(at)[place]).doubleValue();
  }

  @Override
  public Object value(int place) {
    return rows.get(at)[place];
  }

  @Override
  public Vector vector(int place) {
    return (Vector) rows.get(at)[place];
  }
}
