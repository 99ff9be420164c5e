package io.sparkfed.federated.exact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.math.Vectors;
import io.sparkfed.model.Family;
import io.sparkfed.model.Standardize;
import io.sparkfed.server.ExactOptimizer;
import io.sparkfed.server.Newton;
import io.sparkfed.server.PointEvaluation;
import io.sparkfed.server.SavedSearch;
import io.sparkfed.server.Search;
import io.sparkfed.testing.Table;
import io.sparkfed.testing.TestData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Federated Newton at four hospitals against the figures that NVFlare publishes for its example
 * hello-lr: each hospital standardizes its columns by its own training rows, the intercept is a
 * column, and four steps {@code theta += (X'DX + I)^-1 X'(y - p)} are taken from 0.
 */
class HospitalsNewtonTest {
  private static final int FEATURES = 13;
  private static final List<String> HOSPITALS =
      List.of("cleveland", "hungarian", "switzerland", "va");
  private static final double[] ACCURACY = {0.75, 0.752809, 0.75, 0.60};
  private static final double[] PRECISION = {0.711538, 0.612245, 1.0, 0.904762};

  /** The four steps of the example, with secure sums for what its clients send. */
  private record FourDampedSteps(double rows) implements ExactOptimizer {
    @Override
    public boolean needsHessian() {
      return true;
    }

    @Override
    public Search begin(double[] start, double[] l1) {
      return new Damped(rows, start, 4);
    }

    @Override
    public Search restore(SavedSearch saved, double[] l1) {
      return new Damped(rows, saved.values().get("point"), (int) saved.values().get("steps")[0]);
    }
  }

  private record Damped(double rows, double[] point, int steps) implements Search {
    @Override
    public double[] best() {
      return point;
    }

    @Override
    public Search next(PointEvaluation at) {
      double[] ones = new double[point.length];
      Arrays.fill(ones, 1.0);
      double[] step =
          at.hessian().orElseThrow().times(rows).plusDiagonal(ones).cholesky().solve(at.gradient());
      double[] next = point.clone();
      Vectors.addScaled(-rows, step, 0, next, next.length);
      return steps == 1 ? new Ended(next, Ending.CONVERGED) : new Damped(rows, next, steps - 1);
    }

    @Override
    public SavedSearch saved() {
      return new SavedSearch("damped", Map.of("point", point, "steps", new double[] {steps}));
    }

    @Override
    public Optional<Ending> ending() {
      return Optional.empty();
    }
  }

  @Test
  void fourPublishedSteps_giveTheEightPublishedFigures() {
    double[] model =
        new PlanBuilder()
            .family(Family.LOGISTIC)
            .features(FEATURES + 1)
            .withoutIntercept()
            .standardize(Standardize.WORKER)
            .rounds(4)
            .optimizer(new FourDampedSteps(486.0))
            .train(trainingRows(true))
            .model()
            .values();

    assertPublished(model);
  }

  @Test
  void newtonsOptimum_hasThePublishedDevianceAndTheEightFigures() {
    TrainingResult result =
        new PlanBuilder()
            .family(Family.LOGISTIC)
            .features(FEATURES)
            .rounds(50)
            .optimizer(new Newton(1e-12))
            .train(trainingRows(false));

    assertTrue(result.divergence().isEmpty());
    assertEquals(473.06551009, result.statistics().orElseThrow().deviance(), 1e-8);
    assertPublished(result.model().values());
  }

  private static void assertPublished(double[] model) {
    for (int h = 0; h < HOSPITALS.size(); h++) {
      Table test = standardized(HOSPITALS.get(h), "test");
      int right = 0;
      int positives = 0;
      int truePositives = 0;
      for (int i = 0; i < test.rows(); i++) {
        double score = model[FEATURES];
        for (int j = 0; j < FEATURES; j++) {
          score += model[j] * test.x()[i][j];
        }
        boolean predicted = score > 0.0;
        boolean positive = test.y()[i] > 0.5;
        right += predicted == positive ? 1 : 0;
        positives += predicted ? 1 : 0;
        truePositives += predicted && positive ? 1 : 0;
      }
      assertEquals(ACCURACY[h], (double) right / test.rows(), 5e-7, HOSPITALS.get(h));
      assertEquals(PRECISION[h], (double) truePositives / positives, 5e-7, HOSPITALS.get(h));
    }
  }

  /** With a column of ones after the features, or without. */
  private static Map<String, Table> trainingRows(boolean ones) {
    Map<String, Table> workers = new TreeMap<>();
    for (String hospital : HOSPITALS) {
      Table table = standardized(hospital, "train");
      double[][] x =
          Arrays.stream(table.x())
              .map(
                  row -> {
                    double[] wide = Arrays.copyOf(row, FEATURES + (ones ? 1 : 0));
                    if (ones) {
                      wide[FEATURES] = 1.0;
                    }
                    return wide;
                  })
              .toArray(double[][]::new);
      workers.put(hospital, Table.of(x, table.y()));
    }
    return workers;
  }

  /**
   * {@code (x - m) / (s + 1e-9)} with mean and sample deviation of the hospital's training rows.
   */
  private static Table standardized(String hospital, String split) {
    Table train = rows(hospital, "train");
    Table table = rows(hospital, split);
    double[] means = new double[FEATURES];
    double[] deviations = new double[FEATURES];
    for (int j = 0; j < FEATURES; j++) {
      double[] column = train.column(j);
      means[j] = Arrays.stream(column).sum() / column.length;
      double squares = 0.0;
      for (double value : column) {
        squares += (value - means[j]) * (value - means[j]);
      }
      deviations[j] = Math.sqrt(squares / (column.length - 1.0)) + 1e-9;
    }
    return table.standardized(means, deviations);
  }

  private static Table rows(String hospital, String split) {
    List<double[]> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (Map<String, String> row : TestData.csv("fed-heart-disease/flamby_split.csv")) {
      if (!row.get("center").equals(hospital) || !row.get("split").equals(split)) {
        continue;
      }
      double cp = number(row, "cp");
      double ecg = number(row, "restecg");
      x.add(
          new double[] {
            number(row, "age"),
            number(row, "sex"),
            number(row, "trestbps"),
            number(row, "chol"),
            number(row, "fbs"),
            number(row, "thalach"),
            number(row, "exang"),
            number(row, "oldpeak"),
            cp == 2.0 ? 1.0 : 0.0,
            cp == 3.0 ? 1.0 : 0.0,
            cp == 4.0 ? 1.0 : 0.0,
            ecg == 1.0 ? 1.0 : 0.0,
            ecg == 2.0 ? 1.0 : 0.0
          });
      y.add(number(row, "y"));
    }
    return Table.of(
        x.toArray(double[][]::new), y.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static double number(Map<String, String> row, String column) {
    return Double.parseDouble(row.get(column));
  }
}
