package io.sparkfed.federated.averaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Standardize;
import io.sparkfed.server.ExactOptimizer;
import io.sparkfed.server.Lbfgs;
import io.sparkfed.server.Newton;
import io.sparkfed.testing.InKeys;
import io.sparkfed.testing.TestData;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The data set a9a: 32,561 sparse rows with 123 columns, and its published optimum. */
class CensusIncomeTest {
  private static final int COLUMNS = 123;
  private static final int ROWS = 32_561;

  /**
   * Sum of logistic losses + 0.5 |w|², where the bias is a column like any other. The levels'
   * columns add up to it, so that without a preconditioner nobody knows how flat the objective is.
   */
  @Test
  void ridgeWithThePenalisedBias_hasThePublishedObjective() {
    Federation<Shard> workers = workers(20);
    for (ExactOptimizer optimizer : List.of(new Lbfgs(10, 1e-11), new Newton(1e-12))) {
      TrainingResult result =
          new PlanBuilder()
              .family(Family.LOGISTIC)
              .features(COLUMNS + 1)
              .withoutIntercept()
              .l2(1.0 / ROWS)
              .standardize(Standardize.NONE)
              .rounds(3000)
              .leastHolders(3)
              .optimizer(optimizer)
              .train(workers);

      assertTrue(result.divergence().isEmpty());
      double objective = result.lastRound().trainMetrics().get("objective") * ROWS;
      assertEquals(10529.31140421, objective, 1e-8 * 10529.0, optimizer.toString());
      assertEquals(0.849886, result.lastRound().testMetrics().get("accuracy"), 1e-4);
      if (optimizer.needsHessian()) {
        assertEquals(List.of(), result.notes());
      } else {
        assertTrue(
            InKeys.said(result.notes()).stream()
                .allMatch(note -> note.startsWith("WARNING: perhaps not converged")));
      }
    }
  }

  private static Federation<Shard> workers(int count) {
    Map<String, ShardBuilder> builders = new TreeMap<>();
    for (int k = 0; k < count; k++) {
      builders.put("w" + (char) ('a' + k), new ShardBuilder("w" + (char) ('a' + k), COLUMNS + 1));
    }
    List<ShardBuilder> all = List.copyOf(builders.values());
    add("adult-a9a/a9a.gz", Part.TRAIN, all);
    add("adult-a9a/a9a.t.gz", Part.TEST, all);
    Map<String, Shard> shards = new TreeMap<>();
    builders.forEach(
        (name, builder) ->
            shards.put(name, builder.build(0.0, 1L, false, new ModelShape(COLUMNS + 1, false))));
    return new InProcessFederation<>(shards);
  }

  private static void add(String file, Part part, List<ShardBuilder> workers) {
    int row = 0;
    for (TestData.SparseRow one : TestData.libsvm(file)) {
      TestData.SparseRow biased = one.withBias(COLUMNS);
      workers
          .get(row++ % workers.size())
          .addSparse(biased.columns(), biased.values(), one.isPositive() ? 1.0 : 0.0, 1.0, part);
    }
  }
}
