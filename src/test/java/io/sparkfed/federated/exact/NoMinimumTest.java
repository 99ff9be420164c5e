package io.sparkfed.federated.exact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.Weighting;
import io.sparkfed.model.Family;
import io.sparkfed.model.Standardize;
import io.sparkfed.server.ExactGradientDescent;
import io.sparkfed.testing.InKeys;
import io.sparkfed.testing.Table;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Likelihoods without a maximum end as such under every search, and those with one don't. */
class NoMinimumTest {
  private static final int ROWS = 60;

  private static TrainingResult train(PlanBuilder plan, Family family, Table table) {
    return plan.family(family).features(2).rounds(1000).train(PlanBuilder.deal(table));
  }

  private static TrainingResult averaged(PlanBuilder plan, Family family, Table table) {
    return plan.family(family).features(2).rounds(3).train(PlanBuilder.deal(table));
  }

  private static void hasNone(Family family, Table table) {
    for (PlanBuilder plan : Searches.all()) {
      String message = InKeys.divergence(train(plan, family, table));
      assertTrue(message.startsWith("the objective has no minimum: coefficients grow"), message);
      assertTrue(message.endsWith("leave such features out, or set model.l2 > 0"), message);

      assertTrue(train(plan.l2(0.01), family, table).divergence().isEmpty());
    }
  }

  @Test
  void train_separatedClasses_endAsUnbounded() {
    hasNone(Family.LOGISTIC, Searches.table(ROWS, x -> x[0] + 0.5 * x[1] > 0.3 ? 1.0 : 0.0));
    hasNone(Family.SOFTMAX, Searches.table(ROWS, x -> x[0] > 0.5 ? 2.0 : x[0] < -0.5 ? 0.0 : 1.0));
  }

  /** Where the second feature is large, all labels are equal; elsewhere they overlap. */
  @Test
  void train_classesSeparatedInPart_endAsUnbounded() {
    Table noisy = Table.random(4L, ROWS, 2, Family.LOGISTIC);
    double[][] x = noisy.x();
    double[] binary = noisy.y().clone();
    double[] counts = Table.random(4L, ROWS, 2, Family.POISSON).y();
    double[] classes = Table.random(4L, ROWS, 2, Family.SOFTMAX).y();
    for (int i = 0; i < ROWS; i++) {
      x[i][1] = i % 6 == 0 ? 1.0 : 0.0;
      if (i % 6 == 0) {
        binary[i] = 1.0;
        counts[i] = 0.0;
        classes[i] = 2.0;
      }
    }
    hasNone(Family.LOGISTIC, Table.of(x, binary));
    hasNone(Family.POISSON, Table.of(x, counts));
    hasNone(Family.SOFTMAX, Table.of(x, classes));
  }

  /** A level that two rows have, of one label, separates them alone. */
  @Test
  void train_rareLevelOfOneLabel_endsAsUnbounded() {
    for (Family family : List.of(Family.LOGISTIC, Family.POISSON, Family.SOFTMAX)) {
      Table noisy = Table.random(9L, ROWS, 2, family);
      double[][] x = noisy.x();
      double[] y = noisy.y().clone();
      for (int i = 0; i < ROWS; i++) {
        x[i][1] = i == 7 || i == 31 ? 1.0 : 0.0;
        y[i] = x[i][1] == 1.0 ? 0.0 : y[i];
      }
      hasNone(family, Table.of(x, y));
    }
  }

  /**
   * The labels are those of the feature's sign, which is all there is: by symmetry the weight is
   * where {@code l2 w = 1 / (1 + exp(w))}.
   */
  @ParameterizedTest
  @ValueSource(doubles = {1e-14, 1e-12, 3e-11, 1e-9, 1e-4})
  void train_separatedClassesWithAnyPenalty_haveTheirOptimum(double l2) {
    double[][] x = new double[ROWS][2];
    double[] y = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      x[i][0] = i % 2 == 0 ? 1.0 : -1.0;
      y[i] = i % 2 == 0 ? 1.0 : 0.0;
    }
    double low = 0.0;
    double high = 40.0;
    for (int k = 0; k < 100; k++) {
      double middle = (low + high) / 2.0;
      boolean tooFar = l2 * middle > 1.0 / (1.0 + Math.exp(middle));
      low = tooFar ? low : middle;
      high = tooFar ? middle : high;
    }
    for (PlanBuilder plan : Searches.all()) {
      TrainingResult result = train(plan.l2(l2), Family.LOGISTIC, Table.of(x, y));

      assertTrue(result.divergence().isEmpty(), () -> l2 + " " + result.divergence());
      assertEquals(low, result.model().values()[0], 1e-2 * low, () -> l2 + " " + result.notes());
    }
  }

  /**
   * One feature of 0 and 1 and two classes make a saturated model: the weight is the log of the
   * odds ratio of the weights, whatever all rows of one class weigh.
   */
  @ParameterizedTest
  @CsvSource({"LOGISTIC, 1e-6", "LOGISTIC, 1e-10", "LOGISTIC, 1e-12", "LOGISTIC, 1e-14"})
  void train_classRareByWeight_hasItsOptimum(Family family, double rare) {
    double[][] x = new double[ROWS][2];
    double[] y = new double[ROWS];
    double[] weights = new double[ROWS];
    double[][] cells = new double[2][2];
    for (int i = 0; i < ROWS; i++) {
      x[i][0] = i % 2;
      y[i] = i % 5 == 0 || i % 7 == 0 ? 1.0 : 0.0;
      weights[i] = (1.0 + i % 3) * (y[i] == 1.0 ? rare : 1.0);
      cells[(int) x[i][0]][(int) y[i]] += weights[i];
    }
    double intercept = Math.log(cells[0][1] / cells[0][0]);
    double weight = Math.log(cells[1][1] / cells[1][0]) - intercept;
    for (PlanBuilder plan : Searches.all()) {
      TrainingResult result = train(plan, family, new Table(x, y, weights));

      assertTrue(result.divergence().isEmpty(), () -> rare + " " + result.divergence());
      double[] w = result.model().values();
      assertEquals(weight, w[0], 1e-5, () -> rare + " " + result.notes());
      assertEquals(intercept, w[2], 1e-5 * Math.abs(intercept));
    }
  }

  /** Long steps of the coefficients are short ones of the scores: no reason to go slowly. */
  @ParameterizedTest
  @CsvSource({"LOGISTIC, 1e-3", "LOGISTIC, 1e-5", "POISSON, 1e-3", "POISSON, 1e-5"})
  void train_nearlyDependentFeatures_takeFewRounds(Family family, double apart) {
    Table table = Table.random(4L, ROWS, 2, family);
    for (double[] row : table.x()) {
      row[1] = row[0] + apart * row[1];
    }
    TrainingResult result = train(Searches.all().get(0), family, table);

    assertTrue(result.divergence().isEmpty());
    assertTrue(result.rounds().size() <= 15, "rounds: " + result.rounds().size());
    assertTrue(
        InKeys.said(result.notes()).stream().noneMatch(note -> note.contains("not converged")));
  }

  /** Whatever the penalty: an intercept is never penalized. */
  @ParameterizedTest
  @CsvSource({
    "LOGISTIC, 0, 0, all labels are 0",
    "LOGISTIC, 1, 1, all labels are 1",
    "POISSON, 0, 0, all labels are 0",
    "SOFTMAX, 2, 2, all labels are 2",
    "SOFTMAX, 1, 2, no training row of any worker is of class 0",
    "SOFTMAX, 0, 2, no training row of any worker is of class 1",
    "SOFTMAX, 0, 1, no training row of any worker is of class 2"
  })
  void train_labelsThatNoInterceptFits_areNamed(
      Family family, double below, double above, String expected) {
    Table table = Searches.table(ROWS, x -> x[0] > 0.0 ? above : below);
    for (double l2 : new double[] {0.0, 0.1}) {
      for (PlanBuilder plan : Searches.all()) {
        String message = InKeys.divergence(train(plan.l2(l2), family, table));
        assertTrue(message.startsWith("the objective has no minimum: " + expected + ","), message);
        assertTrue(!message.contains("set model.l2"), message);
      }
      PlanBuilder descent =
          new PlanBuilder().optimizer(new ExactGradientDescent(0.1, 1e-8, 1000.0)).l2(l2);
      assertTrue(train(descent, family, table).divergence().isPresent());
      TrainingResult averaged = averaged(new PlanBuilder().l2(l2), family, table);
      assertTrue(averaged.divergence().isEmpty());
      String note = InKeys.said(averaged.notes()).get(0);
      assertTrue(note.startsWith("WARNING: " + expected + ", so an intercept"), note);
    }
  }

  /** Averages are told of by the rows, whatever a worker's update weighs and rows do. */
  @ParameterizedTest
  @CsvSource({"LOGISTIC, 0, 1", "POISSON, 0, 1e-9", "SVM, 1, 1", "GAMMA, 1, 1"})
  void train_averagesOfLabelsThatHaveAnOptimum_areNotTold(
      Family family, double below, double above) {
    double[] labels = new double[ROWS];
    Table random = Table.random(5L, ROWS, 2, Family.LINEAR);
    Arrays.setAll(labels, i -> i == 0 ? below : above);
    for (Weighting weighting : Weighting.values()) {
      PlanBuilder plan = new PlanBuilder().weighting(weighting);
      TrainingResult result = averaged(plan, family, Table.of(random.x(), labels));
      assertTrue(result.divergence().isEmpty());
      assertTrue(
          InKeys.said(result.notes()).stream().noneMatch(note -> note.contains("intercept")));
    }
  }

  /**
   * One feature of this size separates the classes at 0, so the slope of the mean loss {@code log(1
   * + exp(-u))} by u, the score of size 1, is that of the penalty at the only weight.
   */
  @ParameterizedTest
  @CsvSource({"1e8, 1e-1", "1e8, 1e-4", "1e7, 1e-2", "1e6, 1e-1", "1e4, 1e-2", "10, 0.1"})
  void train_penaltyThatIsLittleInTheFeaturesUnits_isMetOrSaysThatItIsNot(double size, double l2) {
    double[][] x = new double[ROWS][];
    Arrays.setAll(x, i -> new double[] {i % 2 == 0 ? size : -size});
    Table table = Table.of(x, Arrays.stream(x).mapToDouble(row -> row[0] > 0.0 ? 1 : 0).toArray());
    double inUnits = l2 / (size * size);
    double u = Math.log(1.0 / inUnits);
    for (int i = 0; i < 100; i++) {
      double rest = Math.exp(-u) / (1.0 + Math.exp(-u));
      u += (rest - inUnits * u) / (rest * (1.0 - rest) + inUnits);
    }
    for (PlanBuilder plan : Searches.all()) {
      TrainingResult result =
          plan.family(Family.LOGISTIC)
              .features(1)
              .withoutIntercept()
              .standardize(Standardize.NONE)
              .l2(l2)
              .rounds(1000)
              .train(PlanBuilder.deal(table));

      assertTrue(result.divergence().isEmpty());
      boolean isTold =
          InKeys.said(result.notes()).stream().anyMatch(note -> note.startsWith("WARNING: "));
      double off = Math.abs(result.model().values()[0] * size / u - 1.0);
      assertTrue(off < 1e-6 || isTold, () -> size + ", " + l2 + ": " + off);
      assertTrue(!isTold || inUnits < 1e-11, () -> size + ", " + l2 + ": " + result.notes());
    }
  }

  /** A support vector machine and a regression have an optimum for equal labels. */
  @ParameterizedTest
  @EnumSource(names = {"LINEAR", "SVM", "SQUARED_HINGE", "HUBER", "GAMMA"})
  void train_equalLabels_areFitted(Family family) {
    for (PlanBuilder plan : Searches.all().subList(1, 3)) {
      TrainingResult result = train(plan, family, Searches.table(ROWS, x -> 1.0));

      assertTrue(result.divergence().isEmpty(), () -> family + " " + result.divergence());
      assertEquals(0.0, result.lastRound().loss(), 1e-9);
    }
  }

  /** Without an intercept nothing makes up for the labels' scale: the weights come from afar. */
  @ParameterizedTest
  @CsvSource({
    "GAMMA, 1e-12",
    "GAMMA, 1e-6",
    "GAMMA, 1e6",
    "GAMMA, 1e12",
    "POISSON, 1e-12",
    "POISSON, 1e-6",
    "POISSON, 1e6",
    "POISSON, 1e12"
  })
  void train_farFromZeroWithoutIntercept_hasASlopeOfZero(Family family, double scale) {
    Table random = Table.random(8L, ROWS, 2, family);
    double[][] x = random.x();
    for (double[] row : x) {
      row[0] = 1.0 + 0.1 * row[0];
    }
    DoubleUnaryOperator scaled = label -> label * scale;
    Table table = Table.of(x, Arrays.stream(random.y()).map(scaled).toArray());
    for (PlanBuilder plan : Searches.all()) {
      TrainingResult result = train(plan.withoutIntercept(), family, table);

      assertTrue(result.divergence().isEmpty(), () -> result.divergence().toString());
      double[] w = result.model().values();
      double[] slope = new double[2];
      double size = 0.0;
      for (int i = 0; i < ROWS; i++) {
        double mean = Math.exp(w[0] * x[i][0] + w[1] * x[i][1]);
        double y = table.y()[i];
        double own = family == Family.GAMMA ? 1.0 - y / mean : mean - y;
        size += Math.abs(own);
        for (int j = 0; j < 2; j++) {
          slope[j] += own * x[i][j];
        }
      }
      assertEquals(0.0, slope[0] / size, 1e-6);
      assertEquals(0.0, slope[1] / size, 1e-6);
    }
  }
}
