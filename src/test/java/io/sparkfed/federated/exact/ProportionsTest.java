package io.sparkfed.federated.exact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.server.Newton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shares of successes among numbers of trials, against statsmodels and against single trials. */
final class ProportionsTest {
  private static final Path GOLDEN = Path.of("src/test/resources/io/sparkfed/federated/exact");
  private static final int WORKERS = 3;

  /** A row: two features, an offset, trials, the share of successes. */
  private static List<double[]> rows() throws IOException {
    return Files.readAllLines(GOLDEN.resolve("proportions.csv")).stream()
        .skip(1)
        .map(line -> Arrays.stream(line.split(",")).mapToDouble(Double::parseDouble).toArray())
        .toList();
  }

  private static FitStatistics statistics(PlanBuilder plan, List<double[]> rows) {
    Map<String, Shard> shards = new TreeMap<>();
    for (int k = 0; k < WORKERS; k++) {
      ShardBuilder builder = new ShardBuilder("w" + k, 2);
      for (int i = k; i < rows.size(); i += WORKERS) {
        double[] row = rows.get(i);
        builder.addDense(new double[] {row[0], row[1]}, row[4], row[3], row[2], Part.TRAIN);
      }
      shards.put("w" + k, builder.build(0.0, 1L, false, new ModelShape(2, true)));
    }
    return plan.family(Family.LOGISTIC)
        .features(2)
        .rounds(50)
        .optimizer(new Newton(1e-13))
        .train(new InProcessFederation<>(shards))
        .statistics()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "offset"})
  void statistics_ofProportions_areThoseOfStatsmodels(String which) throws IOException {
    Map<String, Double> golden = new HashMap<>();
    for (String line : Files.readAllLines(GOLDEN.resolve("proportions_golden.csv"))) {
      String[] cells = line.split(",", -1);
      if (cells[0].equals(which)) {
        golden.put(cells[1], Double.parseDouble(cells[2]));
      }
    }
    List<double[]> rows = rows();
    if (which.equals("plain")) {
      rows.forEach(row -> row[2] = 0.0);
    }

    FitStatistics fit = statistics(new PlanBuilder().ofTrials(), rows);

    close(golden.get("deviance"), fit.deviance());
    close(golden.get("nullDeviance"), fit.nullDeviance());
    close(golden.get("logLikelihood"), fit.logLikelihood());
    close(golden.get("aic"), fit.aic());
    assertEquals(golden.get("residualDegrees"), fit.residualDegrees());
    assertEquals(golden.get("nullDegrees"), fit.nullDegrees());
    assertEquals("z", fit.test());
    String[] names = {"x1", "x2", "(Intercept)"};
    for (int j = 0; j < names.length; j++) {
      FitStatistics.Coefficient c = fit.coefficients().get(j);
      close(golden.get("estimate " + names[j]), c.estimate());
      close(golden.get("error " + names[j]), c.standardError());
      assertEquals(golden.get("p " + names[j]), c.pValue(), 1e-10);
    }
  }

  /** The likelihood of single trials has no orders to count, and is otherwise the same. */
  @Test
  void statistics_ofProportions_areThoseOfTheirTrials() throws IOException {
    List<double[]> rows = rows();
    List<double[]> trials = new ArrayList<>();
    for (double[] row : rows) {
      for (int t = 0; t < row[3]; t++) {
        double label = t < Math.rint(row[3] * row[4]) ? 1.0 : 0.0;
        trials.add(new double[] {row[0], row[1], row[2], 1.0, label});
      }
    }

    FitStatistics grouped = statistics(new PlanBuilder().ofTrials(), rows);
    FitStatistics single = statistics(new PlanBuilder(), trials);

    for (int j = 0; j < 3; j++) {
      close(single.coefficients().get(j).estimate(), grouped.coefficients().get(j).estimate());
      close(
          single.coefficients().get(j).standardError(),
          grouped.coefficients().get(j).standardError());
    }
    close(single.nullDeviance() - single.deviance(), grouped.nullDeviance() - grouped.deviance());
    assertEquals(trials.size(), single.rows());
    assertEquals(44.0, grouped.rows());
    close(-0.5 * single.deviance(), single.logLikelihood());
  }

  private static void close(double expected, double actual) {
    assertEquals(expected, actual, 1e-9 * Math.abs(expected));
  }
}
