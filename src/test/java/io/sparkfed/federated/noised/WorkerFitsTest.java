package io.sparkfed.federated.noised;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.evaluation.NoisedMetrics;
import io.sparkfed.federated.AskedRows;
import io.sparkfed.federated.HiddenWorkers;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.Weighting;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.solver.GradientDescent;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How good models are that hide whole workers, and what is told of them, with real noise. */
class WorkerFitsTest {
  private static final int FEATURES = 8;
  private static final double DELTA = 1e-5;
  private static final ModelShape SHAPE = new ModelShape(FEATURES, true, 1);
  private static final int DRAWS = 20;

  /** Workers with 30 to 50 rows each of features in [-1, 1], a third of them for tests. */
  private static Map<String, Shard> workers(int count) {
    Random random = new Random(7);
    double[] weights = random.doubles(FEATURES, -3.0, 3.0).toArray();
    Map<String, Shard> shards = new TreeMap<>();
    for (int k = 0; k < count; k++) {
      String name = "w" + (10_000 + k);
      ShardBuilder rows = new ShardBuilder(name, FEATURES);
      // Workers differ in where their rows are.
      double[] around = random.doubles(FEATURES, -0.4, 0.4).toArray();
      int own = 30 + random.nextInt(21);
      for (int i = 0; i < own; i++) {
        double[] x = new double[FEATURES];
        double score = 0.5;
        for (int j = 0; j < FEATURES; j++) {
          x[j] = around[j] + 0.6 * (2.0 * random.nextDouble() - 1.0);
          score += weights[j] * x[j];
        }
        double label = random.nextDouble() < 1.0 / (1.0 + Math.exp(-score)) ? 1.0 : 0.0;
        rows.addDense(x, label, 1.0, i % 3 == 0 ? Part.TEST : Part.TRAIN);
      }
      shards.put(name, rows.build(0.0, 1L, false, SHAPE));
    }
    return shards;
  }

  private static PlanBuilder averaging(int rounds) {
    return new PlanBuilder()
        .family(Family.LOGISTIC)
        .features(FEATURES)
        .rounds(rounds)
        .weighting(Weighting.EQUAL)
        .solver(new GradientDescent(5, 1.0));
  }

  private static TrainingPlan hiding(
      Map<String, Shard> shards, double epsilon, double share, int seed) {
    int honest = 2 * shards.size() / 3 + 1;
    HiddenWorkers hidden = new HiddenWorkers(epsilon, DELTA, 0.5, share, true, honest);
    return averaging(10)
        .sums(new RealNoise(seed))
        .privacy(hidden.plan(Family.LOGISTIC, SHAPE))
        .build();
  }

  private static Coefficients fit(Federation<Shard> federation, TrainingPlan plan) {
    return new FederatedTrainer(federation, plan, round -> {}).train().model();
  }

  /** The mean of workers' own shares of right test rows. */
  private static double accuracy(Map<String, Shard> shards, Coefficients model) {
    double sum = 0.0;
    for (Shard shard : shards.values()) {
      Examples rows = shard.test();
      double right = 0.0;
      for (int i = 0; i < rows.rows(); i++) {
        double score = rows.dot(i, model.weights(0), 0) + model.intercepts()[0];
        right += score > 0.0 == rows.label(i) > 0.5 ? 1.0 : 0.0;
      }
      sum += right / rows.rows();
    }
    return sum / shards.size();
  }

  @ParameterizedTest
  @CsvSource({"300, 3, 0.015", "1000, 3, 0.005", "1000, 1, 0.01"})
  void train_hundredsOfWorkers_isNearAveragingWithoutNoise(
      int count, double epsilon, double below) {
    Map<String, Shard> shards = workers(count);
    Federation<Shard> federation = new InProcessFederation<>(shards);
    double exact = accuracy(shards, fit(federation, averaging(10).build()));
    double noised = 0.0;
    for (int seed = 0; seed < 4; seed++) {
      noised += accuracy(shards, fit(federation, hiding(shards, epsilon, 0.0, seed))) / 4;
    }

    assertTrue(exact >= 0.75, "without noise " + exact);
    assertTrue(noised >= exact - below, noised + ", without noise " + exact);
  }

  /** Each draw is within four of its stated errors, and all of them err by about as much. */
  @Test
  void evaluate_meanOfWorkers_errsAsStated() {
    Map<String, Shard> shards = workers(300);
    Federation<Shard> federation = new InProcessFederation<>(shards);
    double[] model = fit(federation, averaging(10).build()).values();
    double exact = accuracy(shards, new Coefficients(SHAPE, model));
    double squares = 0.0;
    Set<Double> draws = new HashSet<>();
    for (int draw = 0; draw < DRAWS; draw++) {
      TrainingPlan plan = hiding(shards, 3.0, 0.2, draw);
      NoisedMetrics told =
          new NoisedEvaluation(plan, shards.size())
              .within(
                  federation, AskedRows.TEST, model, plan.privacy().orElseThrow().budget().test())
              .orElseThrow();
      double off = told.metrics().get("accuracy") - exact;
      double stated = told.errors().get("accuracy");
      assertTrue(Math.abs(off) <= 4.0 * stated, told + " of " + exact);
      double ofWorkers = told.metrics().get("workers") - 300.0;
      assertTrue(Math.abs(ofWorkers) <= 4.0 * told.errors().get("workers"), told.toString());
      squares += (off / stated) * (off / stated);
      draws.add(off);
    }
    assertEquals(DRAWS, draws.size());
    // A sum of 20 squares of normal numbers: with a chance of 1e-4 beyond either end.
    assertTrue(squares >= 4.4 && squares <= 53.0, "squares " + squares);
  }
}
