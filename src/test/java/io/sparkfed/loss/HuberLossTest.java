package io.sparkfed.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HuberLossTest {

  private static HuberLoss loss() {
    return new HuberLoss(1.5);
  }

  /** By hand: r²/2 up to 1.5, then 1.5 r - 1.125. */
  @ParameterizedTest
  @CsvSource({
    "3, 2, 0.5, 1, 1",
    "2, 3, 0.5, -1, 1",
    "0, 1.5, 1.125, -1.5, 0",
    "7, 3, 4.875, 1.5, 0",
    "-7, 3, 13.875, -1.5, 0",
    "2, 2, 0, 0, 1"
  })
  void everyFunction_byHand_isExact(
      double score, double label, double value, double gradient, double curvature) {
    assertEquals(value, loss().value(score, label));
    assertEquals(gradient, loss().gradient(score, label));
    assertEquals(curvature, loss().curvature(score, label));
    assertEquals(score, loss().mean(score));
  }

  @Test
  void value_largeDelta_isHalfTheSquaredError() {
    HuberLoss wide = new HuberLoss(1e6);
    assertEquals(0.5 * SquaredLoss.INSTANCE.value(3.7, -1.2), wide.value(3.7, -1.2), 1e-15);
    assertEquals(0.5 * SquaredLoss.INSTANCE.gradient(3.7, -1.2), wide.gradient(3.7, -1.2), 1e-15);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, -1.0, Double.NaN, Double.POSITIVE_INFINITY})
  void constructor_deltaOutOfRange_isRefusedWithTheValue(double delta) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> new HuberLoss(delta)).getMessage();

    assertTrue(message.endsWith("Provided value: " + delta), message);
  }
}
