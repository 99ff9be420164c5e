package io.sparkfed.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class VectorsTest {

  @Test
  void dot_withOffsetAndLength_readsThatRangeOnly() {
    double[] a = {100.0, 1.0, 2.0, 3.0, 100.0};
    double[] b = {4.0, 5.0, 6.0, 100.0};

    assertEquals(32.0, Vectors.dot(a, 1, b, 3));
    assertEquals(0.0, Vectors.dot(a, 5, b, 0));
  }

  /** (1e16 + 1) - 1e16 is 0 in this order and 1 when the large terms meet first. */
  @Test
  void dot_cancellingTerms_addsInOrderOfTheIndex() {
    assertEquals(0.0, Vectors.dot(new double[] {1e16, 1.0, -1e16}, 0, ones(3), 3));
    assertEquals(1.0, Vectors.dot(new double[] {1e16, -1e16, 1.0}, 0, ones(3), 3));
  }

  @Test
  void addScaled_withOffsetAndLength_changesThatRangeOnly() {
    double[] out = {1.0, 1.0, 1.0};

    Vectors.addScaled(-2.0, new double[] {9.0, 3.0, 4.0}, 1, out, 2);

    assertArrayEquals(new double[] {-5.0, -7.0, 1.0}, out);
  }

  @Test
  void subtract_equalLengths_leavesTheArgumentsAlone() {
    double[] a = {3.0, 1.0};
    double[] b = {1.0, 5.0};

    assertArrayEquals(new double[] {2.0, -4.0}, Vectors.subtract(a, b));
    assertArrayEquals(new double[] {3.0, 1.0}, a);
    assertArrayEquals(new double[] {1.0, 5.0}, b);
  }

  @Test
  void subtract_differentLengths_isRefusedWithBoth() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> Vectors.subtract(new double[2], new double[3]));

    assertEquals("vectors must have the same length. Provided: 2 and 3", refused.getMessage());
  }

  @Test
  void allFinite_specialValues_areFound() {
    assertTrue(Vectors.allFinite(new double[0]));
    assertTrue(Vectors.allFinite(new double[] {Double.MAX_VALUE, -0.0, Double.MIN_VALUE}));
    assertFalse(Vectors.allFinite(new double[] {0.0, Double.NaN}));
    assertFalse(Vectors.allFinite(new double[] {Double.POSITIVE_INFINITY, 0.0}));
    assertFalse(Vectors.allFinite(new double[] {0.0, Double.NEGATIVE_INFINITY, 0.0}));
  }

  private static double[] ones(int n) {
    double[] ones = new double[n];
    Arrays.fill(ones, 1.0);
    return ones;
  }
}
