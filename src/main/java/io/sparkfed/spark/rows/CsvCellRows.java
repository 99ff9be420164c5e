package io.sparkfed.spark.rows;

import io.sparkfed.csv.CsvDialect;
import io.sparkfed.data.CellRows;
import io.sparkfed.data.Cells;
import io.sparkfed.spark.rows.CsvCursor.LeftOutException;
import io.sparkfed.spark.rows.CsvFiles.CsvFile;
import io.sparkfed.spark.rows.CsvRows.Output;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import scala.Function1;

/**
 * The rows of csv files as cells. A cell that is plainly a number is read from the file's
 * characters alone, and what else a row holds when it is asked for; but first of all what can break
 * a rule of its column's type.
 */
final class CsvCellRows implements CellRows, Cells {
  /** What is known of a cell of the row. */
  private enum Known {
    NOTHING,
    NUMBER,
    VALUE
  }

  private final CsvCursor cursor;
  private final CsvCells[] columns;
  private final Function1<Object, Object>[] converters;

  /** Whether a cell of some column can break a rule. */
  private final boolean hasRules;

  private final Known[] known;
  private final double[] numbers;
  private final Object[] values;

  /** Whether the cursor is at a row already that is to come. */
  private boolean isAhead;

  /** Why the row that is to come can't be read; null if it can. */
  private RuntimeException broken;

  CsvCellRows(
      Iterator<CsvFile> files, CsvDialect dialect, List<Output> outputs, Configuration hadoop) {
    this.cursor =
        new CsvCursor(files, dialect, outputs.stream().map(Output::source).toList(), hadoop);
    this.columns = outputs.stream().map(Output::cells).toArray(CsvCells[]::new);
    this.hasRules =
        dialect.decimal() != '.' || outputs.stream().anyMatch(column -> !column.cells().isText());
    this.converters = converters(columns);
    this.known = new Known[columns.length];
    this.numbers = new double[columns.length];
    this.values = new Object[columns.length];
  }

  @SuppressWarnings("unchecked")
  private static Function1<Object, Object>[] converters(CsvCells[] columns) {
    return Arrays.stream(columns)
        .map(column -> CatalystTypeConverters.createToScalaConverter(column.type()))
        .toArray(Function1[]::new);
  }

  @Override
  public boolean next() {
    while (move()) {
      Arrays.fill(known, Known.NOTHING);
      boolean isLeftOut = hasRules && !isOfTypes();
      isAhead = false;
      if (!isLeftOut) {
        return true;
      }
    }
    return false;
  }

  /** Whether all cells of the row are of their types, where rows are hidden. */
  private boolean isOfTypes() {
    try {
      for (int at = 0; at < columns.length; at++) {
        know(at);
      }
      return true;
    } catch (LeftOutException e) {
      return false;
    }
  }

  /** Goes to the row that is to come, and returns whether there is one. */
  private boolean move() {
    if (broken != null) {
      throw broken;
    }
    try {
      isAhead = isAhead || cursor.next();
      return isAhead;
    } catch (RuntimeException e) {
      broken = e;
      throw e;
    }
  }

  @Override
  public Cells cells() {
    return this;
  }

  @Override
  public int take(int most, int width, double[] out, int from) {
    int at = from;
    for (int taken = 0; taken < most; taken++) {
      try {
        if (!move()) {
          return taken;
        }
      } catch (RuntimeException e) {
        // Rows before it come first; it is thrown when they have been looked at.
        return taken;
      }
      for (int j = 0; j < width; j++) {
        double number = columns[j].takesNumbers() ? cursor.number(j) : Double.NaN;
        if (!Double.isFinite(number)) {
          return taken;
        }
        out[at++] = number;
      }
      isAhead = false;
    }
    return most;
  }

  private void know(int at) {
    if (known[at] != Known.NOTHING) {
      return;
    }
    double number = columns[at].takesNumbers() ? cursor.number(at) : Double.NaN;
    if (Double.isNaN(number)) {
      values[at] =
          columns[at].isText()
              ? cursor.text(at, columns[at])
              : converters[at].apply(cursor.value(at, columns[at]));
      known[at] = Known.VALUE;
    } else {
      numbers[at] = number;
      known[at] = Known.NUMBER;
    }
  }

  @Override
  public boolean isNull(int at) {
    know(at);
    return known[at] == Known.VALUE && values[at] == null;
  }

  @Override
  public Kind kind(int at) {
    DataType type = columns[at].type();
    if (columns[at].isText()) {
      return Kind.TEXT;
    }
    if (type instanceof NumericType) {
      return Kind.NUMBER;
    }
    return type instanceof BooleanType ? Kind.BOOLEAN : Kind.OTHER;
  }

  @Override
  public double number(int at) {
    know(at);
    return known[at] == Known.NUMBER ? numbers[at] : ((Number) values[at]).doubleValue();
  }

  @Override
  public double numberOfText(int at) {
    know(at);
    return known[at] == Known.NUMBER ? numbers[at] : Double.NaN;
  }

  @Override
  public Object value(int at) {
    know(at);
    if (known[at] == Known.VALUE) {
      return values[at];
    }
    return columns[at].isText() ? cursor.text(at, columns[at]) : (Object) numbers[at];
  }

  @Override
  public Vector vector(int at) {
    throw new IllegalStateException("no cell of a csv file is a vector");
  }
}
