package io.sparkfed.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.sparkfed.data.ShardBuilder.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The order that decides the bits of sums, against Java's own comparisons of whole rows. */
class CanonicalOrderTest {

  /** How rows are added, and whether they can be of several widths. */
  enum Form {
    DENSE,
    SPARSE,
    MIXED
  }

  private record Row(
      int[] columns, double[] values, double label, double weight, double offset, Part part) {

    /** The order that results are made in: changing it changes their bits. */
    static final Comparator<Row> ORDER =
        Comparator.comparingDouble(Row::label)
            .thenComparingDouble(Row::weight)
            .thenComparingDouble(Row::offset)
            .thenComparing(Row::columns, Arrays::compare)
            .thenComparing(Row::values, Arrays::compare)
            .thenComparing(Row::part);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void canonicalOrder_rowsOfManyKinds_isThatOfComparedRows(Form form) {
    Random random = new Random(7L);
    for (int trial = 0; trial < 600; trial++) {
      int count = trial < 40 ? trial / 8 : random.nextInt(trial % 10 == 0 ? 3000 : 120);
      int features = 1 + random.nextInt(6);
      DoubleSupplier labels = numbers(random);
      DoubleSupplier weights = numbers(random);
      DoubleSupplier offsets = numbers(random);
      DoubleSupplier values = numbers(random);
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        rows.add(
            !rows.isEmpty() && random.nextInt(4) == 0
                ? rows.get(random.nextInt(rows.size()))
                : new Row(
                    columns(form, features, random),
                    IntStream.range(0, features).mapToDouble(j -> values.getAsDouble()).toArray(),
                    labels.getAsDouble(),
                    weights.getAsDouble(),
                    offsets.getAsDouble(),
                    random.nextBoolean() ? Part.TRAIN : Part.TEST));
      }
      assertOrder(rows, features);
    }
  }

  @Test
  void canonicalOrder_manyEqualRows_keepsThem() {
    Row row = new Row(null, new double[50], 1.0, 1.0, 0.0, Part.TRAIN);
    Row other = new Row(null, new double[50], 1.0, 1.0, 0.0, Part.TEST);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      rows.add(i % 3 == 0 ? other : row);
    }
    assertOrder(rows, 50);
  }

  /** A source of numbers: all the same, a few, far apart, or told apart by their last bits. */
  private static DoubleSupplier numbers(Random random) {
    double constant = random.nextGaussian();
    double[] odd = {-0.0, 0.0, 1.0, -1.0, Double.MIN_VALUE, -Double.MAX_VALUE, Double.MAX_VALUE};
    return switch (random.nextInt(6)) {
      case 0 -> () -> constant;
      case 1 -> () -> random.nextInt(2);
      case 2 -> () -> odd[random.nextInt(odd.length)];
      case 3 -> () -> Math.scalb(random.nextGaussian(), random.nextInt(2000) - 1000);
      case 4 -> () -> constant + random.nextInt(50) * Math.ulp(constant);
      default -> random::nextGaussian;
    };
  }

  /** Returns columns that ascend; null for a dense row. */
  private static int[] columns(Form form, int features, Random random) {
    return form == Form.DENSE || (form == Form.MIXED && random.nextBoolean())
        ? null
        : IntStream.range(0, features).filter(j -> random.nextInt(3) > 0).toArray();
  }

  private static void assertOrder(List<Row> rows, int features) {
    GrowingRows growing = new GrowingRows(features, Room.OF_MEMORY);
    List<Row> stored = new ArrayList<>();
    boolean anySparse = rows.stream().anyMatch(row -> row.columns() != null);
    for (Row row : rows) {
      int width = row.columns() == null ? features : row.columns().length;
      EncodedRow encoded = new EncodedRow();
      encoded.see(features, row.columns(), row.values(), 0, width);
      encoded.label = row.label();
      encoded.weight = row.weight();
      encoded.offset = row.offset();
      encoded.part = row.part();
      growing.add(encoded);
      int[] all = IntStream.range(0, anySparse ? width : 0).toArray();
      stored.add(
          new Row(
              row.columns() == null ? all : row.columns(),
              Arrays.stream(row.values()).limit(width).map(value -> value + 0.0).toArray(),
              row.label() + 0.0,
              row.weight() + 0.0,
              row.offset() + 0.0,
              row.part()));
    }
    int[] expected =
        IntStream.range(0, rows.size())
            .boxed()
            .sorted(Comparator.comparing(stored::get, Row.ORDER))
            .mapToInt(Integer::intValue)
            .toArray();

    assertArrayEquals(expected, growing.canonicalOrder());
  }
}
