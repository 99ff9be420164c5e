package io.sparkfed.federated.noised;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.loss.HuberLoss;
import io.sparkfed.loss.LogisticLoss;
import io.sparkfed.loss.SquaredLoss;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.model.Family;
import org.junit.jupiter.api.Test;

class StepsTest {
  private static final int ORDER = 4;

  /** Descends to the labels' common value, which is far, without noise: as far as steps go. */
  private static double reached(Steps steps, double delta, double label, int rounds) {
    double score = 0.0;
    double sum = 0.0;
    for (int round = 1; round <= rounds; round++) {
      double slope = Math.max(-delta, Math.min(delta, score - label));
      double length = Math.abs(slope) * Math.sqrt(ORDER);
      score -= steps.length() * slope * Math.min(1.0, steps.clip() / length);
      sum += round > rounds - Steps.averaged(rounds) ? score : 0.0;
    }
    return sum / Steps.averaged(rounds);
  }

  @Test
  void tooShort_labelsFarAway_saysHowFarStepsGo() {
    for (int rounds : new int[] {1, 2, 8, 9}) {
      for (double clip : new double[] {0.7, 5.0}) {
        Steps steps = new Steps(clip, 1.5);
        double reach = reached(steps, 1.25, 1e6, rounds);
        HuberLoss loss = new HuberLoss(1.25);

        String told = steps.tooShort(loss, ORDER, 1.01 * reach, rounds).orElseThrow().toString();
        double said = Double.parseDouble(told.replaceAll("[^0-9.]*([0-9.]+) from.*", "$1"));

        assertEquals(reach, said, 0.05 * reach, told);
        assertTrue(steps.tooShort(loss, ORDER, 0.99 * reach, rounds).isEmpty());
      }
    }
  }

  private static Steps white(Family family, VectorLoss loss, double noise) {
    return Steps.ofWhite(family, loss, ORDER, ORDER, 1.0, noise);
  }

  @Test
  void ofWhite_lessNoise_cutsLessUntilNothingIsCut() {
    double last = 0.0;
    for (double noise = 1.0; noise > 1e-6; noise /= 2.0) {
      Steps steps = white(Family.LOGISTIC, LogisticLoss.INSTANCE, noise);
      double moved = steps.length() * steps.clip() * noise * Math.sqrt(ORDER);

      assertTrue(steps.clip() >= last, "clip " + steps.clip());
      assertTrue(moved <= (steps.clip() > 0.5 * Math.sqrt(ORDER) ? 0.15 : 1.0) + 1e-12);
      last = steps.clip();
    }
    assertEquals(4.0 * Math.sqrt(ORDER), last);
  }

  @Test
  void ofWhite_labelsWithinBounds_cutsAsInOtherCoordinates() {
    for (double noise : new double[] {1.0, 0.1, 1e-6}) {
      assertEquals(
          Steps.of(Family.LINEAR, SquaredLoss.INSTANCE, ORDER, ORDER, 1.0, noise),
          white(Family.LINEAR, SquaredLoss.INSTANCE, noise));
    }
  }

  @Test
  void tooShort_anotherLoss_pullsMoreTheFartherLabelsAre() {
    assertTrue(new Steps(1.0, 0.75).tooShort(SquaredLoss.INSTANCE, ORDER, 1e9, 8).isEmpty());
  }
}
