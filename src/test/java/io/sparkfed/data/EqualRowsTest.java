package io.sparkfed.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EqualRowsTest {

  /** With 1 hash for all rows, with a few, and with one for each value. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 1000})
  void before_ofRowsThatShareHashes_countsEqualOnesAlone(int hashes) {
    Random random = new Random(hashes);
    for (int repeat = 0; repeat < 50; repeat++) {
      List<String> rows = random.ints(200, 0, 40).mapToObj(value -> "row " + value).toList();
      long[] hashOf =
          rows.stream().mapToLong(row -> Math.floorMod(row.hashCode(), hashes)).toArray();

      assertArrayEquals(
          IntStream.range(0, rows.size())
              .map(i -> (int) rows.subList(0, i).stream().filter(rows.get(i)::equals).count())
              .toArray(),
          EqualRows.before(hashOf, Comparator.comparing(rows::get)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void before_ofNoRowAndOfOne_isZero(int rows) {
    assertArrayEquals(new int[rows], EqualRows.before(new long[rows], Comparator.naturalOrder()));
  }
}
