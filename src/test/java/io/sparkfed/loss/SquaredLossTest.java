package io.sparkfed.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SquaredLossTest {

  private static Loss loss() {
    return SquaredLoss.INSTANCE;
  }

  @Test
  void everyFunction_scoreFiveLabelTwo_hasNoHalf() {
    assertEquals(9.0, loss().value(5.0, 2.0));
    assertEquals(6.0, loss().gradient(5.0, 2.0));
    assertEquals(2.0, loss().curvature(5.0, 2.0));
    assertEquals(5.0, loss().mean(5.0));
  }

  @Test
  void acceptsLabel_anyFiniteNumber_isAccepted() {
    assertTrue(loss().acceptsLabel(-1e300));
    assertTrue(loss().acceptsLabel(0.5));
  }
}
