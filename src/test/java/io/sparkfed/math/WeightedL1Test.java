package io.sparkfed.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightedL1Test {
  private static final WeightedL1 PENALTY = WeightedL1.of(new double[] {2.0, 0.5, 0.0});

  @Test
  void value_byHand_isTheWeightedSumOfMagnitudes() {
    assertEquals(2.0 * 3.0 + 0.5 * 4.0, PENALTY.value(new double[] {-3.0, 4.0, 5.0}));
    assertEquals(0.5 * 7.0, WeightedL1.ofFirst(2, 3, 0.5).value(new double[] {-3.0, 4.0, 5.0}));
  }

  /**
   * In one coordinate with the linear function g w: where one of the two one-sided slopes of g w +
   * c |w| descends it is that one, and otherwise 0.
   */
  @ParameterizedTest
  @CsvSource({
    "0.0, 0.3, 0.5", "0.0, -0.3, 0.5", "0.0, 0.9, 0.5", "0.0, -0.9, 0.5", "1.0, 0.3, 0.5",
    "-1.0, 0.3, 0.5", "1.0, -0.5, 0.5", "0.0, 0.5, 0.5", "0.0, 0.3, 0.0", "-2.0, 0.3, 0.0"
  })
  void pseudoGradient_oneCoordinate_isTheDescendingOneSidedSlope(
      double w, double gradient, double factor) {
    double step = 0x1p-20;
    double here = gradient * w + factor * Math.abs(w);
    double right = (gradient * (w + step) + factor * Math.abs(w + step) - here) / step;
    double left = (here - gradient * (w - step) - factor * Math.abs(w - step)) / step;
    double expected = right < 0.0 ? right : Math.max(left, 0.0);

    double actual =
        WeightedL1.of(new double[] {factor})
            .pseudoGradient(new double[] {w}, new double[] {gradient})[0];

    assertEquals(expected, actual, 1e-9);
  }

  @Test
  void downhill_penalisedCoordinates_keepOnlyThoseAgainstThePseudoGradient() {
    assertArrayEquals(
        new double[] {-1.0, 0.0, 1.0},
        PENALTY.downhill(new double[] {-1.0, 1.0, 1.0}, new double[] {1.0, 1.0, 1.0}));
    assertArrayEquals(
        new double[] {0.0, 0.0, -1.0},
        PENALTY.downhill(new double[] {-1.0, 0.0, -1.0}, new double[] {0.0, 1.0, -1.0}));
  }

  @Test
  void projected_penalisedCoordinates_stayInTheOrthantOfTheStep() {
    double[] w = {1.0, 0.0, 1.0};
    double[] pseudo = {3.0, -1.0, 3.0};

    assertArrayEquals(
        new double[] {0.0, 0.0, -2.0},
        PENALTY.projected(new double[] {-2.0, -2.0, -2.0}, w, pseudo));
    assertArrayEquals(
        new double[] {0.5, 2.0, 0.5}, PENALTY.projected(new double[] {0.5, 2.0, 0.5}, w, pseudo));
  }

  @Test
  void isZero_noFactor_isTrue() {
    assertTrue(WeightedL1.of(new double[2]).isZero());
    assertFalse(PENALTY.isZero());
  }
}
