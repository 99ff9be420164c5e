package io.sparkfed.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResponseTest {

  private static Response of(Family family) {
    return new Response(family, family.loss(3, 1.35));
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void predictions_anyFamily_areAsManyAsTheirNames(Family family) {
    Response response = of(family);
    double[] scores = new double[response.loss().outputs()];

    assertEquals(response.predictionNames().size(), response.predictions(scores).length);
    assertEquals("prediction", response.predictionNames().get(0));
  }

  @Test
  void predictions_byHand_areClassesAndMeans() {
    assertArrayEquals(new double[] {-2.5}, of(Family.LINEAR).predictions(new double[] {-2.5}));
    assertArrayEquals(new double[] {0.0, 0.5}, of(Family.LOGISTIC).predictions(new double[1]));
    assertArrayEquals(new double[] {1.0, 0.25}, of(Family.SVM).predictions(new double[] {0.25}));
    assertArrayEquals(
        new double[] {Math.exp(2.0)}, of(Family.POISSON).predictions(new double[] {2.0}), 1e-14);
    double half = Math.log(0.5);
    double quarter = Math.log(0.25);
    assertArrayEquals(
        new double[] {1.0, 0.25, 0.5, 0.25},
        of(Family.SOFTMAX).predictions(new double[] {quarter, half, quarter}),
        1e-15);
    assertEquals(
        List.of("prediction", "probability_0", "probability_1", "probability_2"),
        of(Family.SOFTMAX).predictionNames());
  }

  @Test
  void loss_ofSoftmaxWithoutClasses_isRefused() {
    assertThrows(IllegalStateException.class, Family.SOFTMAX::loss);
    assertThrows(IllegalArgumentException.class, () -> Family.SOFTMAX.loss(1, 0.0));
  }
}
