package io.sparkfed.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SquaredHingeLossTest {

  private static Loss loss() {
    return SquaredHingeLoss.INSTANCE;
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 1, -2, 2",
    "0, 0, 1, 2, 2",
    "1, 1, 0, 0, 0",
    "-1, 0, 0, 0, 0",
    "0.5, 1, 0.25, -1, 2",
    "0.5, 0, 2.25, 3, 2",
    "3, 1, 0, 0, 0",
    "3, 0, 16, 8, 2"
  })
  void everyFunction_byHand_isExact(
      double score, double label, double value, double gradient, double curvature) {
    assertEquals(value, loss().value(score, label));
    assertEquals(gradient, loss().gradient(score, label), 0.0);
    assertEquals(curvature, loss().curvature(score, label));
  }

  @ParameterizedTest
  @ValueSource(doubles = {2.0, -1.0, 0.5})
  void acceptsLabel_neitherZeroNorOne_isRefused(double label) {
    assertFalse(loss().acceptsLabel(label));
  }
}
