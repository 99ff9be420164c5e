package io.sparkfed.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResponseTest {

  private static Response of(Family family) {
    return new Response(family, family.loss(3, 1.35));
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

  @Test
  void className_classesWithNames_isThatOfTheClass() {
    Labels names = new Labels.Classes(List.of("no", "yes"));
    Response logistic = new Response(Family.LOGISTIC, Family.LOGISTIC.loss(2, 1.0), names, 0.5);

    assertEquals(Optional.of("yes"), logistic.className(new double[] {1.0, 0.75}));
    assertEquals(Optional.of("no"), logistic.className(new double[] {0.0, 0.25}));
    assertEquals(Optional.empty(), of(Family.LOGISTIC).className(new double[] {1.0, 0.75}));
  }

  @Test
  void acceptsLabel_proportions_areFromZeroToOne() {
    Response shares =
        new Response(Family.LOGISTIC, Family.LOGISTIC.loss(2, 1.0), new Labels.Proportions(), 0.5);

    assertTrue(shares.acceptsLabel(0.0));
    assertTrue(shares.acceptsLabel(0.3));
    assertTrue(shares.acceptsLabel(1.0));
    assertFalse(shares.acceptsLabel(1.0000001));
    assertFalse(shares.acceptsLabel(-1e-9));
    assertFalse(of(Family.LOGISTIC).acceptsLabel(0.3));
  }
}
