package io.sparkfed.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.testing.Table;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegressionSumsTest {

  private static final MetricSums METRICS =
      MetricSums.of(Family.LINEAR, Family.LINEAR.loss(), MetricSettings.of(Family.LINEAR));

  /** Errors 1, -2, 0 around labels 1, 5, 3. */
  @Test
  void metrics_threeRowsByHand_areTheTextbookValues() {
    Table table = Table.of(new double[][] {{2.0}, {3.0}, {3.0}}, new double[] {1.0, 5.0, 3.0});

    Map<String, Double> metrics = METRICS.metrics(sums(table, 1.0, 0.0), 0);

    assertEquals(
        List.of("rows", "meanSquaredError", "rmse", "mae", "r2", "sumSquaredErrors"),
        List.copyOf(metrics.keySet()));
    assertEquals(3.0, metrics.get("rows"));
    assertEquals(5.0 / 3.0, metrics.get("meanSquaredError"), 1e-15);
    assertEquals(Math.sqrt(5.0 / 3.0), metrics.get("rmse"), 1e-15);
    assertEquals(1.0, metrics.get("mae"), 1e-15);
    assertEquals(1.0 - 5.0 / 8.0, metrics.get("r2"), 1e-14);
    assertEquals(5.0, metrics.get("sumSquaredErrors"), 1e-15);
    assertEquals(5.0 / 3.0, METRICS.meanLoss(sums(table, 1.0, 0.0), 0), 1e-15);
  }

  @Test
  void metrics_leastSquaresLine_haveTheR2OfCommonsMath() {
    Table table = Table.random(1L, 50, 1, Family.LINEAR);
    SimpleRegression oracle = new SimpleRegression();
    for (int i = 0; i < 50; i++) {
      oracle.addData(table.x()[i][0], table.y()[i]);
    }

    Map<String, Double> metrics =
        METRICS.metrics(sums(table, oracle.getSlope(), oracle.getIntercept()), 0);

    assertEquals(oracle.getRSquare(), metrics.get("r2"), 1e-12);
    assertEquals(oracle.getSumSquaredErrors(), metrics.get("sumSquaredErrors"), 1e-10);
  }

  @Test
  void add_workersOneByOne_isTheSumOfThePooledRows() {
    Table table = Table.random(2L, 90, 1, Family.LINEAR);
    double[] byWorker = new double[METRICS.length() + 2];
    for (int from = 0; from < 90; from += 30) {
      METRICS.add(table.slice(from, from + 30).examples(), line(0.5, 0.1), byWorker, 2);
    }

    assertArrayEquals(
        sums(table, 0.5, 0.1), Arrays.copyOfRange(byWorker, 2, byWorker.length), 1e-11);
    assertArrayEquals(new double[2], Arrays.copyOf(byWorker, 2));
  }

  @Test
  void add_wholeWeights_areCopiesOfTheirRows() {
    Table table = Table.random(4L, 3, 1, Family.LINEAR);

    assertArrayEquals(
        sums(table.select(0, 2, 2, 2), 0.5, 0.1),
        sums(table.withWeights(1, 0, 3), 0.5, 0.1),
        1e-12);
  }

  /** Equal labels leave R² undefined, also where their sums round. */
  @ParameterizedTest
  @CsvSource({"5, 3", "0.1, 7", "0.1, 10", "123456.789, 1000", "0, 4", "-3e-5, 33"})
  void metrics_equalLabels_haveNoR2(double label, int n) {
    double[] labels = new double[n];
    Arrays.fill(labels, label);
    Table table = Table.of(new double[n][1], labels);

    Map<String, Double> metrics = METRICS.metrics(sums(table, 0.0, 1.0), 0);

    assertTrue(metrics.get("r2").isNaN(), "r2 = " + metrics.get("r2"));
    assertTrue(Double.isFinite(metrics.get("rmse")));
  }

  /** R² is that of the labels without the shift, or none: never another number. */
  @ParameterizedTest
  @ValueSource(doubles = {0.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e8, 1e12})
  void metrics_labelsFarFromZero_haveTheirR2OrNone(double shift) {
    Table table = Table.random(9L, 500, 1, Family.LINEAR);
    double expected = METRICS.metrics(sums(table, 0.7, 0.1), 0).get("r2");
    double[] shifted = Arrays.stream(table.y()).map(y -> y + shift).toArray();
    Table far = new Table(table.x(), shifted, table.weights());

    double r2 = METRICS.metrics(sums(far, 0.7, 0.1 + shift), 0).get("r2");

    assertTrue(Double.isNaN(r2) ? shift > 1e3 : Math.abs(r2 - expected) < 1e-6, "r2 = " + r2);
  }

  @Test
  void metrics_noRows_areEmpty() {
    double[] none = new double[METRICS.length()];

    assertTrue(METRICS.metrics(none, 0).isEmpty());
    assertTrue(Double.isNaN(METRICS.meanLoss(none, 0)));
  }

  private static double[] sums(Table table, double slope, double intercept) {
    double[] sums = new double[METRICS.length()];
    METRICS.add(table.examples(), line(slope, intercept), sums, 0);
    return sums;
  }

  private static Coefficients line(double slope, double intercept) {
    return new Coefficients(new ModelShape(1, true), new double[] {slope, intercept});
  }
}
