package io.sparkfed.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.loss.VectorLoss;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.LinearObjective;
import io.sparkfed.objective.Reduction;
import io.sparkfed.testing.Table;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the metrics of every family must do, and each new one by hand. */
class FamilyMetricsTest {

  private static final double DELTA = 1.0;

  private static MetricSums metrics(Family family) {
    return MetricSums.of(family, family.loss(3, DELTA), MetricSettings.of(family));
  }

  private static Coefficients model(Family family, int features) {
    VectorLoss loss = family.loss(3, DELTA);
    ModelShape shape = new ModelShape(features, true, loss.outputs());
    return new Coefficients(shape, new Random(8L).doubles(shape.size(), -1.0, 1.0).toArray());
  }

  private static double[] sums(Family family, Table table) {
    MetricSums metrics = metrics(family);
    double[] sums = new double[metrics.length()];
    metrics.add(table.examples(), model(family, table.features()), sums, 0);
    return sums;
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void add_workersOneByOne_isTheSumOfThePooledRows(Family family) {
    Table table = Table.random(2L, 60, 2, family).withWeights(new Random(3L).doubles(60).toArray());
    MetricSums metrics = metrics(family);
    double[] byWorker = new double[metrics.length() + 3];
    for (int from = 0; from < 60; from += 20) {
      Table own = table.slice(from, from + 20);
      metrics.add(own.examples(), model(family, 2), byWorker, 3);
    }
    double[] pooled = sums(family, table);

    Map<String, Double> expected = metrics.metrics(pooled, 0);
    Map<String, Double> actual = metrics.metrics(byWorker, 3);
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach(
        (name, value) -> assertEquals(value, actual.get(name), 1e-12 * Math.abs(value), name));
    assertArrayEquals(new double[3], Arrays.copyOf(byWorker, 3));
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void meanLoss_anyRows_isTheObjectiveWithoutPenalty(Family family) {
    Table table = Table.random(4L, 30, 2, family).withWeights(new Random(3L).doubles(30).toArray());
    Coefficients model = model(family, 2);
    LinearObjective objective =
        new LinearObjective(
            family.loss(3, DELTA),
            table.examples(),
            model.shape(),
            Scaling.identity(model.shape()),
            0.0,
            Reduction.MEAN);

    assertEquals(
        objective.value(model.values()), metrics(family).meanLoss(sums(family, table), 0), 1e-12);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void metrics_noRows_areEmpty(Family family) {
    MetricSums metrics = metrics(family);

    assertTrue(metrics.metrics(new double[metrics.length()], 0).isEmpty());
  }

  /**
   * Predicted 0, 0, 1, 1, 0 for the labels 0, 0, 1, 0, 1 with weights 1, 1, 1, 2, 1; class 2 does
   * not occur.
   */
  @Test
  void softmax_byHand_areTheMacroAverages() {
    ModelShape shape = new ModelShape(1, false, 3);
    Coefficients model = new Coefficients(shape, new double[] {-1.0, 1.0, 0.0});
    Table table =
        Table.of(
                new double[][] {{-2.0}, {-1.0}, {2.0}, {3.0}, {-3.0}},
                new double[] {0.0, 0.0, 1.0, 0.0, 1.0})
            .withWeights(1.0, 1.0, 1.0, 2.0, 1.0);
    MetricSums metrics = metrics(Family.SOFTMAX);
    double[] sums = new double[metrics.length()];
    metrics.add(table.examples(), model, sums, 0);

    Map<String, Double> actual = metrics.metrics(sums, 0);

    assertEquals(
        List.of("rows", "logLoss", "accuracy", "macroPrecision", "macroRecall"),
        List.copyOf(actual.keySet()));
    assertEquals(6.0, actual.get("rows"));
    assertEquals(3.0 / 6.0, actual.get("accuracy"), 1e-15);
    assertEquals((2.0 / 3.0 + 1.0 / 3.0) / 2.0, actual.get("macroPrecision"), 1e-15);
    assertEquals((2.0 / 4.0 + 1.0 / 2.0) / 2.0, actual.get("macroRecall"), 1e-15);
  }

  /** Scores 2, 0.5, -1, 1 for the labels 1, 1, 1, 0. */
  @Test
  void svm_byHand_areTheHingeLossAndTheClasses() {
    Table table =
        Table.of(new double[][] {{2.0}, {0.5}, {-1.0}, {1.0}}, new double[] {1.0, 1.0, 1.0, 0.0});
    Coefficients model = new Coefficients(new ModelShape(1, false), new double[] {1.0});

    assertEquals(
        Map.of(
            "rows", 4.0,
            "hingeLoss", (0.0 + 0.5 + 2.0 + 2.0) / 4.0,
            "accuracy", 0.5,
            "precision", 2.0 / 3.0,
            "recall", 2.0 / 3.0),
        of(Family.SVM, table, model));
    assertEquals(
        (0.0 + 0.25 + 4.0 + 4.0) / 4.0,
        of(Family.SQUARED_HINGE, table, model).get("squaredHingeLoss"));
  }

  /** Means 1 and e for the labels 0 and 2: deviances 2 and 2 (2 log(2/e) - 2 + e). */
  @Test
  void poisson_byHand_isTheDeviance() {
    Table table = Table.of(new double[][] {{0.0}, {1.0}}, new double[] {0.0, 2.0});
    Coefficients model = new Coefficients(new ModelShape(1, false), new double[] {1.0});

    Map<String, Double> actual = of(Family.POISSON, table, model);

    double deviance = 2.0 + 2.0 * (2.0 * (Math.log(2.0) - 1.0) - 2.0 + Math.E);
    assertEquals(deviance, actual.get("deviance"), 1e-14);
    assertEquals(deviance / 2.0, actual.get("meanDeviance"), 1e-14);
    assertEquals((1.0 + Math.E - 2.0) / 2.0, actual.get("mae"), 1e-15);
    double squares = 1.0 + (Math.E - 2.0) * (Math.E - 2.0);
    assertEquals(Math.sqrt(squares / 2.0), actual.get("rmse"), 1e-15);
  }

  /** Means 1 and e for the labels 3 and 1: deviances 2 (2 - log 3) and 2 ((1 - e)/e + 1). */
  @Test
  void gamma_byHand_isTheDeviance() {
    Table table = Table.of(new double[][] {{0.0}, {1.0}}, new double[] {3.0, 1.0});
    Coefficients model = new Coefficients(new ModelShape(1, false), new double[] {1.0});

    double deviance = 2.0 * (2.0 - Math.log(3.0)) + 2.0 * ((1.0 - Math.E) / Math.E + 1.0);
    assertEquals(deviance, of(Family.GAMMA, table, model).get("deviance"), 1e-14);
  }

  /** Residuals -0.5 and 3, delta 1. */
  @Test
  void huber_byHand_isTheHuberLossBesideTheErrors() {
    Table table = Table.of(new double[][] {{1.0}, {2.0}}, new double[] {1.5, -1.0});
    Coefficients model = new Coefficients(new ModelShape(1, false), new double[] {1.0});

    Map<String, Double> actual = of(Family.HUBER, table, model);

    assertEquals((0.125 + 2.5) / 2.0, actual.get("huberLoss"));
    assertEquals((0.25 + 9.0) / 2.0, actual.get("meanSquaredError"));
    assertEquals(1.75, actual.get("mae"));
  }

  private static Map<String, Double> of(Family family, Table table, Coefficients model) {
    MetricSums metrics = metrics(family);
    double[] sums = new double[metrics.length()];
    metrics.add(table.examples(), model, sums, 0);
    return metrics.metrics(sums, 0);
  }
}
