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
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.inference.MannWhitneyUTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        List.of("rows", "logLoss", "accuracy", "precision", "recall", "auc", "aucError"),
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
    assertEquals(0.0, metrics.get("aucError"));
  }

  @Test
  void auc_scoresInDistinctBins_isThatOfAllPairs() {
    Random random = new Random(1L);
    for (int draw = 0; draw < 50; draw++) {
      ScoreBins bins = ScoreBins.fixed(1000);
      double[] scores = random.ints(1, 999).distinct().limit(40).mapToDouble(bins::from).toArray();
      double[] labels = new double[40];
      Arrays.setAll(labels, i -> i < 2 ? i : random.nextInt(2));

      double auc = fromScores(1000, scores, labels).get("auc");

      // The Mann-Whitney U of commons-math is the larger of the two.
      double[] positives = of(1.0, scores, labels);
      double[] negatives = of(0.0, scores, labels);
      double u = new MannWhitneyUTest().mannWhitneyU(positives, negatives);
      double pairs = (double) positives.length * negatives.length;
      assertEquals(u / pairs, Math.max(auc, 1.0 - auc), 1e-12);
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

  /** Of probabilities .9 .8 .4 positive and .7 .1 negative, by hand. */
  @ParameterizedTest
  @CsvSource({
    "0.0, 0.6, 0.6, 1.0",
    "0.3, 0.8, 0.75, 1.0",
    "0.5, 0.6, 0.6666666666666666, 0.6666666666666666",
    "0.75, 0.8, 1.0, 0.6666666666666666",
    "0.85, 0.6, 1.0, 0.3333333333333333",
    "1.0, 0.4, NaN, 0.0"
  })
  void metrics_threshold_decidesWhoIsPredictedPositive(
      double threshold, double accuracy, double precision, double recall) {
    double[] scores =
        DoubleStream.of(0.9, 0.8, 0.4, 0.7, 0.1).map(p -> Math.log(p / (1.0 - p))).toArray();
    Map<String, Double> metrics =
        fromScores(sums(100, threshold), scores, new double[] {1, 1, 1, 0, 0});

    assertEquals(accuracy, metrics.get("accuracy"), 1e-15);
    assertEquals(precision, metrics.get("precision"), 1e-15);
    assertEquals(recall, metrics.get("recall"), 1e-15);
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
    MetricSums sums = sums(10);
    double[] none = new double[sums.length()];

    assertTrue(sums.metrics(none, 0).isEmpty());
    assertTrue(Double.isNaN(sums.meanLoss(none, 0)));
  }

  @Test
  void add_workersOneByOne_isTheSumOfThePooledRows() {
    MetricSums metrics = sums(50);
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
    MetricSums metrics = sums(50);
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
        assertThrows(IllegalArgumentException.class, () -> sums(1)).getMessage());
  }

  private static MetricSums sums(int bins) {
    return sums(bins, 0.5);
  }

  private static MetricSums sums(int bins, double threshold) {
    return MetricSums.of(
        Family.LOGISTIC, Family.LOGISTIC.loss(), new MetricSettings(threshold, bins, 0.002));
  }

  @Test
  void metrics_sharesOfPositives_areThoseOfSingleTrials() {
    double[] shares = {1.0, 0.75, 0.5, 0.25, 0.0};
    double[] probabilities = {0.9, 0.6, 0.55, 0.3, 0.2};
    double[] single = new double[20];
    double[] labels = new double[20];
    for (int i = 0; i < 20; i++) {
      single[i] = probabilities[i / 4];
      labels[i] = i % 4 < 4 * shares[i / 4] ? 1.0 : 0.0;
    }

    Map<String, Double> grouped = metrics(100, probabilities, shares);

    metrics(100, single, labels)
        .forEach(
            (name, value) ->
                assertEquals(
                    name.equals("rows") ? value / 4.0 : value, grouped.get(name), 1e-14, name));
  }

  private static Map<String, Double> metrics(int bins, double[] probabilities, double[] labels) {
    double[] scores = Arrays.stream(probabilities).map(p -> Math.log(p / (1.0 - p))).toArray();
    return fromScores(bins, scores, labels);
  }

  private static Map<String, Double> fromScores(int bins, double[] scores, double[] labels) {
    return fromScores(sums(bins), scores, labels);
  }

  private static Map<String, Double> fromScores(
      MetricSums metrics, double[] scores, double[] labels) {
    double[][] x = Arrays.stream(scores).mapToObj(s -> new double[] {s}).toArray(double[][]::new);
    double[] sums = new double[metrics.length()];
    metrics.add(Table.of(x, labels).examples(), SCORE, sums, 0);
    return metrics.metrics(sums, 0);
  }

  private static double[] of(double label, double[] scores, double[] labels) {
    return IntStream.range(0, labels.length)
        .filter(i -> labels[i] == label)
        .mapToDouble(i -> scores[i])
        .toArray();
  }
}
