package io.sparkfed.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalTest {
  private static final double INF = Double.POSITIVE_INFINITY;

  @Test
  void new_endsThatAreNone_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Interval(1.0, 0.0));
    assertThrows(IllegalArgumentException.class, () -> new Interval(Double.NaN, 0.0));
    assertThrows(IllegalArgumentException.class, () -> new Interval(0.0, Double.NaN));
  }

  @Test
  void middle_ofTheWidest_isFinite() {
    Interval widest = new Interval(-Double.MAX_VALUE, Double.MAX_VALUE);

    assertEquals(0.0, widest.middle());
    assertEquals(Double.MAX_VALUE, widest.halfWidth());
  }

  @Test
  void nearest_insideOutsideAndNoNumber() {
    Interval ages = new Interval(20.0, 90.0);

    assertEquals(20.0, ages.nearest(-INF));
    assertEquals(90.0, ages.nearest(1e300));
    assertEquals(33.0, ages.nearest(33.0));
    assertTrue(Double.isNaN(ages.nearest(Double.NaN)));
  }

  /** Moore, Kearfott, Cloud 2009, Introduction to Interval Analysis, section 2.3. */
  @Test
  void arithmetic_ofTheBook_isTheirs() {
    Interval x = new Interval(5.0, 10.0);

    assertEquals(Optional.of(new Interval(3.0, 11.0)), x.plus(new Interval(-2.0, 1.0)));
    assertEquals(
        Optional.of(new Interval(-6.0, 5.0)),
        new Interval(-1.0, 0.0).minus(new Interval(-5.0, 5.0).plus(new Interval(0.0, 0.0)).get()));
    assertEquals(
        Optional.of(new Interval(-2.0, 2.0)),
        new Interval(-1.0, 1.0).times(new Interval(-2.0, 1.0)));
    assertEquals(Optional.of(new Interval(0.5, 2.0)), x.over(new Interval(5.0, 10.0)));
  }

  @ParameterizedTest
  @CsvSource({
    "-2, 3, 2, 0, 9",
    "-3, -2, 2, 4, 9",
    "-2, 3, 3, -8, 27",
    "-2, 3, 0, 1, 1",
    "2, 4, -1, 0.25, 0.5",
    "-4, -2, -2, 0.0625, 0.25",
    "0, 9, 0.5, 0, 3",
    "4, 9, -0.5, 0.33333333333333333, 0.5"
  })
  void power_ofNumbers_isWhereTheyLie(double low, double high, double n, double from, double to) {
    Interval power = new Interval(low, high).power(new Interval(n, n)).orElseThrow();

    assertEquals(from, power.low(), 1e-15);
    assertEquals(to, power.high(), 1e-15);
  }

  @Test
  void power_withoutABound_isEmpty() {
    Interval around = new Interval(-1.0, 1.0);

    assertEquals(Optional.empty(), around.power(new Interval(-1.0, -1.0)));
    assertEquals(Optional.empty(), around.power(new Interval(0.5, 0.5)));
    assertEquals(Optional.empty(), new Interval(0.0, 1.0).power(new Interval(-0.5, 2.0)));
    assertEquals(Optional.empty(), new Interval(0.0, 1e200).power(new Interval(2.0, 2.0)));
  }

  @Test
  void over_whatMayBeZero_isEmpty() {
    assertEquals(Optional.empty(), new Interval(1.0, 2.0).over(new Interval(0.0, 1.0)));
    assertEquals(Optional.empty(), new Interval(1.0, 2.0).over(new Interval(-1.0, 1.0)));
  }
}
