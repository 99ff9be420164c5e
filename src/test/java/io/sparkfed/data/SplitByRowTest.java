package io.sparkfed.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.math.SeededRandom;
import io.sparkfed.model.ModelShape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * That each row alone decides which part it is in: what makes training rows and test rows disjoint
 * for whoever counts what is told of each.
 */
class SplitByRowTest {
  private static final int WIDTH = 5;
  private static final double FRACTION = 0.3;

  @TempDir Path folder;

  /** How a row is handed in; what it holds is the same. */
  private enum Form {
    DENSE,
    SPARSE,
    SPARSE_WITH_ZEROS,
    SPARSE_WITH_NEGATIVE_ZEROS
  }

  private record Row(double[] x, double label, double weight, Form form) {
    Row in(Form other) {
      return new Row(x, label, weight, other);
    }

    /** Returns what the row holds, 0.0 for -0.0. */
    String content() {
      return Arrays.toString(Arrays.stream(x).map(value -> value + 0.0).toArray())
          + " "
          + (label + 0.0)
          + " "
          + weight;
    }
  }

  /** Many equal rows, in all forms: a zero that is stored sorts rows apart that are equal. */
  private static List<Row> rows(long seed, Form... forms) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      double[] x = new double[WIDTH];
      for (int j = 0; j < WIDTH; j++) {
        x[j] = List.of(0.0, 0.0, -0.0, 1.0).get(random.nextInt(4));
      }
      double label = List.of(0.0, -0.0).get(random.nextInt(2));
      double weight = random.nextInt(5) == 0 ? 2.0 : 1.0;
      rows.add(new Row(x, label, weight, forms[random.nextInt(forms.length)]));
    }
    return rows;
  }

  private Shard split(List<Row> rows, long seed, Room room) {
    ShardBuilder builder = new ShardBuilder("w", WIDTH, Storage.DOUBLE, room);
    for (Row row : rows) {
      if (row.form() == Form.DENSE) {
        builder.addDense(row.x(), row.label(), row.weight(), Part.TRAIN);
        continue;
      }
      int[] columns =
          IntStream.range(0, WIDTH)
              .filter(j -> row.x()[j] != 0.0 || (row.form() != Form.SPARSE && (j + 1) % 3 != 0))
              .toArray();
      double zero = row.form() == Form.SPARSE_WITH_ZEROS ? 0.0 : -0.0;
      double[] values =
          IntStream.of(columns).mapToDouble(j -> row.x()[j] == 0.0 ? zero : row.x()[j]).toArray();
      builder.addSparse(columns, values, row.label(), row.weight(), Part.TRAIN);
    }
    return builder.splitByRow(FRACTION, seed, new ModelShape(WIDTH, true));
  }

  private Shard split(List<Row> rows, long seed) {
    return split(rows, seed, Room.OF_MEMORY);
  }

  /** How many rows of each content are in a part. */
  private static Map<String, Integer> counts(Examples rows) {
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < rows.rows(); i++) {
      double[] x = new double[WIDTH];
      rows.copyRow(i, x, 0);
      counts.merge(
          new Row(x, rows.label(i), rows.weight(i), Form.DENSE).content(), 1, Integer::sum);
    }
    return counts;
  }

  /** Asserts that each part of {@code more} is that of {@code fewer}, but for one row in one. */
  private static void assertOneRowMore(Shard fewer, Shard more, Row row) {
    Map<String, Integer> train = counts(fewer.train());
    Map<String, Integer> test = counts(fewer.test());
    boolean isTest = more.test().rows() > fewer.test().rows();
    (isTest ? test : train).merge(row.content(), 1, Integer::sum);

    assertEquals(train, counts(more.train()));
    assertEquals(test, counts(more.test()));
  }

  @Test
  void splitByRow_withoutAnyOneRow_leavesAllOthersWhereTheyAre() {
    for (long seed = 0; seed < 4; seed++) {
      List<Row> rows = rows(seed, Form.values());
      Shard all = split(rows, seed);
      assertEquals(FRACTION, (double) all.test().rows() / rows.size(), 0.15);
      for (int i = 0; i < rows.size(); i++) {
        List<Row> fewer = new ArrayList<>(rows);
        Row removed = fewer.remove(i);

        assertOneRowMore(split(fewer, seed), all, removed);
      }
    }
  }

  /** The first sparse row changes how all rows are kept. */
  @ParameterizedTest
  @EnumSource(Form.class)
  void splitByRow_firstRowOfAForm_leavesDenseRowsWhereTheyAre(Form form) {
    List<Row> rows = rows(7L, Form.DENSE);
    Shard before = split(rows, 7L);
    for (int i = 0; i < 20; i++) {
      List<Row> more = new ArrayList<>(rows);
      more.add(rows.get(i).in(form));

      assertOneRowMore(before, split(more, 7L), rows.get(i));
    }
  }

  @Test
  void splitByRow_sameRowsInAnotherOrderAndForm_isTheSame() {
    List<Row> rows = rows(3L, Form.values());
    Shard before = split(rows, 3L);
    List<Row> others = new ArrayList<>(rows.stream().map(row -> row.in(Form.DENSE)).toList());
    Collections.shuffle(others, new Random(1L));

    for (Room room : List.of(Room.OF_MEMORY, new Room(0L, folder))) {
      Shard after = split(others, 3L, room);
      assertEquals(counts(before.train()), counts(after.train()));
      assertEquals(counts(before.test()), counts(after.test()));
    }
  }

  /**
   * An attack: for each row another one is made that has its hash and comes next to it in the
   * order, so that whoever takes equal hashes for equal rows moves one of the two.
   */
  @ParameterizedTest
  @EnumSource(Form.class)
  void splitByRow_rowsMadeToCollide_moveNoOther(Form form) {
    Random random = new Random(9L);
    List<Row> rows = new ArrayList<>();
    List<Row> made = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      double[] x = random.doubles(WIDTH, 1.0, 2.0).toArray();
      rows.add(new Row(x, i, 1.0, form));
      made.add(new Row(colliding(x, i), i, 1.0, form));
    }
    Shard before = split(rows, 2L);
    for (Row row : made) {
      List<Row> more = new ArrayList<>(rows);
      more.add(row);

      assertOneRowMore(before, split(more, 2L), row);
    }
    rows.addAll(made);
    Shard all = split(rows, 2L);
    assertEquals(200, all.train().rows() + all.test().rows());
    // Rows that share a hash and differ share their part: each is decided as if it were alone.
    assertEquals(2 * before.test().rows(), all.test().rows());
  }

  /** Returns a row just before another one in the order that has its hash. */
  static double[] colliding(double[] x, double label) {
    long hash = RowHash.begun(label, 1.0, 0.0);
    for (int j = 0; j < WIDTH; j++) {
      hash = RowHash.withEntry(hash, j, x[j]);
    }
    double[] made = x.clone();
    do {
      made[0] = Math.nextDown(made[0]);
      long prefix = RowHash.begun(label, 1.0, 0.0);
      for (int j = 0; j < WIDTH - 1; j++) {
        prefix = RowHash.withEntry(prefix, j, made[j]);
      }
      long mixed = SeededRandom.mix(prefix + WIDTH);
      made[WIDTH - 1] = Double.longBitsToDouble(unmixed(hash - mixed) ^ mixed);
    } while (!Double.isFinite(made[WIDTH - 1]) || made[WIDTH - 1] == 0.0);
    return made;
  }

  /** Returns the number that {@link SeededRandom#mix} makes {@code mixed} of. */
  private static long unmixed(long mixed) {
    long b = unshifted(mixed, 31) * inverse(0x94D049BB133111EBL);
    long a = unshifted(b, 27) * inverse(0xBF58476D1CE4E5B9L);
    return unshifted(a, 30);
  }

  private static long unshifted(long value, int bits) {
    return value ^ (value >>> bits) ^ (value >>> (2 * bits));
  }

  /** Newton's iteration: each step doubles the bits that are right, of which 3 are at first. */
  private static long inverse(long odd) {
    long inverse = odd;
    for (int step = 0; step < 5; step++) {
      inverse *= 2 - odd * inverse;
    }
    return inverse;
  }
}
