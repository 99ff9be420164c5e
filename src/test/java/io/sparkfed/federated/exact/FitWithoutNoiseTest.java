package io.sparkfed.federated.exact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.model.Family;
import io.sparkfed.server.Lbfgs;
import io.sparkfed.server.Newton;
import io.sparkfed.testing.InKeys;
import io.sparkfed.testing.Table;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Labels that a model fits exactly, or a start does: what is left of the objective is rounding. */
class FitWithoutNoiseTest {
  private static final int ROWS = 90;

  private static void isConverged(TrainingResult result, String what) {
    assertTrue(result.divergence().isEmpty(), () -> what + result.divergence());
    assertTrue(
        InKeys.said(result.notes()).stream().noneMatch(note -> note.startsWith("WARNING")),
        () -> what + result.notes());
  }

  @ParameterizedTest
  @CsvSource({
    "POISSON, 1e-9", "POISSON, 1", "POISSON, 1e6", "POISSON, 1e12",
    "GAMMA, 1e-9", "GAMMA, 1", "GAMMA, 1e6", "GAMMA, 1e12"
  })
  void train_meansForLabels_returnsTheirCoefficients(Family family, double scale) {
    Table table = Searches.table(ROWS, x -> scale * Math.exp(0.1 + 0.4 * x[0] - 0.3 * x[1]));
    double[] expected = {0.4, -0.3, 0.1 + Math.log(scale)};
    for (PlanBuilder plan : Searches.all()) {
      TrainingResult result =
          plan.family(family).features(2).rounds(200).train(PlanBuilder.deal(table));

      isConverged(result, family + " " + scale + " ");
      assertArrayEquals(expected, result.model().values(), 1e-6);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "POISSON, 1e-8", "POISSON, 0.1", "POISSON, 7", "POISSON, 863741", "POISSON, 1e12",
    "GAMMA, 1e-8", "GAMMA, 0.1", "GAMMA, 7", "GAMMA, 863741", "GAMMA, 1e12"
  })
  void train_equalLabels_returnsTheirLogAlone(Family family, double label) {
    double[] expected = {0.0, 0.0, Math.log(label)};
    for (double l2 : new double[] {0.0, 0.001, 1.0}) {
      for (PlanBuilder plan : Searches.all()) {
        TrainingResult result =
            plan.family(family)
                .l2(l2)
                .features(2)
                .rounds(200)
                .train(PlanBuilder.deal(Searches.table(ROWS, x -> label)));

        isConverged(result, family + " " + label + " " + l2 + " ");
        assertArrayEquals(expected, result.model().values(), 1e-6);
      }
    }
  }

  /**
   * One feature with a mean of a million deviations and no intercept: the gradient is large at 0
   * and the curvature is its square. The optimum is {@code (s - l1/2) / m} in deviations t, with
   * the means s of {@code y x/t} and m of {@code x²/t²}.
   */
  @ParameterizedTest
  @ValueSource(doubles = {1e-7, 1e-3, 1.0})
  void train_lassoFarFromZeroWithoutIntercept_isTheClosedForm(double scale) {
    Table random = Table.random(3L, ROWS, 1, Family.LINEAR);
    double[][] x = random.x();
    double sum = 0.0;
    for (double[] row : x) {
      row[0] += 1e6;
      sum += row[0];
    }
    double mean = sum / ROWS;
    double squares = 0.0;
    double product = 0.0;
    double moment = 0.0;
    double[] y = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      y[i] = scale * (2.0 + random.y()[i]);
      squares += (x[i][0] - mean) * (x[i][0] - mean);
      product += y[i] * x[i][0] / ROWS;
      moment += x[i][0] * x[i][0] / ROWS;
    }
    double deviation = Math.sqrt(squares / (ROWS - 1));
    double l1 = 1e6 * scale / deviation;
    double expected = (product - l1 / 2.0) / moment;
    TrainingResult result =
        new PlanBuilder()
            .family(Family.LINEAR)
            .features(1)
            .withoutIntercept()
            .rounds(1000)
            .optimizer(new Lbfgs(10, 1e-11), l1)
            .train(PlanBuilder.deal(Table.of(x, y)));

    isConverged(result, scale + " ");
    assertEquals(expected, result.model().values()[0], 1e-6 * Math.abs(expected));
  }

  /**
   * More features than rows, and a penalty that hardly counts: what correlations say of flat
   * directions is not enough.
   */
  @Test
  void train_lbfgsWithAlmostNoPenalty_agreesWithNewtonOrSaysThatItDoesNot() {
    for (long seed = 1; seed <= 20; seed++) {
      Table table = Table.random(seed, 9, 12, Family.LOGISTIC);
      PlanBuilder plan =
          new PlanBuilder().family(Family.LOGISTIC).features(12).l2(1e-6).rounds(1000);
      TrainingResult exact = plan.optimizer(new Newton(1e-14)).train(PlanBuilder.deal(table));
      TrainingResult result =
          plan.preconditioned().optimizer(new Lbfgs(10, 1e-11)).train(PlanBuilder.deal(table));
      if (exact.divergence().isPresent()
          || InKeys.said(result.notes()).stream().anyMatch(note -> note.contains("converged"))) {
        continue;
      }
      double[] expected = exact.model().values();
      double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
      assertArrayEquals(expected, result.model().values(), 1e-6 * largest, "seed " + seed);
    }
  }
}
