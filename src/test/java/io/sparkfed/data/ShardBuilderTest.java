package io.sparkfed.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.testing.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardBuilderTest {

  private static final ModelShape SHAPE = new ModelShape(6, true);

  /** How rows are added: Spark's vectors mix both forms in one column. */
  enum Form {
    DENSE,
    SPARSE,
    MIXED
  }

  /** A row as it is handed in, with the part it belongs to. */
  private record Row(double[] x, double y, double weight, Part part) {}

  @ParameterizedTest
  @EnumSource(Form.class)
  void build_rowsInAnyOrder_givesTheSameShardBitForBit(Form form) {
    List<Row> rows = rowsWithTiesAndNegativeZeros();
    Random random = new Random(4L);
    Shard first = build(rows, form, 0.0, 1L);
    for (int i = 0; i < 50; i++) {
      Collections.shuffle(rows, random);
      Shard again = build(rows, form, 0.0, 1L);
      assertEquals(lines(first.train()), lines(again.train()));
      assertEquals(lines(first.test()), lines(again.test()));
    }
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void build_testFractionAndRowsInAnyOrder_holdsOutTheSameRows(Form form) {
    List<Row> rows = rowsWithTiesAndNegativeZeros();
    Random random = new Random(4L);
    Shard first = build(rows, form, 0.3, 1L);
    for (int i = 0; i < 50; i++) {
      Collections.shuffle(rows, random);
      Shard again = build(rows, form, 0.3, 1L);
      assertEquals(lines(first.train()), lines(again.train()));
      assertEquals(lines(first.test()), lines(again.test()));
    }
  }

  @Test
  void build_negativeZero_isTheSameRowAsZero() {
    Shard negative = build(List.of(new Row(row(-0.0), -0.0, 1.0, Part.TRAIN)), Form.DENSE, 0.0, 1);
    Shard positive = build(List.of(new Row(row(0.0), 0.0, 1.0, Part.TRAIN)), Form.DENSE, 0.0, 1);

    assertEquals(lines(positive.train()), lines(negative.train()));
  }

  @Test
  void build_sparseAndDenseRows_giveTheSameNumbers() {
    Table table = sparseTable();
    ShardBuilder sparseBuilder = new ShardBuilder("w", table.features());
    table.addSparseTo(sparseBuilder, Part.TRAIN);
    Examples sparse = sparseBuilder.build(0.0, 1L, false, SHAPE).train();
    Examples dense = table.examples();
    assertInstanceOf(SparseExamples.class, sparse);
    assertInstanceOf(DenseExamples.class, dense);

    double[] coefficients = {1.0, -2.0, 0.5, 3.0, -1.5, 0.25};
    double[] sums = sparse.weightedSums();
    assertArrayEquals(dense.weightedSums(), sums, 1e-12);
    assertArrayEquals(
        dense.weightedSquaredDeviations(new double[] {0.1, 0.2, -0.3, 0.4, 0.0, 1.0}),
        sparse.weightedSquaredDeviations(new double[] {0.1, 0.2, -0.3, 0.4, 0.0, 1.0}),
        1e-10);
    assertEquals(dense.totalWeight(), sparse.totalWeight(), 1e-12);
    assertArrayEquals(scores(dense, coefficients), scores(sparse, coefficients), 1e-12);
    double[] fromDense = new double[6];
    double[] fromSparse = new double[6];
    for (int i = 0; i < dense.rows(); i++) {
      dense.addScaled(i, dense.label(i) * dense.dot(i, coefficients), fromDense);
      sparse.addScaled(i, sparse.label(i) * sparse.dot(i, coefficients), fromSparse);
    }
    assertArrayEquals(fromDense, fromSparse, 1e-10);
  }

  /** Around the number of values that are kept in one piece while rows are taken up. */
  @ParameterizedTest
  @ValueSource(ints = {1, 16_384, 32_767, 32_768, 32_769, 70_000})
  void build_wideRows_keepsEachWhereItBelongs(int features) {
    Random random = new Random(features);
    int count = Math.max(5, 100_000 / features);
    double[][] rows = new double[count][features];
    ShardBuilder dense = new ShardBuilder("w", features);
    ShardBuilder mixed = new ShardBuilder("w", features);
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < features; j++) {
        rows[i][j] = (i + j) % 3 == 0 ? random.nextGaussian() : 0.0;
      }
      double[] row = rows[i];
      dense.addDense(row, i, 1.0, Part.TRAIN);
      if (i == 2) {
        mixed.addDense(row, i, 1.0, Part.TRAIN);
      } else {
        int[] columns = IntStream.range(0, features).filter(j -> row[j] != 0.0).toArray();
        mixed.addSparse(
            columns, Arrays.stream(columns).mapToDouble(j -> row[j]).toArray(), i, 1.0, Part.TRAIN);
      }
    }
    ModelShape shape = new ModelShape(features, true);
    double[] found = new double[features];
    for (ShardBuilder builder : List.of(dense, mixed)) {
      Examples packed = builder.build(0.0, 1L, false, shape).train();
      assertEquals(count, packed.rows());
      for (int i = 0; i < count; i++) {
        packed.copyRow(i, found, 0);
        assertArrayEquals(rows[i], found);
      }
    }
  }

  @Test
  void build_mostlyFullSparseRows_packsThemDense() {
    ShardBuilder builder = new ShardBuilder("w", 2);
    builder.addSparse(new int[] {0, 1}, new double[] {1.0, 2.0}, 0.0, 1.0, Part.TRAIN);
    builder.addSparse(new int[] {1}, new double[] {3.0}, 1.0, 1.0, Part.TRAIN);
    Examples rows = builder.build(0.0, 1L, false, new ModelShape(2, true)).train();

    assertInstanceOf(DenseExamples.class, rows);
    assertEquals(List.of("y=0.0 c=1.0 x=[1.0, 2.0]", "y=1.0 c=1.0 x=[0.0, 3.0]"), lines(rows));
  }

  @ParameterizedTest
  @CsvSource({
    "10, 0.2, 2, 2",
    "11, 0.2, 2, 3",
    "13, 0.2, 2, 3",
    "100, 0.5, 50, 50",
    "30, 0.1, 3, 3",
    "1, 0.2, 0, 0",
    "1, 0.99, 0, 0",
    "2, 0.3, 0, 1",
    "3, 0.99, 2, 2"
  })
  void build_testFraction_holdsOutThatManyRoundedEitherWay(
      int n, double fraction, int least, int most) {
    for (long seed = 0; seed < 20; seed++) {
      Shard shard = build(distinctRows(n), Form.DENSE, fraction, seed);

      int held = shard.test().rows();
      assertTrue(held >= least && held <= most, "held out " + held);
      assertEquals(n - held, shard.train().rows());
    }
  }

  /** Each of many small workers rounds, and all together hold out the fraction. */
  @ParameterizedTest
  @CsvSource({"2, 0.2", "2, 0.45", "3, 0.1", "7, 0.3"})
  void build_testFractionOfManySmallWorkers_isTheFractionOfAll(int n, double fraction) {
    int workers = 2000;
    double held = 0.0;
    for (long seed = 0; seed < workers; seed++) {
      held += build(distinctRows(n), Form.DENSE, fraction, seed).test().rows();
    }

    // Four standard errors of a rounding at most a row wide.
    assertEquals(fraction * n, held / workers, 4.0 * 0.5 / Math.sqrt(workers));
  }

  @Test
  void build_testFraction_partitionsTheRows() {
    Shard shard = build(distinctRows(40), Form.DENSE, 0.25, 1L);
    TreeSet<String> all = new TreeSet<>(lines(shard.train()));
    all.addAll(lines(shard.test()));

    assertEquals(40, all.size());
  }

  @Test
  void build_otherSeedOrWorker_holdsOutOtherRows() {
    List<String> held = lines(build(distinctRows(40), Form.DENSE, 0.25, 1L).test());
    ShardBuilder otherWorker = new ShardBuilder("other", 6);
    distinctRows(40).forEach(r -> otherWorker.addDense(r.x(), r.y(), r.weight(), r.part()));

    assertNotEquals(held, lines(build(distinctRows(40), Form.DENSE, 0.25, 2L).test()));
    assertNotEquals(held, lines(otherWorker.build(0.25, 1L, false, SHAPE).test()));
  }

  /** Every row must have the same chance, whatever its place in the canonical order. */
  @Test
  void build_testFractionOverManySeeds_holdsOutEachRowEquallyOften() {
    int[] held = new int[8];
    for (long seed = 0; seed < 2000; seed++) {
      Examples test = build(distinctRows(8), Form.DENSE, 0.25, seed).test();
      for (int i = 0; i < test.rows(); i++) {
        held[(int) test.label(i)]++;
      }
    }

    // Binomial(2000, 1/4): mean 500, deviation 19.4.
    for (int count : held) {
      assertEquals(500.0, count, 78.0);
    }
  }

  @Test
  void build_partsGivenWithTheRows_areKept() {
    List<Row> rows = new ArrayList<>(distinctRows(3));
    rows.add(new Row(row(9.0), 9.0, 1.0, Part.TEST));
    Shard shard = build(rows, Form.DENSE, 0.0, 1L);

    assertEquals(3, shard.train().rows());
    assertEquals(1, shard.test().rows());
    assertEquals(9.0, shard.test().label(0));
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void build_noRows_givesAnEmptyShardOfTheRightWidth(Form form) {
    Shard shard = build(List.of(), form, 0.2, 1L);

    assertEquals(0, shard.train().rows());
    assertEquals(6, shard.train().features());
    assertEquals(6, shard.test().features());
    assertEquals(0.0, shard.train().totalWeight());
    assertTrue(new ShardBuilder("w", 6).build(0.0, 1L, true, SHAPE).scaling().isIdentity());
  }

  @Test
  void build_standardizeByWorker_usesTrainingRowsAlone() {
    List<Row> rows = new ArrayList<>();
    for (double value : new double[] {1.0, 3.0}) {
      rows.add(new Row(new double[] {value}, 0.0, 1.0, Part.TRAIN));
    }
    rows.add(new Row(new double[] {1000.0}, 0.0, 1.0, Part.TEST));
    ShardBuilder builder = new ShardBuilder("w", 1);
    rows.forEach(r -> builder.addDense(r.x(), r.y(), r.weight(), r.part()));
    Shard shard = builder.build(0.0, 1L, true, new ModelShape(1, true));

    // Mean 2, sample deviation sqrt(2): w = sqrt(2) in scaled units is 1 in raw ones.
    assertArrayEquals(
        new double[] {1.0, 5.0 - 2.0},
        shard.scaling().toRaw(new double[] {Math.sqrt(2.0), 5.0}),
        1e-15);
  }

  @Test
  void build_twice_isRefused() {
    ShardBuilder builder = new ShardBuilder("w", 1);
    ModelShape shape = new ModelShape(1, true);
    builder.build(0.0, 1L, false, shape);

    assertThrows(IllegalStateException.class, () -> builder.build(0.0, 1L, false, shape));
    assertThrows(
        IllegalStateException.class, () -> builder.addDense(new double[1], 0.0, 1.0, Part.TRAIN));
    assertThrows(
        IllegalStateException.class,
        () -> builder.addSparse(new int[0], new double[0], 0.0, 1.0, Part.TRAIN));
  }

  @Test
  void add_rowOfAnotherShape_isRefused() {
    ShardBuilder builder = new ShardBuilder("w", 2);

    assertRefused(() -> builder.addDense(new double[3], 0.0, 1.0, Part.TRAIN));
    assertRefused(() -> sparse(builder, 2));
    assertRefused(() -> sparse(builder, -1));
    assertRefused(() -> sparse(builder, 1, 0));
    assertRefused(() -> sparse(builder, 1, 1));
    assertEquals(0, builder.rowCount());
  }

  @Test
  void addDense_arrayReusedByTheCaller_isCopied() {
    ShardBuilder builder = new ShardBuilder("w", 1);
    double[] reused = {1.0};
    builder.addDense(reused, 0.0, 1.0, Part.TRAIN);
    reused[0] = 2.0;
    builder.addDense(reused, 1.0, 1.0, Part.TRAIN);

    assertEquals(
        List.of("y=0.0 c=1.0 x=[1.0]", "y=1.0 c=1.0 x=[2.0]"),
        lines(builder.build(0.0, 1L, false, new ModelShape(1, true)).train()));
    assertFalse(reused[0] == 1.0);
  }

  private static void assertRefused(Runnable add) {
    assertThrows(IllegalArgumentException.class, add::run);
  }

  private static void sparse(ShardBuilder builder, int... columns) {
    builder.addSparse(columns, new double[columns.length], 0.0, 1.0, Part.TRAIN);
  }

  private static Shard build(List<Row> rows, Form form, double testFraction, long seed) {
    return added(rows, form).build(testFraction, seed, false, SHAPE);
  }

  private static ShardBuilder added(List<Row> rows, Form form) {
    ShardBuilder builder = new ShardBuilder("w", 6);
    for (Row row : rows) {
      // The form of a row depends on its content, as a deterministic source's does.
      boolean isSparse = form == Form.SPARSE || (form == Form.MIXED && Math.abs(row.x()[0]) > 0.5);
      if (isSparse) {
        int[] columns = IntStream.range(0, 6).filter(j -> row.x()[j] != 0.0).toArray();
        double[] values = IntStream.of(columns).mapToDouble(j -> row.x()[j]).toArray();
        builder.addSparse(columns, values, row.y(), row.weight(), row.part());
      } else {
        builder.addDense(row.x(), row.y(), row.weight(), row.part());
      }
    }
    return builder;
  }

  private static List<Row> distinctRows(int n) {
    return IntStream.range(0, n).mapToObj(i -> new Row(row(i + 0.5), i, 1.0, Part.TRAIN)).toList();
  }

  /** Equal rows, rows that differ in one field only, and both zeros. */
  private static List<Row> rowsWithTiesAndNegativeZeros() {
    List<Row> rows = new ArrayList<>();
    Random random = new Random(8L);
    for (int i = 0; i < 60; i++) {
      double[] x = new double[6];
      for (int j = 0; j < 6; j++) {
        x[j] = List.of(0.0, -0.0, 0.0, 1.0, -1.0).get(random.nextInt(5));
      }
      double y = List.of(0.0, -0.0, 1.0).get(random.nextInt(3));
      double weight = List.of(1.0, 2.0).get(random.nextInt(2));
      rows.add(new Row(x, y, weight, random.nextInt(4) == 0 ? Part.TEST : Part.TRAIN));
    }
    return rows;
  }

  private static Table sparseTable() {
    Table full = Table.random(2L, 50, 6, Family.LINEAR);
    Random random = new Random(3L);
    for (double[] row : full.x()) {
      for (int j = 0; j < row.length; j++) {
        row[j] = random.nextInt(4) == 0 ? row[j] : 0.0;
      }
    }
    double[] weights = random.doubles(50, 0.1, 3.0).toArray();
    return full.withWeights(weights);
  }

  private static double[] row(double first) {
    double[] row = new double[6];
    row[0] = first;
    return row;
  }

  /** Scores by label: the canonical orders of the two forms may differ. */
  private static double[] scores(Examples rows, double[] coefficients) {
    return IntStream.range(0, rows.rows())
        .boxed()
        .sorted((a, b) -> Double.compare(rows.label(a), rows.label(b)))
        .mapToDouble(i -> rows.dot(i, coefficients))
        .toArray();
  }

  /** The rows in their order, exact to the bit and with the sign of zeros. */
  private static List<String> lines(Examples rows) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < rows.rows(); i++) {
      double[] x = new double[rows.features()];
      rows.addScaled(i, 1.0, x);
      lines.add("y=" + rows.label(i) + " c=" + rows.weight(i) + " x=" + List.of(boxed(x)));
    }
    return lines;
  }

  private static Double[] boxed(double[] values) {
    return Arrays.stream(values).boxed().toArray(Double[]::new);
  }

  @Test
  void build_offsets_areKeptWithTheirRowsWhereThereAreAny() {
    for (Form form : Form.values()) {
      ShardBuilder builder = new ShardBuilder("w", 6);
      double[] x = row(1.0);
      addWithOffset(builder, form, x, 2.0, 0.5);
      addWithOffset(builder, form, x, 2.0, -0.5);
      addWithOffset(builder, form, x, 1.0, 0.0);
      Examples rows = builder.build(0.0, 1L, false, SHAPE).train();

      assertEquals(0.0, rows.offset(0));
      assertEquals(-0.5, rows.offset(1));
      assertEquals(0.5, rows.offset(2));
      double[] scores = new double[1];
      double[] model = {2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 10.0};
      rows.scores(2, SHAPE, model, scores);
      assertEquals(rows.dot(2, model) + 10.0 + 0.5, scores[0]);
    }
  }

  @Test
  void packedBytes_withoutOffsets_doNotCountThem() {
    ShardBuilder without = new ShardBuilder("w", 6);
    ShardBuilder with = new ShardBuilder("w", 6);
    for (int i = 0; i < 10; i++) {
      addWithOffset(without, Form.DENSE, row(i), i, 0.0);
      addWithOffset(with, Form.DENSE, row(i), i, i);
    }
    long plain = without.build(0.0, 1L, false, SHAPE).train().packedBytes();

    // Weights of 1 are not kept; kernels read up to eight numbers behind the last row.
    assertEquals(8 * (10 * 6 + 10 + 8), plain);
    assertEquals(plain + 80, with.build(0.0, 1L, false, SHAPE).train().packedBytes());
  }

  private static void addWithOffset(
      ShardBuilder builder, Form form, double[] x, double label, double offset) {
    if (form == Form.DENSE) {
      builder.addDense(x, label, 1.0, offset, Part.TRAIN);
    } else {
      builder.addSparse(new int[] {0}, new double[] {x[0]}, label, 1.0, offset, Part.TRAIN);
    }
  }

  @Test
  void newCapacity_ofMoreThanTwoThirdsOfAnArray_isAllOfIt() {
    assertEquals(1_500_000_016, ShardBuilder.newCapacity(1_000_000_000));
    assertEquals(Integer.MAX_VALUE - 8, ShardBuilder.newCapacity(1_500_000_000));
    assertEquals(Integer.MAX_VALUE - 8, ShardBuilder.newCapacity(Integer.MAX_VALUE - 8));
  }

  @Test
  void takes_rowsBeyondWhatAnArrayHolds_isFalse() {
    ShardBuilder builder = new ShardBuilder("w", 3);
    builder.addDense(new double[] {1.0, 2.0, 3.0}, 1.0, 1.0, Part.TRAIN);
    EncodedRow row = new EncodedRow();

    row.see(3, null, new double[3], 0, 3);
    assertTrue(builder.takes(row));
    row.see(Integer.MAX_VALUE, null, new double[3], 0, Integer.MAX_VALUE - 16);
    assertFalse(builder.takes(row));
  }
}
