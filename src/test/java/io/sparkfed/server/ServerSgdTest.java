package io.sparkfed.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerSgdTest {

  /**
   * The updates of two workers that ended at (3, 0) and (5, 4): their average is the next model.
   */
  @Test
  void step_rateOne_isTheAverageOfTheWorkersModels() {
    double[] model = {1.0, 10.0};
    double[] meanUpdate = {((1.0 - 3.0) + (1.0 - 5.0)) / 2.0, ((10.0 - 0.0) + (10.0 - 4.0)) / 2.0};

    assertArrayEquals(new double[] {4.0, 2.0}, step(1.0, model, meanUpdate));
    assertArrayEquals(new double[] {1.0, 10.0}, model);
    assertArrayEquals(new double[] {-3.0, 8.0}, meanUpdate);
  }

  @Test
  void step_rateOneHalf_goesHalfway() {
    assertArrayEquals(new double[] {2.5}, step(0.5, new double[] {1.0}, new double[] {-3.0}));
  }

  private static double[] step(double rate, double[] model, double[] meanUpdate) {
    ServerSgd server = new ServerSgd(rate);
    return server.step(server.begin(model.length), model, meanUpdate).model();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, -1.0, Double.NaN, Double.POSITIVE_INFINITY})
  void constructor_rateOutOfRange_isRefusedWithRuleAndValue(double rate) {
    assertEquals(
        "the server's learning rate must be > 0 and finite. Provided value: " + rate,
        assertThrows(IllegalArgumentException.class, () -> new ServerSgd(rate)).getMessage());
  }
}
