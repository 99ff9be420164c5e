package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.data.CellRows;
import io.sparkfed.data.Cells;
import io.sparkfed.data.NumberRows;
import io.sparkfed.spark.rows.InternalCells.Column;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.junit.jupiter.api.Test;

/** Rows read in batches, in blocks and one by one, against the rows that users have. */
class BatchRowsTest {
  private static final DataType[] NUMBERS = {
    DataTypes.DoubleType,
    DataTypes.FloatType,
    DataTypes.LongType,
    DataTypes.IntegerType,
    DataTypes.ShortType,
    DataTypes.ByteType
  };
  private static final DataType[] OTHERS = {
    DataTypes.BooleanType, DataTypes.StringType, DataTypes.DateType, new DecimalType(12, 3)
  };

  @Test
  void read_rowsOfAnyType_areThoseThatUsersHave() {
    Random random = new Random(3L);
    for (int trial = 0; trial < 200; trial++) {
      int numbers = 1 + random.nextInt(4);
      List<DataType> types = new ArrayList<>();
      for (int j = 0; j < numbers; j++) {
        types.add(NUMBERS[trial % 2 == 0 ? 0 : random.nextInt(NUMBERS.length)]);
      }
      for (int j = random.nextInt(3); j > 0; j--) {
        types.add(OTHERS[random.nextInt(OTHERS.length)]);
      }
      int odd = random.nextInt(3) == 0 ? 2 : 100;
      List<Row> rows = new ArrayList<>();
      for (int i = random.nextInt(60); i > 0; i--) {
        rows.add(RowFactory.create(types.stream().map(type -> value(type, odd, random)).toArray()));
      }
      Column[] columns = new Column[types.size()];
      StructType schema = new StructType();
      for (int j = 0; j < columns.length; j++) {
        columns[j] = Column.of(j, types.get(j));
        schema = schema.add("c" + j, types.get(j));
      }

      assertRows(rows, new PlainRows(rows.iterator()), types.size());
      assertRows(rows, new InternalRows(internal(rows, schema).iterator(), columns), types.size());
      List<ColumnarBatch> batches = batches(internal(rows, schema), schema, random);
      assertRows(rows, new BatchRows(batches.iterator(), columns), types.size());
      assertRows(
          rows, new NumberRows(new BatchRows(batches.iterator(), columns), numbers), numbers);
    }
  }

  @Test
  void take_rowsOfNumbers_takesThemUpToTheFirstThatIsNone() {
    StructType schema =
        new StructType().add("x", DataTypes.DoubleType).add("y", DataTypes.IntegerType);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      rows.add(RowFactory.create(i == 70 ? Double.NaN : (Double) (0.5 * i), i));
    }
    Column[] columns = {Column.of(0, DataTypes.DoubleType), Column.of(1, DataTypes.IntegerType)};
    BatchRows read =
        new BatchRows(
            batches(
                    internal(rows, schema),
                    schema,
                    new Random(1L) {
                      @Override
                      public int nextInt(int bound) {
                        return bound - 1;
                      }
                    })
                .iterator(),
            columns);
    double[] out = new double[400];

    assertEquals(50, read.take(50, 2, out, 0));
    assertEquals(20, read.take(50, 2, out, 100));
    assertEquals(0, read.take(50, 2, out, 140));
    assertTrue(read.next());
    assertTrue(Double.isNaN(read.cells().number(0)));
    assertEquals(29, read.take(50, 2, out, 142));
    assertEquals(0, read.take(50, 2, out, 0));
    for (int i = 0; i < 100; i++) {
      if (i != 70) {
        assertEquals(0.5 * i, out[2 * i]);
        assertEquals(i, out[2 * i + 1]);
      }
    }
  }

  @Test
  void vector_denseAndSparse_areThoseThatUsersHave() {
    DataType type = org.apache.spark.ml.linalg.SQLDataTypes.VectorType();
    List<Row> rows =
        List.of(
            RowFactory.create(Vectors.dense(1.0, -0.0, Double.NaN)),
            RowFactory.create(Vectors.sparse(5, new int[] {1, 4}, new double[] {2.0, 3.0})),
            RowFactory.create(Vectors.sparse(4, new int[0], new double[0])));
    StructType schema = new StructType().add("v", type);
    CellRows internal =
        new InternalRows(internal(rows, schema).iterator(), new Column[] {Column.of(0, type)});
    CellRows plain = new PlainRows(rows.iterator());
    while (plain.next()) {
      assertTrue(internal.next());
      Cells.Vector expected = plain.cells().vector(0);
      Cells.Vector found = internal.cells().vector(0);
      assertEquals(Cells.Kind.VECTOR, internal.cells().kind(0));
      assertEquals(expected.size(), found.size());
      assertEquals(Arrays.toString(expected.columns()), Arrays.toString(found.columns()));
      assertEquals(Arrays.toString(expected.values()), Arrays.toString(found.values()));
    }
  }

  private static Object value(DataType type, int odd, Random random) {
    if (random.nextInt(odd) == 0) {
      return null;
    }
    if (type.equals(DataTypes.DoubleType)) {
      double[] some = {Double.NaN, Double.POSITIVE_INFINITY, -0.0};
      return random.nextInt(odd) == 0 ? some[random.nextInt(3)] : random.nextGaussian();
    }
    if (type.equals(DataTypes.FloatType)) {
      return random.nextInt(odd) == 0 ? Float.NEGATIVE_INFINITY : random.nextFloat();
    }
    if (type.equals(DataTypes.LongType)) {
      return random.nextLong();
    }
    if (type.equals(DataTypes.IntegerType)) {
      return random.nextInt();
    }
    if (type.equals(DataTypes.ShortType)) {
      return (short) random.nextInt();
    }
    if (type.equals(DataTypes.ByteType)) {
      return (byte) random.nextInt();
    }
    if (type.equals(DataTypes.BooleanType)) {
      return random.nextBoolean();
    }
    if (type.equals(DataTypes.DateType)) {
      return java.sql.Date.valueOf("2024-02-" + (10 + random.nextInt(19)));
    }
    return type instanceof DecimalType
        ? BigDecimal.valueOf(random.nextInt(), 3)
        : "text " + random.nextInt(5);
  }

  private static List<InternalRow> internal(List<Row> rows, StructType schema) {
    var made = CatalystTypeConverters.createToCatalystConverter(schema);
    return rows.stream().map(row -> (InternalRow) made.apply(row)).toList();
  }

  /** Returns rows in batches of several sizes, none of them empty but perhaps the first. */
  private static List<ColumnarBatch> batches(
      List<InternalRow> rows, StructType schema, Random random) {
    List<ColumnarBatch> batches = new ArrayList<>();
    int from = 0;
    do {
      int count = Math.min(rows.size() - from, random.nextInt(rows.size() + 1));
      StructField[] fields = schema.fields();
      ColumnVector[] vectors = new ColumnVector[fields.length];
      for (int j = 0; j < vectors.length; j++) {
        WritableColumnVector vector = new OnHeapColumnVector(count + 1, fields[j].dataType());
        for (int i = 0; i < count; i++) {
          put(vector, i, rows.get(from + i), j, fields[j].dataType());
        }
        vectors[j] = vector;
      }
      batches.add(new ColumnarBatch(vectors, count));
      from += count;
    } while (from < rows.size());
    return batches;
  }

  private static void put(WritableColumnVector to, int i, InternalRow row, int j, DataType type) {
    if (row.isNullAt(j)) {
      to.putNull(i);
      return;
    }
    Object value = row.get(j, type);
    if (value instanceof Double number) {
      to.putDouble(i, number);
    } else if (value instanceof Float number) {
      to.putFloat(i, number);
    } else if (value instanceof Long number) {
      to.putLong(i, number);
    } else if (value instanceof Integer number) {
      to.putInt(i, number);
    } else if (value instanceof Short number) {
      to.putShort(i, number);
    } else if (value instanceof Byte number) {
      to.putByte(i, number);
    } else if (value instanceof Boolean bit) {
      to.putBoolean(i, bit);
    } else if (value instanceof Decimal number) {
      to.putDecimal(i, number, ((DecimalType) type).precision());
    } else {
      to.putByteArray(i, row.getUTF8String(j).getBytes());
    }
  }

  private static void assertRows(List<Row> expected, CellRows rows, int width) {
    for (Row row : expected) {
      assertTrue(rows.next());
      Cells cells = rows.cells();
      for (int j = 0; j < width; j++) {
        assertEquals(row.isNullAt(j), cells.isNull(j));
        if (row.isNullAt(j)) {
          continue;
        }
        if (row.get(j) instanceof Number number) {
          assertEquals(Cells.Kind.NUMBER, cells.kind(j));
          assertEquals(number.doubleValue(), cells.number(j));
        }
        if (!(rows instanceof NumberRows)) {
          assertEquals(row.get(j), cells.value(j));
        }
      }
    }
    assertEquals(false, rows.next());
    assertEquals(false, rows.next());
  }
}
