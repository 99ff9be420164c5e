package io.sparkfed.federated.exact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.server.Lbfgs;
import io.sparkfed.server.Newton;
import io.sparkfed.solver.LocalLbfgs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Offsets far from 0, against statsmodels (offsets.py beside the files). */
class OffsetsTest {
  private static final List<String[]> ROWS = rows();

  private static List<String[]> rows() {
    try (InputStream in = OffsetsTest.class.getResourceAsStream("offsets-rows.csv")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .skip(1)
          .map(line -> line.split(","))
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Federation<Shard> federation(String name) {
    Map<String, ShardBuilder> builders = new TreeMap<>();
    for (String[] row : ROWS) {
      if (row[0].equals(name)) {
        builders
            .computeIfAbsent(row[1], worker -> new ShardBuilder(worker, 1))
            .addDense(
                new double[] {Double.parseDouble(row[2])},
                Double.parseDouble(row[3]),
                1.0,
                Double.parseDouble(row[4]),
                Part.TRAIN);
      }
    }
    Map<String, Shard> shards = new TreeMap<>();
    builders.forEach(
        (worker, builder) ->
            shards.put(worker, builder.build(0.0, 1L, false, new ModelShape(1, true))));
    return new InProcessFederation<>(shards);
  }

  @ParameterizedTest
  @CsvFileSource(resources = "offsets.csv", numLinesToSkip = 1)
  void train_offsetsFarFromZero_isTheFitOfStatsmodels(
      String name,
      Family family,
      double x,
      double intercept,
      double errorOfX,
      double deviance,
      double nullDeviance) {
    for (PlanBuilder plan :
        List.of(
            new PlanBuilder().optimizer(new Newton(1e-12)),
            new PlanBuilder().warmStart(new LocalLbfgs(3, 1e-6, 10)).optimizer(new Newton(1e-12)),
            new PlanBuilder().optimizer(new Lbfgs(10, 1e-11)),
            new PlanBuilder().preconditioned().optimizer(new Lbfgs(10, 1e-11)))) {
      TrainingResult result = plan.family(family).features(1).rounds(200).train(federation(name));

      assertTrue(result.divergence().isEmpty(), () -> name + result.divergence());
      assertEquals(x, result.model().values()[0], 1e-6);
      assertEquals(intercept, result.model().values()[1], 1e-6 * Math.abs(intercept));
      FitStatistics statistics = result.statistics().orElseThrow();
      assertEquals(errorOfX, statistics.coefficients().get(0).standardError(), 1e-6);
      assertEquals(deviance, statistics.deviance(), 1e-7 * deviance);
      assertEquals(nullDeviance, statistics.nullDeviance(), 1e-7 * nullDeviance);
      assertEquals(1.0 - deviance / nullDeviance, statistics.r2(), 1e-7);
    }
  }
}
