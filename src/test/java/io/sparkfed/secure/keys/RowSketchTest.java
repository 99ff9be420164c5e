package io.sparkfed.secure.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Differences of sets against the sets themselves. */
class RowSketchTest {

  private static RowSketch sketch(long[]... parts) {
    return RowSketch.of(
        LongStream.concat(LongStream.of(parts[0]), LongStream.of(parts[1])).toArray());
  }

  @Test
  void difference_ofAnySets_isTheNumberOfRowsThatOneOfThemHas() {
    Random random = new Random(1);
    for (int trial = 0; trial < 400; trial++) {
      long[] both = random.longs(random.nextInt(60)).toArray();
      int onlyFirst = random.nextInt(45);
      int onlySecond = trial % 3 == 0 ? 0 : random.nextInt(12);
      RowSketch first = sketch(both, random.longs(onlyFirst).toArray());
      RowSketch second = sketch(both, random.longs(onlySecond).toArray());

      int exact = onlyFirst + onlySecond;
      int told = first.difference(second);

      assertEquals(told, second.difference(first));
      if (exact <= RowSketch.MOST) {
        assertEquals(exact, told);
      } else {
        assertTrue(told > RowSketch.MOST, () -> exact + " told as " + told);
      }
      assertEquals(exact == 0, first.isSameAs(second));
    }
  }

  @Test
  void difference_fromNoRows_isTheNumberOfRows() {
    RowSketch none = RowSketch.of(new long[0]);
    assertEquals(0, none.difference(none));
    assertEquals(7, RowSketch.of(new Random(2).longs(7).toArray()).difference(none));
  }

  /** The extremes of 64 bits are numbers of the field, too. */
  @Test
  void of_extremeNumbers_areRowsLikeOthers() {
    long p = (1L << 61) - 1;
    long[] odd = {0L, -1L, p - 2, Long.MIN_VALUE, Long.MAX_VALUE};
    assertEquals(5, RowSketch.of(odd).difference(RowSketch.of(new long[0])));
  }

  @Test
  void read_whatWasWritten_isTheSame() {
    for (int rows : new int[] {0, 1, 1000}) {
      RowSketch sketch = RowSketch.of(new Random(3).longs(rows).toArray());
      WireWriter out = new WireWriter();
      sketch.write(out);
      assertTrue(sketch.isSameAs(RowSketch.read(new WireReader(out.toByteArray()))));
    }
    assertFalse(RowSketch.of(new long[] {1}).isSameAs(RowSketch.of(new long[] {2})));
  }
}
