package io.sparkfed.federated.noised;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DispersionTest {
  private static final double ROWS = 1000.0;
  private static final double MOST = 8.0;
  private static final double CLIP = 6.0;

  /** With a curvature of 2 in two directions. */
  private static Dispersion of(double trace, double squares, double cutOff, double deviation) {
    return Dispersion.of(trace, 4.0 * ROWS, squares, cutOff, MOST, CLIP, deviation, ROWS);
  }

  /** Residuals of deviation 3 have gradients of mean square 4 by 9 by 2, and phi is 2 by 9. */
  @Test
  void of_gradientsThatAreNotCut_isTwiceTheResidualsMeanSquare() {
    double squares = ROWS * 72.0 / (CLIP * CLIP) * 0.5 * MOST;

    Dispersion found = of(4.0 * ROWS, squares, 0.0, 1.0);

    assertEquals("", found.obstacle());
    assertEquals(18.0, found.phi(), 1e-12);
  }

  @Test
  void of_squaresThatNoiseMakes_isNone() {
    assertEquals("", of(4.0 * ROWS, 41.0, 0.0, 10.0).obstacle());
    assertEquals(NoisedErrors.NOISE, of(4.0 * ROWS, 39.0, 0.0, 10.0).obstacle());
    assertTrue(Double.isNaN(of(4.0 * ROWS, -39.0, 0.0, 1.0).phi()));
  }

  @Test
  void of_lessThanHalfOfTheCurvature_isNone() {
    assertEquals("", of(2.0 * ROWS, 1e3, 0.0, 1.0).obstacle());
    assertEquals(Dispersion.CUT, of(1.99 * ROWS, 1e3, 0.0, 1.0).obstacle());
  }

  /** Four deviations of the noise, 3, and of 250 rows that are cut, by chance: 8 by the root. */
  @Test
  void of_moreCutOnOneSideThanByChance_isNone() {
    double most = 4.0 * Math.sqrt(9.0 + 64.0 * 250.0);

    assertEquals("", of(3.0 * ROWS, 1e3, 0.99 * most, 3.0).obstacle());
    assertEquals(Dispersion.ONE_SIDED, of(3.0 * ROWS, 1e3, 1.01 * most, 3.0).obstacle());
    assertEquals(Dispersion.ONE_SIDED, of(3.0 * ROWS, 1e3, -1.01 * most, 3.0).obstacle());
    assertEquals(Dispersion.ONE_SIDED, of(4.0 * ROWS, 1e3, 13.0, 3.0).obstacle());
  }
}
