package io.sparkfed.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;
import org.apache.commons.math3.stat.regression.OLSMultipleLinearRegression;
import org.junit.jupiter.api.Test;

class SyntheticWorkersTest {

  private static final ModelShape SHAPE = new ModelShape(3, true);

  @Test
  void generate_sameSeedAndWorker_givesTheSameRows() {
    Examples once = rows(new SyntheticWorkers(3, 50, 0.5, 0.5, Family.LINEAR, 1L), "worker-1");
    Examples again = rows(new SyntheticWorkers(3, 50, 0.5, 0.5, Family.LINEAR, 1L), "worker-1");

    assertArrayEquals(labels(once), labels(again));
    assertArrayEquals(once.weightedSums(), again.weightedSums());
  }

  @Test
  void generate_otherSeedOrWorker_givesOtherRows() {
    SyntheticWorkers workers = new SyntheticWorkers(3, 50, 0.5, 0.5, Family.LINEAR, 1L);
    double first = rows(workers, "worker-1").weightedSums()[0];

    assertNotEquals(first, rows(workers, "worker-2").weightedSums()[0]);
    assertNotEquals(
        first,
        rows(new SyntheticWorkers(3, 50, 0.5, 0.5, Family.LINEAR, 2L), "worker-1")
            .weightedSums()[0]);
  }

  /** Without model skew, least squares finds one true model at every worker. */
  @Test
  void generate_noModelSkew_givesAllWorkersOneModel() {
    SyntheticWorkers workers = new SyntheticWorkers(3, 5000, 0.0, 1.0, Family.LINEAR, 1L);

    // Noise 0.5, feature deviations from 1 down to 0.52, at least 1000 rows: 0.03 for one error.
    assertArrayEquals(
        leastSquares(rows(workers, "worker-1")), leastSquares(rows(workers, "worker-2")), 0.2);
  }

  @Test
  void generate_modelSkew_givesEachWorkerItsOwnModel() {
    SyntheticWorkers workers = new SyntheticWorkers(3, 5000, 2.0, 0.0, Family.LINEAR, 1L);
    double[] one = leastSquares(rows(workers, "worker-1"));
    double[] two = leastSquares(rows(workers, "worker-2"));

    double distance =
        Math.sqrt(
            IntStream.range(0, 4).mapToDouble(j -> (one[j] - two[j]) * (one[j] - two[j])).sum());
    assertTrue(distance > 0.8, "distance " + distance);
  }

  @Test
  void generate_featureSkew_spreadsTheWorkersMeans() {
    double[] without = means(0.0);
    double[] with = means(3.0);

    // 200 workers' means of the first feature: deviation 3, give or take 5 percent.
    assertTrue(new DescriptiveStatistics(without).getStandardDeviation() < 0.2);
    assertEquals(3.0, new DescriptiveStatistics(with).getStandardDeviation(), 0.5);
  }

  @Test
  void generate_anySize_isLogNormalAroundTheMean() {
    SyntheticWorkers workers = new SyntheticWorkers(1, 100, 0.0, 0.0, Family.LINEAR, 1L);
    DescriptiveStatistics sizes = new DescriptiveStatistics();
    for (String worker : SyntheticWorkers.ids(1000)) {
      sizes.addValue(rows(workers, worker).rows());
    }

    // Log-normal with spread 0.5: mean 100, deviation 100 sqrt(e^0.25 - 1) = 53.3.
    assertEquals(100.0, sizes.getMean(), 7.0);
    assertEquals(53.3, sizes.getStandardDeviation(), 8.0);
    assertTrue(sizes.getMin() >= 1.0);
  }

  @Test
  void generate_logistic_givesBothClassesAndNothingElse() {
    double[] labels =
        labels(rows(new SyntheticWorkers(3, 500, 0.0, 0.0, Family.LOGISTIC, 1L), "worker-1"));

    assertArrayEquals(new double[] {0.0, 1.0}, Arrays.stream(labels).distinct().toArray());
  }

  @Test
  void ids_anyCount_sortByNumber() {
    List<String> ids = SyntheticWorkers.ids(12);

    assertEquals("worker-01", ids.get(0));
    assertEquals("worker-12", ids.get(11));
    assertEquals(ids.stream().sorted().toList(), ids);
  }

  private static double[] means(double featureSkew) {
    SyntheticWorkers workers = new SyntheticWorkers(3, 200, 0.0, featureSkew, Family.LINEAR, 1L);
    return SyntheticWorkers.ids(200).stream()
        .map(worker -> rows(workers, worker))
        .mapToDouble(rows -> rows.weightedSums()[0] / rows.rows())
        .toArray();
  }

  private static double[] leastSquares(Examples rows) {
    double[][] x = new double[rows.rows()][3];
    for (int i = 0; i < x.length; i++) {
      rows.addScaled(i, 1.0, x[i]);
    }
    OLSMultipleLinearRegression regression = new OLSMultipleLinearRegression();
    regression.newSampleData(labels(rows), x);
    return regression.estimateRegressionParameters();
  }

  private static Examples rows(SyntheticWorkers workers, String worker) {
    ShardBuilder builder = new ShardBuilder(worker, workers.features());
    workers.generate(worker, builder);
    ModelShape shape = new ModelShape(workers.features(), SHAPE.hasIntercept());
    return builder.build(0.0, 1L, false, shape).train();
  }

  private static double[] labels(Examples rows) {
    return IntStream.range(0, rows.rows()).mapToDouble(rows::label).toArray();
  }
}
