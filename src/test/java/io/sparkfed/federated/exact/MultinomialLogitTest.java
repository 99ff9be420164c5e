package io.sparkfed.federated.exact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.model.Family;
import io.sparkfed.server.Lbfgs;
import io.sparkfed.server.Newton;
import io.sparkfed.testing.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Softmax against statsmodels' multinomial logit: coefficients relative to class 0, likelihood. */
final class MultinomialLogitTest {
  private static final Path GOLDEN = Path.of("src/test/resources/io/sparkfed/federated/exact");
  private static final int FEATURES = 2;

  private static Table table() throws IOException {
    List<double[]> rows =
        Files.readAllLines(GOLDEN.resolve("mnlogit.csv")).stream()
            .skip(1)
            .map(line -> Arrays.stream(line.split(",")).mapToDouble(Double::parseDouble).toArray())
            .toList();
    return Table.of(
        rows.stream().map(row -> Arrays.copyOf(row, FEATURES)).toArray(double[][]::new),
        rows.stream().mapToDouble(row -> row[FEATURES]).toArray());
  }

  private static Map<String, Double> golden(String which) throws IOException {
    Map<String, Double> golden = new HashMap<>();
    for (String line : Files.readAllLines(GOLDEN.resolve("mnlogit_golden.csv"))) {
      String[] cells = line.split(",", -1);
      if (cells[0].equals(which)) {
        golden.put(cells[1], Double.parseDouble(cells[2]));
      }
    }
    return golden;
  }

  private static void close(double expected, double actual) {
    assertEquals(expected, actual, 1e-6 * Math.abs(expected));
  }

  @ParameterizedTest
  @CsvSource({"intercept, true", "intercept, false", "none, true", "none, false"})
  void train_threeClasses_isStatsmodelsMultinomialLogit(String which, boolean newton)
      throws IOException {
    boolean hasIntercept = which.equals("intercept");
    PlanBuilder plan =
        new PlanBuilder().family(Family.SOFTMAX).classes(3).features(FEATURES).rounds(500);
    if (!hasIntercept) {
      plan.withoutIntercept();
    }
    TrainingResult result =
        plan.optimizer(newton ? new Newton(1e-13) : new Lbfgs(10, 1e-12))
            .train(PlanBuilder.deal(table()));

    Map<String, Double> golden = golden(which);
    double[] intercepts = hasIntercept ? result.model().intercepts() : new double[3];
    for (int k = 1; k < 3; k++) {
      for (int j = 0; j < FEATURES; j++) {
        close(
            golden.get("estimate " + k + " x" + (j + 1)),
            result.model().weights(k)[j] - result.model().weights(0)[j]);
      }
      if (hasIntercept) {
        close(golden.get("estimate " + k + " (Intercept)"), intercepts[k] - intercepts[0]);
      }
    }
    FitStatistics fit = result.statistics().orElseThrow();
    close(golden.get("logLikelihood"), fit.logLikelihood());
    close(golden.get("aic"), fit.aic());
    if (hasIntercept) {
      close(golden.get("nullDeviance"), fit.nullDeviance());
      close(golden.get("r2"), fit.r2());
    }
  }
}
