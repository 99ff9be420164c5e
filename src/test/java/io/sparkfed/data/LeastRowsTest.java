package io.sparkfed.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LeastRowsTest {
  private static boolean isMet(int rows, double... weights) {
    double squared = Arrays.stream(weights).map(w -> w * w).sum();
    return new LeastRows(rows).isMetBy(new WeightSums(Arrays.stream(weights).sum(), squared));
  }

  /** Oracle: Kish's inequality (sum w)^2 >= n * sum w^2 in whole numbers. */
  @Test
  void isMetBy_wholeWeights_isKishsInequalityAtAnyScale() {
    Random random = new Random(1);
    for (int k = 0; k < 20_000; k++) {
      long[] whole = random.longs(1 + random.nextInt(12), 0, 1 + random.nextInt(40)).toArray();
      long total = Arrays.stream(whole).sum();
      long squared = Arrays.stream(whole).map(w -> w * w).sum();
      int rows = 2 + random.nextInt(9);
      double scale = Math.pow(10, random.nextInt(61) - 30);
      boolean expected = total > 0 && total * total >= rows * squared;
      assertEquals(
          expected,
          isMet(rows, Arrays.stream(whole).mapToDouble(w -> w * scale).toArray()),
          rows + " " + Arrays.toString(whole) + " " + scale);
    }
  }

  @Test
  void isMetBy_equalWeights_countsRows() {
    for (int n = 1; n < 200; n++) {
      double[] equal = new double[n];
      Arrays.fill(equal, 0.1);
      assertTrue(isMet(n, equal));
      assertFalse(isMet(n + 1, equal));
    }
  }

  @Test
  void isMetBy_oneWeightAmongTinyOnes_isOneRow() {
    double[] weights = new double[10_000];
    Arrays.fill(weights, 1e-30);
    weights[77] = 1.0;
    assertFalse(isMet(2, weights));
    assertTrue(isMet(1, weights));
  }

  @Test
  void isMetBy_noWeight_isNeverEnough() {
    assertFalse(isMet(1));
    assertFalse(isMet(1, 0.0, 0.0));
    assertFalse(isMet(2, 0.0, 0.0));
    assertThrows(IllegalArgumentException.class, () -> new LeastRows(0));
  }
}
