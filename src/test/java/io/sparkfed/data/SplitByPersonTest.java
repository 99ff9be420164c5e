package io.sparkfed.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.model.ModelShape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That a person has so many rows at most, all in one part, and nobody else's rows are moved. */
class SplitByPersonTest {
  private static final int WIDTH = 5;
  private static final double FRACTION = 0.3;
  private static final ModelShape SHAPE = new ModelShape(WIDTH, true);

  @TempDir Path folder;

  private record Row(String person, double[] x, double label, boolean isSparse, Part part) {}

  /** Few values, so that many rows are equal, within persons and across them. */
  private static List<Row> rows(Random random, int persons) {
    List<Row> rows = new ArrayList<>();
    for (int p = 0; p < persons; p++) {
      for (int n = 1 + random.nextInt(7); n > 0; n--) {
        double[] x = new double[WIDTH];
        for (int j = 0; j < WIDTH; j++) {
          x[j] = List.of(0.0, -0.0, 1.0).get(random.nextInt(3));
        }
        Part part = random.nextInt(3) == 0 ? Part.TEST : Part.TRAIN;
        rows.add(new Row("p" + p, x, random.nextInt(2), random.nextInt(3) == 0, part));
      }
    }
    Collections.shuffle(rows, random);
    return rows;
  }

  /** Rows of two numbers, of which the first one says whose it is, and the second one which. */
  private static List<Row> marked(int persons, int rowsOfPerson) {
    List<Row> rows = new ArrayList<>();
    for (int p = 0; p < persons; p++) {
      for (int i = 0; i < rowsOfPerson; i++) {
        rows.add(new Row("p" + p, new double[] {p, i, 0, 0, 0}, i, false, Part.TRAIN));
      }
    }
    return rows;
  }

  private static ShardBuilder added(List<Row> rows, Room room) {
    ShardBuilder builder = new ShardBuilder("w", WIDTH, Storage.DOUBLE, room);
    for (Row row : rows) {
      EncodedRow encoded = new EncodedRow();
      if (row.isSparse()) {
        // Some of its zeros are stored.
        int[] columns = IntStream.range(0, WIDTH).filter(j -> row.x()[j] != 0 || j < 2).toArray();
        double[] values = IntStream.of(columns).mapToDouble(j -> row.x()[j]).toArray();
        encoded.see(WIDTH, columns, values, 0, values.length);
      } else {
        encoded.see(WIDTH, null, row.x(), 0, WIDTH);
      }
      encoded.label = row.label();
      encoded.weight = 1.0;
      encoded.part = row.part();
      encoded.person = PersonId.of(row.person());
      builder.add(encoded);
    }
    return builder;
  }

  private static Shard split(List<Row> rows, int most, double fraction) {
    return added(rows, Room.OF_MEMORY).splitByPerson(most, fraction, 5L, SHAPE);
  }

  private static Map<String, Integer> counts(Examples rows) {
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < rows.rows(); i++) {
      double[] x = new double[WIDTH];
      rows.copyRow(i, x, 0);
      counts.merge(Arrays.toString(x) + rows.label(i), 1, Integer::sum);
    }
    return counts;
  }

  /** How many rows each person of {@link #marked} has in a part. */
  private static Map<Integer, Integer> byPerson(Examples rows) {
    Map<Integer, Integer> counts = new HashMap<>();
    for (int i = 0; i < rows.rows(); i++) {
      double[] x = new double[WIDTH];
      rows.copyRow(i, x, 0);
      counts.merge((int) x[0], 1, Integer::sum);
    }
    return counts;
  }

  /** Takes away what a part had of it before, and returns how many rows that were. */
  private static int less(Map<String, Integer> all, Map<String, Integer> without) {
    without.forEach(
        (row, count) ->
            assertTrue(all.merge(row, -count, Integer::sum) >= 0, () -> "not there: " + row));
    return all.values().stream().mapToInt(Integer::intValue).sum();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, FRACTION})
  void splitByPerson_withoutAnyOnePerson_leavesAllOthersWhereTheyAre(double fraction) {
    Random random = new Random(11L);
    for (int trial = 0; trial < 60; trial++) {
      int most = 1 + random.nextInt(4);
      List<Row> rows = rows(random, 12);
      Shard all = split(rows, most, fraction);
      for (int p = 0; p < 12; p++) {
        String person = "p" + p;
        List<Row> others = rows.stream().filter(row -> !row.person().equals(person)).toList();
        int had = Math.min(most, rows.size() - others.size());
        Shard without = split(others, most, fraction);

        int training = less(counts(all.train()), counts(without.train()));
        int tests = less(counts(all.test()), counts(without.test()));
        assertEquals(had, training + tests);
        assertTrue(fraction == 0.0 || training == 0 || tests == 0, training + " and " + tests);
      }
    }
  }

  @Test
  void splitByPerson_anyNumberOfRows_keepsSoManyOfEachPersonInOnePart() {
    for (int most : new int[] {1, 2, 3, 4, 1_000_000}) {
      Shard split = split(marked(400, 3), most, FRACTION);
      Map<Integer, Integer> training = byPerson(split.train());
      Map<Integer, Integer> tests = byPerson(split.test());

      assertEquals(400, training.size() + tests.size());
      assertTrue(Collections.disjoint(training.keySet(), tests.keySet()));
      int kept = Math.min(3, most);
      assertTrue(training.values().stream().allMatch(n -> n == kept), training.toString());
      assertTrue(tests.values().stream().allMatch(n -> n == kept), tests.toString());
      // 4.4 standard deviations.
      assertEquals(FRACTION, tests.size() / 400.0, 0.1);
    }
  }

  /** The first ones in the order of the shard would be those of the lowest label. */
  @Test
  void splitByPerson_ofRowsThatDiffer_keepsEachAboutEquallyOften() {
    Shard split = split(marked(3000, 3), 1, 0.0);

    for (int label = 0; label < 3; label++) {
      int own = label;
      long kept =
          IntStream.range(0, split.train().rows())
              .filter(i -> split.train().label(i) == own)
              .count();
      // 4.6 standard deviations.
      assertEquals(1000.0, (double) kept, 120.0);
    }
  }

  /** Whoever has the same two rows as somebody else may keep the other one. */
  @Test
  void splitByPerson_ofTheSameRowsOfMany_keepsEachAboutEquallyOften() {
    List<Row> rows = new ArrayList<>();
    for (int p = 0; p < 1000; p++) {
      rows.add(new Row("p" + p, new double[WIDTH], 0.0, false, Part.TRAIN));
      rows.add(new Row("p" + p, new double[WIDTH], 1.0, false, Part.TRAIN));
    }
    Map<String, Integer> counts = counts(split(rows, 1, 0.0).train());

    assertEquals(2, counts.size());
    // 4.7 standard deviations.
    counts.values().forEach(kept -> assertEquals(500.0, kept, 75.0));
  }

  @Test
  void splitByPerson_sameRowsInAnotherOrderOrOnDisk_isTheSame() {
    Random random = new Random(3L);
    for (int trial = 0; trial < 20; trial++) {
      List<Row> rows = rows(random, 30);
      Shard before = split(rows, 2, FRACTION);
      List<Row> others = new ArrayList<>(rows);
      Collections.shuffle(others, random);
      for (Room room : List.of(Room.OF_MEMORY, new Room(0L, folder))) {
        Shard after = added(others, room).splitByPerson(2, FRACTION, 5L, SHAPE);

        assertArrayEquals(before.train().hashes(), after.train().hashes());
        assertEquals(counts(before.train()), counts(after.train()));
        assertEquals(counts(before.test()), counts(after.test()));
      }
    }
  }

  /** Parts are a person's own wherever the person is: workers share them. */
  @Test
  void splitByPerson_atAnotherWorker_putsPersonsInTheSameParts() {
    Map<Integer, Integer> here = byPerson(split(marked(100, 1), 1, FRACTION).test());
    ShardBuilder other = new ShardBuilder("v", WIDTH);
    EncodedRow encoded = new EncodedRow();
    for (int p = 0; p < 100; p++) {
      encoded.see(WIDTH, null, new double[] {p, 7, 7, 7, 7}, 0, WIDTH);
      encoded.weight = 1.0;
      encoded.part = Part.TRAIN;
      encoded.person = PersonId.of("p" + p);
      other.add(encoded);
    }

    assertEquals(here, byPerson(other.splitByPerson(1, FRACTION, 5L, SHAPE).test()));
  }

  /**
   * An attack: two rows of a person that have one hash, and somebody else's row whose zeros are
   * stored, which changes how all rows are sorted. Which of the two is kept must not depend on it.
   */
  @Test
  void splitByPerson_rowsMadeToCollide_areCutTheSameWhoeverElseIsThere() {
    Random random = new Random(4L);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      double[] x = random.doubles(WIDTH, 1.0, 2.0).toArray();
      boolean isSparse = random.nextBoolean();
      rows.add(new Row("p" + i, x, i, isSparse, Part.TRAIN));
      rows.add(new Row("p" + i, SplitByRowTest.colliding(x, i), i, isSparse, Part.TRAIN));
    }
    Map<String, Integer> before = counts(split(rows, 1, 0.0).train());
    for (int trial = 0; trial < 20; trial++) {
      List<Row> more = new ArrayList<>(rows);
      more.add(new Row("other", new double[WIDTH], -1.0, true, Part.TRAIN));
      Collections.shuffle(more, random);

      assertEquals(1, less(counts(split(more, 1, 0.0).train()), before));
    }
  }
}
