package io.sparkfed.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.loss.VectorLoss;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.testing.FiniteDifferences;
import io.sparkfed.testing.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinearObjectiveTest {

  private static final double[] MEANS = {0.5, -1.0, 2.0};
  private static final double[] DEVIATIONS = {2.0, 0.5, 3.0};

  /** One setting of everything an objective depends on. */
  record Setting(Family family, Reduction reduction, double l2, boolean intercept, boolean scaled) {
    LinearObjective over(Table table) {
      return over(table, Anchor.NONE);
    }

    LinearObjective over(Table table, Anchor anchor) {
      return new LinearObjective(
          loss(), table.examples(), shape(), scaling(), new Penalty(l1(), l2), reduction, anchor);
    }

    VectorLoss loss() {
      return family.loss(3, 0.9);
    }

    /** An elastic net, or no penalty at all. */
    double l1() {
      return l2 / 2.0;
    }

    ModelShape shape() {
      return new ModelShape(3, intercept, loss().outputs());
    }

    Scaling scaling() {
      return scaled ? Scaling.standardize(shape(), MEANS, DEVIATIONS) : Scaling.identity(shape());
    }

    Table weightedRows() {
      return Table.random(6L, 20, 3, family)
          .withWeights(new Random(5L).doubles(20, 0.0, 3.0).toArray());
    }

    double[] model() {
      double[] model = {0.4, -0.8, 0.1, 1.2, -0.3, 0.5, 0.7, -1.1, 0.2, 0.9, -0.6, 0.15};
      return Arrays.copyOf(model, shape().size());
    }

    /** The part of the objective that has no gradient at 0. */
    double lasso(double[] w) {
      return l1() * Arrays.stream(w).limit(shape().weightCount()).map(Math::abs).sum();
    }
  }

  static Stream<Setting> settings() {
    List<Setting> settings = new ArrayList<>();
    for (Family family : Family.values()) {
      for (Reduction reduction : Reduction.values()) {
        for (double l2 : new double[] {0.0, 0.7}) {
          for (boolean intercept : new boolean[] {true, false}) {
            for (boolean scaled : new boolean[] {true, false}) {
              settings.add(new Setting(family, reduction, l2, intercept, scaled));
            }
          }
        }
      }
    }
    return settings.stream();
  }

  @ParameterizedTest
  @MethodSource("settings")
  void gradient_anySetting_isTheSlopeOfTheValue(Setting setting) {
    LinearObjective objective = setting.over(setting.weightedRows());
    double[] gradient = new double[setting.shape().size()];

    objective.gradient(setting.model(), gradient);

    // The error of a central difference grows with the function.
    double size = Math.max(1.0, Arrays.stream(gradient).map(Math::abs).max().orElseThrow() / 100.0);
    assertArrayEquals(
        FiniteDifferences.gradient(w -> objective.value(w) - setting.lasso(w), setting.model()),
        gradient,
        2e-7 * size);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void valueAndGradient_anySetting_areTheSmoothValueAndTheGradient(Setting setting) {
    LinearObjective objective = setting.over(setting.weightedRows());
    double[] expected = new double[setting.shape().size()];
    double[] actual = new double[setting.shape().size()];
    objective.gradient(setting.model(), expected);

    double value = objective.valueAndGradient(setting.model(), actual);

    assertArrayEquals(expected, actual);
    double smooth = objective.value(setting.model()) - setting.lasso(setting.model());
    assertEquals(smooth, value, 1e-13 * Math.abs(smooth));
  }

  /** Sums over shards are the pooled sums: the data term of each, and the penalty once. */
  @ParameterizedTest
  @EnumSource(Family.class)
  void valueAndGradient_sumOverShards_isThePooled(Family family) {
    Setting setting = new Setting(family, Reduction.SUM, 0.0, true, true);
    Table table = setting.weightedRows();
    double[] sum = new double[setting.shape().size()];
    double value = 0.0;
    double[] own = new double[sum.length];
    for (int from : new int[] {0, 5, 10, 15}) {
      value += setting.over(table.slice(from, from + 5)).valueAndGradient(setting.model(), own);
      for (int j = 0; j < own.length; j++) {
        sum[j] += own[j];
      }
    }

    assertEquals(setting.over(table).valueAndGradient(setting.model(), own), value, 1e-12 * value);
    assertArrayEquals(own, sum, 1e-11);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void value_offset_isAKnownPartOfTheScore(Family family) {
    Setting setting = new Setting(family, Reduction.MEAN, 0.0, true, false);
    Table table = setting.weightedRows();
    double[] offsets = table.column(1);
    double[] model = setting.model();
    double[] shifted = model.clone();
    // Column 1 as an offset is column 1 with a weight larger by 1, in every output.
    for (int k = 0; k < setting.shape().outputs(); k++) {
      shifted[setting.shape().weightsFrom(k) + 1] += 1.0;
    }
    LinearObjective without = setting.over(table);
    LinearObjective with =
        new LinearObjective(
            setting.loss(),
            table.examples(offsets),
            setting.shape(),
            setting.scaling(),
            0.0,
            Reduction.MEAN);

    assertEquals(without.value(shifted), with.value(model), 1e-12);
    double[] expected = new double[model.length];
    double[] actual = new double[model.length];
    without.gradient(shifted, expected);
    with.gradient(model, actual);
    assertArrayEquals(expected, actual, 1e-12);
  }

  /** The L1 that batches carry adds up to the whole under SUM, and is all of it under MEAN. */
  @Test
  void l1_ofBatches_addsUpUnderSum() {
    int[] order = IntStream.range(0, 20).toArray();
    Setting sum = new Setting(Family.LINEAR, Reduction.SUM, 0.7, true, false);
    LinearObjective objective = sum.over(sum.weightedRows());
    Setting mean = new Setting(Family.LINEAR, Reduction.MEAN, 0.7, true, false);

    assertEquals(0.35, objective.l1());
    assertEquals(0.35, objective.l1(order, 0, 6) + objective.l1(order, 6, 20), 1e-15);
    assertEquals(0.35, mean.over(mean.weightedRows()).l1(order, 0, 6));
    assertEquals(3, objective.penalised());
  }

  @Test
  void constructor_otherNumberOfOutputs_isRefused() {
    Table table = Table.of(new double[][] {{0.0, 0.0}}, new double[1]);
    ModelShape shape = new ModelShape(2, true, 3);

    assertThrows(
        IllegalArgumentException.class,
        () ->
            new LinearObjective(
                Family.LINEAR.loss(),
                table.examples(),
                shape,
                Scaling.identity(shape),
                0.0,
                Reduction.SUM));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void value_wholeWeights_areCopiesOfTheirRows(Setting setting) {
    Table table = Table.random(7L, 4, 3, setting.family());
    LinearObjective copies = setting.over(table.select(0, 2, 2, 3, 3, 3));
    LinearObjective weighted = setting.over(table.withWeights(1, 0, 2, 3));

    assertEquals(copies.value(setting.model()), weighted.value(setting.model()), 1e-12);
    double[] expected = new double[setting.shape().size()];
    double[] actual = new double[setting.shape().size()];
    copies.gradient(setting.model(), expected);
    weighted.gradient(setting.model(), actual);
    assertArrayEquals(expected, actual, 1e-12);
  }

  /** An epoch of batches, whatever the order, adds up to one full gradient, penalty included. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 20})
  void gradient_batchesUnderSum_addUpToTheWhole(int batchSize) {
    for (Family family : Family.values()) {
      Setting setting = new Setting(family, Reduction.SUM, 0.7, true, true);
      LinearObjective objective = setting.over(setting.weightedRows());
      int size = setting.shape().size();
      double[] whole = new double[size];
      objective.gradient(setting.model(), whole);
      int[] order = IntStream.range(0, 20).map(i -> (7 * i + 3) % 20).toArray();
      double[] sum = new double[size];
      double[] batch = new double[size];
      for (int from = 0; from < 20; from += batchSize) {
        objective.gradient(setting.model(), order, from, Math.min(20, from + batchSize), batch);
        for (int j = 0; j < size; j++) {
          sum[j] += batch[j];
        }
      }

      assertArrayEquals(whole, sum, 1e-11);
    }
  }

  @Test
  void gradient_batchUnderMean_isThatOfTheBatchAlone() {
    Setting setting = new Setting(Family.LOGISTIC, Reduction.MEAN, 0.7, true, false);
    Table table = Table.random(7L, 6, 3, Family.LOGISTIC);
    LinearObjective objective = setting.over(table);
    double[] whole = new double[4];
    double[] batch = new double[4];
    double[] sum = new double[4];
    objective.gradient(setting.model(), whole);
    // Three batches of two rows: their mean is the mean over all six.
    for (int from = 0; from < 6; from += 2) {
      objective.gradient(setting.model(), new int[] {0, 1, 2, 3, 4, 5}, from, from + 2, batch);
      for (int j = 0; j < 4; j++) {
        sum[j] += batch[j] / 3.0;
      }
    }

    assertArrayEquals(whole, sum, 1e-13);
  }

  /** Two rows by hand: residuals 1 and -2, sum of squares 5, penalty 3 (1/2)(0.5² + 0²). */
  @Test
  void value_twoRowsByHand_isTheSumAndTheMean() {
    Table table = Table.of(new double[][] {{2.0, 0.0}, {0.0, 1.0}}, new double[] {1.0, 3.0});
    double[] model = {0.5, 0.0, 1.0};

    assertEquals(5.0 + 0.375, linear(table, Reduction.SUM, 3.0).value(model), 1e-15);
    assertEquals(2.5 + 0.375, linear(table, Reduction.MEAN, 3.0).value(model), 1e-15);
    double[] gradient = new double[3];
    linear(table, Reduction.SUM, 3.0).gradient(model, gradient);
    assertArrayEquals(new double[] {4.0 + 1.5, -4.0, -2.0}, gradient, 1e-15);
  }

  @Test
  void gradient_onlyTheIntercept_isNotPenalised() {
    Table table = Table.of(new double[][] {{0.0, 0.0}}, new double[] {10.0});
    double[] gradient = new double[3];

    linear(table, Reduction.MEAN, 100.0).gradient(new double[] {0.0, 0.0, 10.0}, gradient);

    assertArrayEquals(new double[3], gradient);
  }

  @ParameterizedTest
  @EnumSource(Reduction.class)
  void gradient_anyModel_overwritesTheOutput(Reduction reduction) {
    Setting setting = new Setting(Family.LINEAR, reduction, 0.7, true, true);
    double[] once = new double[4];
    double[] dirty = {1e6, Double.NaN, -1e6, 3.0};
    LinearObjective objective = setting.over(setting.weightedRows());
    objective.gradient(setting.model(), once);
    objective.gradient(setting.model(), dirty);

    assertArrayEquals(once, dirty);
  }

  @ParameterizedTest
  @EnumSource(Reduction.class)
  void gradient_noRows_isFinite(Reduction reduction) {
    Table none = new Table(new double[][] {{0.0, 0.0}}, new double[1], new double[1]);
    double[] gradient = new double[3];

    linear(none, reduction, 0.0).gradient(new double[] {1.0, 2.0, 3.0}, gradient);

    assertArrayEquals(new double[3], gradient);
    assertEquals(0.0, linear(none, reduction, 0.0).value(new double[] {1.0, 2.0, 3.0}));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, Double.NaN, Double.POSITIVE_INFINITY})
  void constructor_penaltyOutOfRange_isRefusedWithTheValue(double l2) {
    Table table = Table.of(new double[][] {{0.0, 0.0}}, new double[1]);
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> linear(table, Reduction.SUM, l2));

    assertEquals("l2 must be >= 0 and finite. Provided value: " + l2, refused.getMessage());
  }

  @Test
  void constructor_otherWidth_isRefused() {
    Table wide = Table.of(new double[][] {{0.0, 0.0, 0.0}}, new double[1]);

    assertThrows(IllegalArgumentException.class, () -> linear(wide, Reduction.SUM, 0.0));
  }

  private static LinearObjective linear(Table table, Reduction reduction, double l2) {
    ModelShape shape = new ModelShape(2, true);
    return new LinearObjective(
        Family.LINEAR.loss(), table.examples(), shape, Scaling.identity(shape), l2, reduction);
  }
}
