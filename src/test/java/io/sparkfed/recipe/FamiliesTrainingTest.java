package io.sparkfed.recipe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.config.ConfigFiles;
import io.sparkfed.config.EnumNames;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.Examples;
import io.sparkfed.data.FeatureMoments;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.LinearObjective;
import io.sparkfed.objective.Reduction;
import io.sparkfed.solver.GradientDescent;
import io.sparkfed.testing.Table;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every family trained by its configuration, without Spark. */
class FamiliesTrainingTest {
  private static final int FEATURES = 3;

  @TempDir Path folder;

  /**
   * One full-batch step a round, averaged by weight, is a full-batch step on the pooled rows; so
   * the federated model is that of gradient descent there. Its numbers pass a fixed-point sum.
   */
  @ParameterizedTest
  @EnumSource(Family.class)
  void train_oneStepARound_isGradientDescentOnThePooledRows(Family family) {
    Table table = weighted(family);
    for (String standardize : new String[] {"none", "federated"}) {
      TrainingResult federated = train(family, table, standardize);

      TrainingConfig config = config(family, standardize);
      VectorLoss loss = config.model().loss();
      ModelShape shape = new ModelShape(FEATURES, true, loss.outputs());
      Examples rows = table.examples();
      Scaling scaling =
          standardize.equals("none") ? Scaling.identity(shape) : FeatureMoments.of(rows, shape);
      LinearObjective objective =
          new LinearObjective(loss, rows, shape, scaling, 0.01, Reduction.MEAN);
      double[] pooled =
          new GradientDescent(5, 0.05).solve(objective, new double[shape.size()], null);

      assertArrayEquals(scaling.toRaw(pooled), federated.model().values(), 1e-9);
      assertEquals(6, federated.rounds().size());
      assertTrue(federated.lastRound().loss() < federated.rounds().get(0).loss());
    }
  }

  /** Whatever is added to the weights of a feature in all classes, training leaves it at 0. */
  @Test
  void train_softmax_keepsTheMeanOverTheClassesAtZero() {
    TrainingResult result = train(Family.SOFTMAX, weighted(Family.SOFTMAX), "federated");

    for (int j = 0; j < FEATURES; j++) {
      double sum = 0.0;
      double size = 0.0;
      for (int k = 0; k < 3; k++) {
        sum += result.model().weights(k)[j];
        size = Math.max(size, Math.abs(result.model().weights(k)[j]));
      }
      assertEquals(0.0, sum, 1e-9);
      assertTrue(size > 1e-3, "weights of " + size);
    }
  }

  private static Table weighted(Family family) {
    return Table.random(11L, 50, FEATURES, family)
        .withWeights(new Random(12L).doubles(50, 0.5, 2.0).toArray());
  }

  private TrainingResult train(Family family, Table table, String standardize) {
    Map<String, Shard> shards = new TreeMap<>();
    shards.put("a", table.slice(0, 25).shard("a"));
    shards.put("b", table.slice(25, 40).shard("b"));
    shards.put("c", table.slice(40, 50).shard("c"));
    TrainingResult result =
        new FederatedTrainer(
                new InProcessFederation<>(shards),
                Presets.plan(config(family, standardize), FEATURES),
                round -> {})
            .train();
    assertTrue(result.divergence().isEmpty(), () -> result.divergence().toString());
    return result;
  }

  private TrainingConfig config(Family family, String standardize) {
    return new ConfigFiles(folder)
        .load(
            ConfigFiles.LEAST,
            "model.family=" + EnumNames.of(family),
            family == Family.SOFTMAX ? "model.classes=3" : "model.intercept=true",
            "model.standardize=" + standardize,
            "model.l2=0.01",
            "algorithm.rounds=5",
            "algorithm.local.step-size=0.05");
  }
}
