package io.sparkfed.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HingeLossTest {

  private static Loss loss() {
    return HingeLoss.INSTANCE;
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 1, -1",
    "0, 0, 1, 1",
    "1, 1, 0, 0",
    "-1, 0, 0, 0",
    "0.25, 1, 0.75, -1",
    "0.25, 0, 1.25, 1",
    "3, 1, 0, 0",
    "3, 0, 4, 1"
  })
  void everyFunction_byHand_isExact(double score, double label, double value, double gradient) {
    assertEquals(value, loss().value(score, label));
    assertEquals(gradient, loss().gradient(score, label));
    assertEquals(0.0, loss().curvature(score, label));
    assertEquals(score > 0.0 ? 1.0 : 0.0, loss().mean(score));
  }

  @ParameterizedTest
  @ValueSource(doubles = {2.0, -1.0, 0.5})
  void acceptsLabel_neitherZeroNorOne_isRefused(double label) {
    assertFalse(loss().acceptsLabel(label));
  }
}
