package io.sparkfed.spark.rows;

import io.sparkfed.data.Cells;
import java.io.Serializable;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import scala.Function1;

/** Cells of rows as Spark itself has them, where what a column holds is known from its type. */
final class InternalCells implements Cells {
  /** A vector's struct: whether it is sparse, its size, its indices and its values. */
  private static final int FIELDS_OF_A_VECTOR = 4;

  private static final byte SPARSE = 0;

  private final Column[] columns;
  private InternalRow row;

  /**
   * A column of a row.
   *
   * @param place where it is in Spark's row
   * @param type its type
   * @param made makes what users have of what Spark has; as the session is set that plans the query
   */
  record Column(int place, DataType type, Function1<Object, Object> made, Form form)
      implements Serializable {
    static Column of(int place, DataType type) {
      return new Column(
          place, type, CatalystTypeConverters.createToScalaConverter(type), Form.of(type));
    }
  }

  /** How a column's cells are got. */
  enum Form {
    DOUBLE,
    FLOAT,
    LONG,
    INT,
    SHORT,
    BYTE,
    DECIMAL,
    BOOLEAN,
    TEXT,
    VECTOR,
    OTHER;

    static Form of(DataType type) {
      if (type instanceof NumericType) {
        return ofNumber(type);
      }
      if (type instanceof BooleanType) {
        return BOOLEAN;
      }
      if (type instanceof StringType) {
        return TEXT;
      }
      return type.equals(SQLDataTypes.VectorType()) ? VECTOR : OTHER;
    }

    private static Form ofNumber(DataType type) {
      if (type instanceof DoubleType) {
        return DOUBLE;
      }
      if (type instanceof FloatType) {
        return FLOAT;
      }
      if (type instanceof LongType) {
        return LONG;
      }
      if (type instanceof IntegerType) {
        return INT;
      }
      if (type instanceof ShortType) {
        return SHORT;
      }
      return type instanceof ByteType ? BYTE : DECIMAL;
    }

    /** Returns whether every cell is null or a number that Java has a type for. */
    boolean isPrimitiveNumber() {
      return switch (this) {
        case DOUBLE, FLOAT, LONG, INT, SHORT, BYTE -> true;
        case DECIMAL, BOOLEAN, TEXT, VECTOR, OTHER -> false;
      };
    }
  }

  InternalCells(Column[] columns) {
    this.columns = columns;
  }

  /** Looks at a row. */
  void see(InternalRow next) {
    row = next;
  }

  @Override
  public boolean isNull(int at) {
    return row.isNullAt(columns[at].place());
  }

  @Override
  public Kind kind(int at) {
    return switch (columns[at].form()) {
      case DOUBLE, FLOAT, LONG, INT, SHORT, BYTE, DECIMAL -> Kind.NUMBER;
      case BOOLEAN -> Kind.BOOLEAN;
      case TEXT -> Kind.TEXT;
      case VECTOR -> Kind.VECTOR;
      case OTHER -> Kind.OTHER;
    };
  }

  @Override
  public double number(int at) {
    int place = columns[at].place();
    return switch (columns[at].form()) {
      case DOUBLE -> row.getDouble(place);
      case FLOAT -> row.getFloat(place);
      case LONG -> row.getLong(place);
      case INT -> row.getInt(place);
      case SHORT -> row.getShort(place);
      case BYTE -> row.getByte(place);
      // Spark's own conversion of a small decimal isn't always the nearest double.
      default -> ((Number) value(at)).doubleValue();
    };
  }

  @Override
  public Object value(int at) {
    int place = columns[at].place();
    return switch (columns[at].form()) {
      case BOOLEAN -> row.getBoolean(place);
      case TEXT -> row.getUTF8String(place).toString();
      case DECIMAL -> {
        DecimalType type = (DecimalType) columns[at].type();
        yield row.getDecimal(place, type.precision(), type.scale()).toJavaBigDecimal();
      }
      default -> columns[at].made().apply(row.get(place, columns[at].type()));
    };
  }

  @Override
  public Vector vector(int at) {
    InternalRow vector = row.getStruct(columns[at].place(), FIELDS_OF_A_VECTOR);
    double[] values = vector.getArray(3).toDoubleArray();
    return vector.getByte(0) == SPARSE
        ? new Vector(vector.getInt(1), vector.getArray(2).toIntArray(), values)
        : new Vector(values.length, null, values);
  }
}
