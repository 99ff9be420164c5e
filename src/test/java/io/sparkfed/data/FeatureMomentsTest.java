package io.sparkfed.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.testing.Table;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureMomentsTest {

  /** Standardized weight 1 of one feature, intercept 0: in raw units 1/s and -m/s. */
  private static final double[] UNIT = {1.0, 0.0};

  @Test
  void of_manyRows_isTheMeanAndSampleDeviationOfCommonsMath() {
    Table table = Table.random(1L, 200, 4, Family.LINEAR);
    ModelShape shape = new ModelShape(4, true);
    double[] model = {1.0, -2.0, 3.0, 0.5, 0.25};
    double[] means = new double[4];
    double[] deviations = new double[4];
    for (int j = 0; j < 4; j++) {
      DescriptiveStatistics column = new DescriptiveStatistics(table.column(j));
      means[j] = column.getMean();
      deviations[j] = column.getStandardDeviation();
    }

    assertArrayEquals(
        Scaling.standardize(shape, means, deviations).toRaw(model),
        FeatureMoments.of(table.examples(), shape).toRaw(model),
        1e-13);
  }

  /** A mean far above the deviation must not cancel. */
  @Test
  void of_largeMeanSmallDeviation_keepsItsDigits() {
    double[] raw = scalingOf(1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0);

    assertEquals(1.0, raw[0], 1e-12);
  }

  /** Rows in ascending order, far from zero, or with the outlier where the center is taken from. */
  @ParameterizedTest
  @CsvSource({"0, 1, 0, 0", "5, 0.01, 0, 0", "1e6, 1, 0, 0", "0, 1, 1e9, 0", "0, 1, 1e9, 199"})
  void squaredDeviationsFromMeans_awkwardRows_areThoseOfCommonsMath(
      double mean, double deviation, double outlier, int at) {
    for (Storage storage : Storage.values()) {
      double[] column = new Random(9L).doubles(200).map(u -> mean + deviation * u).toArray();
      Arrays.sort(column);
      column[at] += outlier;
      ShardBuilder builder = new ShardBuilder("w", 1, storage);
      for (int i = 0; i < column.length; i++) {
        column[i] = storage.rounded(column[i]);
        builder.addDense(new double[] {column[i]}, 0.0, 1.0, Part.TRAIN);
      }
      DescriptiveStatistics expected = new DescriptiveStatistics(column);
      double[] means = new double[1];

      double[] squares =
          builder
              .build(0.0, 1L, false, new ModelShape(1, true))
              .train()
              .squaredDeviationsFromMeans(means);

      double variance = expected.getVariance() * 199.0;
      assertEquals(expected.getMean(), means[0], 1e-14 * Math.max(1.0, Math.abs(means[0])));
      assertEquals(variance, squares[0], 1e-12 * variance);
    }
  }

  @Test
  void squaredDeviationsFromMeans_weightsAndSparseRows_areThoseOfTwoPasses() {
    Table table = Table.random(2L, 40, 3, Family.LINEAR);
    ShardBuilder sparse = new ShardBuilder("w", 3);
    table.addSparseTo(sparse, Part.TRAIN);
    double[] weights = new Random(4L).doubles(40).toArray();

    for (Examples rows :
        List.of(
            table.withWeights(weights).examples(),
            sparse.build(0.0, 1L, false, new ModelShape(3, true)).train())) {
      double[] expected = FeatureMoments.means(rows.weightedSums(), rows.totalWeight());
      double[] means = new double[3];

      double[] squares = rows.squaredDeviationsFromMeans(means);

      assertArrayEquals(expected, means, 1e-14);
      assertArrayEquals(rows.weightedSquaredDeviations(expected), squares, 1e-12);
    }
  }

  /** As Spark ML's summarizer has it: {@code sum w (x - m)² / (W - sum w² / W)}. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-18, 1e-12, 1e-3, 0.1, 1.0, 3.0, 1e6, 1e12, 1e18})
  void of_weightsOfAnyScale_isTheDeviationOfReliabilityWeights(double scale) {
    double[][] x = {{1.0}, {2.0}, {4.0}, {8.0}};
    double[] weights = Arrays.stream(new double[] {1, 2, 3, 1}).map(w -> w * scale).toArray();
    double mean = (1.0 + 4.0 + 12.0 + 8.0) / 7.0;
    double squares =
        Math.pow(1.0 - mean, 2.0)
            + 2.0 * Math.pow(2.0 - mean, 2.0)
            + 3.0 * Math.pow(4.0 - mean, 2.0)
            + Math.pow(8.0 - mean, 2.0);
    double deviation = Math.sqrt(squares / (7.0 - 15.0 / 7.0));

    double[] raw =
        FeatureMoments.of(
                Table.of(x, new double[4]).withWeights(weights).examples(), new ModelShape(1, true))
            .toRaw(UNIT);

    assertEquals(1.0 / deviation, raw[0], 1e-14);
    assertEquals(-mean / deviation, raw[1], 1e-14);
  }

  /** One row with weight has no deviation, whatever its weight is, nor rounding that looks so. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-18, 0.3, 0.7, 1.0, 1e18})
  void of_oneRowWithWeight_hasNoDeviation(double weight) {
    double[][] x = {{3.1}, {4.7}};
    Examples rows = Table.of(x, new double[2]).withWeights(weight, 0.0).examples();

    assertArrayEquals(new double[2], FeatureMoments.of(rows, new ModelShape(1, true)).toRaw(UNIT));
  }

  @Test
  void of_rowsOfWeightZero_countNothing() {
    Table table = Table.random(2L, 4, 3, Family.LINEAR);
    ModelShape shape = new ModelShape(3, true);
    double[] model = {1.0, 1.0, 1.0, 0.0};

    assertArrayEquals(
        FeatureMoments.of(table.slice(0, 3).examples(), shape).toRaw(model),
        FeatureMoments.of(table.withWeights(1, 1, 1, 0).examples(), shape).toRaw(model),
        1e-13);
  }

  /**
   * The mean of n equal numbers is often not that number in floating point; the deviation left over
   * must not be taken for information, or its factor would be about 1e16.
   */
  @ParameterizedTest
  @CsvSource({
    "0.1, 10",
    "0.1, 1000",
    "1e9, 7",
    "123456.789, 3333",
    "-1e-7, 77",
    "0, 5",
    "5e300, 2"
  })
  void of_constantColumn_getsNoWeight(double value, int n) {
    double[] column = new double[n];
    Arrays.fill(column, value);

    assertArrayEquals(new double[] {0.0, 0.0}, scalingOf(column));
    assertArrayEquals(new double[] {0.0, 0.0}, sparseScalingOf(column));
  }

  /** A sparse column that is present in every row has no absent entries to make up for. */
  @Test
  void of_sparseColumnWithLargeMean_keepsItsDigits() {
    double[] raw = sparseScalingOf(1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0);

    assertEquals(1.0, raw[0], 1e-12);
  }

  @Test
  void of_singleRow_hasNoDeviation() {
    assertArrayEquals(new double[] {0.0, 0.0}, scalingOf(3.0));
  }

  private static double[] scalingOf(double... column) {
    double[][] x = Arrays.stream(column).mapToObj(v -> new double[] {v}).toArray(double[][]::new);
    Examples rows = Table.of(x, new double[column.length]).examples();
    return FeatureMoments.of(rows, new ModelShape(1, true)).toRaw(UNIT);
  }

  /** The same column as the first of four, so that the rows are packed sparse. */
  private static double[] sparseScalingOf(double... column) {
    ShardBuilder builder = new ShardBuilder("w", 4);
    for (double value : column) {
      builder.addSparse(new int[] {0}, new double[] {value}, 0.0, 1.0, Part.TRAIN);
    }
    ModelShape shape = new ModelShape(4, true);
    double[] raw =
        builder.build(0.0, 1L, true, shape).scaling().toRaw(new double[] {1.0, 0.0, 0.0, 0.0, 0.0});
    return new double[] {raw[0], raw[4]};
  }
}
