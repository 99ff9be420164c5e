package io.sparkfed.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.testing.Table;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.inference.MannWhitneyUTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassificationSumsTest {

  /** The one feature is the score itself. */
  private static final Coefficients SCORE =
      new Coefficients(new ModelShape(1, true), new double[] {1.0, 0.0});

  /** Probabilities .9 .8 .4 of positives, .7 .1 of negatives: AUC 5 of 6 pairs. */
  @Test
  void metrics_fiveRowsByHand_areTheTextbookValues() {
    Map<String, Double> metrics =
        metrics(100, new double[] {0.9, 0.8, 0.4, 0.7, 0.1}, new double[] {1, 1, 1, 0, 0});

    assertEquals(
        List.of("rows", "logLoss", "accuracy", "precision", "recall", "auc", "aucBinWidth"),
        List.copyOf(metrics.keySet()));
    assertEquals(5.0, metrics.get("rows"));
    assertEquals(
        -(Math.log(0.9) + Math.log(0.8) + Math.log(0.4) + Math.log(0.3) + Math.log(0.9)) / 5.0,
        metrics.get("logLoss"),
        1e-15);
    assertEquals(3.0 / 5.0, metrics.get("accuracy"), 1e-15);
    assertEquals(2.0 / 3.0, metrics.get("precision"), 1e-15);
    assertEquals(2.0 / 3.0, metrics.get("recall"), 1e-15);
    assertEquals(5.0 / 6.0, metrics.get("auc"), 1e-15);
    assertEquals(0.01, metrics.get("aucBinWidth"));
  }

  @Test
  void auc_probabilitiesInDistinctBins_isThatOfAllPairs() {
    Random random = new Random(1L);
    for (int draw = 0; draw < 50; draw++) {
      int[] bins = random.ints(0, 1000).distinct().limit(40).toArray();
      double[] probabilities = Arrays.stream(bins).mapToDouble(b -> (b + 0.5) / 1000.0).toArray();
      double[] labels = new double[40];
      Arrays.setAll(labels, i -> i < 2 ? i : random.nextInt(2));

      double auc = metrics(1000, probabilities, labels).get("auc");

      assertEquals(overAllPairs(probabilities, labels), auc, 1e-12);
      // The Mann-Whitney U of commons-math is the larger of the two.
      double u =
          new MannWhitneyUTest()
              .mannWhitneyU(of(1.0, probabilities, labels), of(0.0, probabilities, labels));
      double pairs =
          (double) of(1.0, probabilities, labels).length * of(0.0, probabilities, labels).length;
      assertEquals(u / pairs, Math.max(auc, 1.0 - auc), 1e-12);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5, 20, 100})
  void auc_anyProbabilities_isWithinHalfTheShareOfPairsInACommonBin(int bins) {
    Random random = new Random(2L);
    for (int draw = 0; draw < 50; draw++) {
      double[] probabilities = random.doubles(60).map(p -> 0.001 + 0.998 * p * p).toArray();
      double[] labels =
          Arrays.stream(probabilities).map(p -> random.nextDouble() < p ? 1.0 : 0.0).toArray();
      labels[0] = 0.0;
      labels[1] = 1.0;

      double auc = metrics(bins, probabilities, labels).get("auc");

      double bound = 0.5 * shareOfPairsInACommonBin(bins, probabilities, labels);
      assertEquals(overAllPairs(probabilities, labels), auc, bound + 1e-12);
    }
  }

  @Test
  void auc_allProbabilitiesEqual_isOneHalf() {
    assertEquals(
        0.5, metrics(100, new double[] {0.3, 0.3, 0.3}, new double[] {1, 0, 0}).get("auc"));
  }

  @Test
  void metrics_probabilitiesZeroAndOne_fallIntoTheOuterBins() {
    Map<String, Double> metrics = fromScores(2, new double[] {-1e5, 1e5}, new double[] {0.0, 1.0});

    assertEquals(1.0, metrics.get("auc"));
    assertEquals(1.0, metrics.get("accuracy"));
    assertEquals(0.0, metrics.get("logLoss"));
  }

  /** A score of exactly 0 is a probability of 0.5: predicted negative. */
  @Test
  void metrics_probabilityOneHalf_isPredictedNegative() {
    assertEquals(0.0, fromScores(10, new double[] {0.0}, new double[] {1.0}).get("recall"));
  }

  @Test
  void metrics_oneClassOrNoPositivePrediction_areNaNWhereUndefined() {
    Map<String, Double> negatives = metrics(10, new double[] {0.2, 0.3}, new double[] {0.0, 0.0});

    assertTrue(negatives.get("auc").isNaN());
    assertTrue(negatives.get("precision").isNaN());
    assertTrue(negatives.get("recall").isNaN());
    assertEquals(1.0, negatives.get("accuracy"));
  }

  @Test
  void metrics_noRows_areEmpty() {
    MetricSums sums = MetricSums.of(Family.LOGISTIC, Family.LOGISTIC.loss(), 10);
    double[] none = new double[sums.length()];

    assertTrue(sums.metrics(none, 0).isEmpty());
    assertTrue(Double.isNaN(sums.meanLoss(none, 0)));
  }

  @Test
  void add_workersOneByOne_isTheSumOfThePooledRows() {
    MetricSums metrics = MetricSums.of(Family.LOGISTIC, Family.LOGISTIC.loss(), 50);
    Table table = Table.random(3L, 90, 1, Family.LOGISTIC);
    double[] pooled = new double[metrics.length()];
    metrics.add(table.examples(), SCORE, pooled, 0);
    double[] byWorker = new double[metrics.length() + 3];
    for (int from = 0; from < 90; from += 30) {
      metrics.add(table.slice(from, from + 30).examples(), SCORE, byWorker, 3);
    }

    assertArrayEquals(pooled, Arrays.copyOfRange(byWorker, 3, byWorker.length), 1e-12);
    assertArrayEquals(new double[3], Arrays.copyOf(byWorker, 3));
    assertEquals(metrics.meanLoss(pooled, 0), metrics.meanLoss(byWorker, 3), 1e-14);
    assertEquals(metrics.metrics(pooled, 0).get("auc"), metrics.metrics(byWorker, 3).get("auc"));
  }

  @Test
  void add_wholeWeights_areCopiesOfTheirRows() {
    MetricSums metrics = MetricSums.of(Family.LOGISTIC, Family.LOGISTIC.loss(), 50);
    Table table = Table.random(4L, 3, 1, Family.LOGISTIC);
    double[] copies = new double[metrics.length()];
    double[] weighted = new double[metrics.length()];
    metrics.add(table.select(0, 2, 2, 2).examples(), SCORE, copies, 0);
    metrics.add(table.withWeights(1, 0, 3).examples(), SCORE, weighted, 0);

    assertArrayEquals(copies, weighted, 1e-12);
  }

  @Test
  void of_oneBin_isRefusedWithTheRule() {
    assertEquals(
        "auc-bins must be >= 2. Provided value: 1",
        assertThrows(
                IllegalArgumentException.class,
                () -> MetricSums.of(Family.LOGISTIC, Family.LOGISTIC.loss(), 1))
            .getMessage());
  }

  private static Map<String, Double> metrics(int bins, double[] probabilities, double[] labels) {
    double[] scores = Arrays.stream(probabilities).map(p -> Math.log(p / (1.0 - p))).toArray();
    return fromScores(bins, scores, labels);
  }

  private static Map<String, Double> fromScores(int bins, double[] scores, double[] labels) {
    double[][] x = Arrays.stream(scores).mapToObj(s -> new double[] {s}).toArray(double[][]::new);
    MetricSums metrics = MetricSums.of(Family.LOGISTIC, Family.LOGISTIC.loss(), bins);
    double[] sums = new double[metrics.length()];
    metrics.add(Table.of(x, labels).examples(), SCORE, sums, 0);
    return metrics.metrics(sums, 0);
  }

  private static double overAllPairs(double[] probabilities, double[] labels) {
    double[] positives = of(1.0, probabilities, labels);
    double[] negatives = of(0.0, probabilities, labels);
    double concordant = 0.0;
    for (double positive : positives) {
      for (double negative : negatives) {
        concordant += positive > negative ? 1.0 : positive == negative ? 0.5 : 0.0;
      }
    }
    return concordant / positives.length / negatives.length;
  }

  private static double shareOfPairsInACommonBin(
      int bins, double[] probabilities, double[] labels) {
    double[] positives = of(1.0, probabilities, labels);
    double[] negatives = of(0.0, probabilities, labels);
    double common = 0.0;
    for (double positive : positives) {
      for (double negative : negatives) {
        common += (int) (positive * bins) == (int) (negative * bins) ? 1.0 : 0.0;
      }
    }
    return common / positives.length / negatives.length;
  }

  private static double[] of(double label, double[] probabilities, double[] labels) {
    return IntStream.range(0, labels.length)
        .filter(i -> labels[i] == label)
        .mapToDouble(i -> probabilities[i])
        .toArray();
  }
}
