package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.TrainingConfig;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.evaluation.PrivacyAccount;
import io.sparkfed.federated.CheckpointListener;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.TrainingState;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.it.OwnerFolders;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.recipe.Presets;
import io.sparkfed.secure.keys.KeyFolder;
import io.sparkfed.secure.keys.Ledger;
import io.sparkfed.spark.rows.LocalTraining;
import io.sparkfed.spark.rows.ShardLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Masked trainings of owners with budgets, with intervals: what they ask for, and pay. */
@Timeout(180)
class PrivateIntervalsIT {
  private static final List<String> OWNERS = List.of("w0", "w1", "w2");
  private static final double EPSILON = 4.0;
  private static final double DELTA = 1e-5;
  private static final double[] TRUTH = {0.5, -1.0, 0.25};

  @TempDir Path folder;

  private SparkSession spark;
  private OwnerFolders owners;
  private TrainingConfig config;

  @BeforeEach
  void write() throws IOException {
    spark = LocalTraining.session(2);
    owners = OwnerFolders.make(folder, OWNERS);
    StringBuilder workers = new StringBuilder();
    for (String owner : OWNERS) {
      Files.writeString(
          owners.dir().resolve(owner).resolve(KeyFolder.POLICY),
          "\ndp.epsilon = 9\ndp.delta = " + DELTA + "\n",
          StandardOpenOption.APPEND);
      Random random = new Random(owner.hashCode());
      List<String> lines = new ArrayList<>(List.of("a,b,y"));
      for (int i = 0; i < 1500; i++) {
        double a = 2.0 * random.nextDouble() - 1.0;
        double b = 2.0 * random.nextDouble() - 1.0;
        double y = TRUTH[0] * a + TRUTH[1] * b + TRUTH[2] + 0.5 * random.nextGaussian();
        lines.add(a + "," + b + "," + y);
      }
      Path file = Files.write(folder.resolve(owner + ".csv"), lines);
      workers.append("  ").append(owner).append(" = \"").append(file).append("\"\n");
    }
    config =
        LocalTraining.config(
            folder,
            """
            name = intervals
            data {
              workers {
            %s  }
              label-column = y
              feature-columns = [a, b]
              split { test-fraction = 0.2 }
            }
            model.family = linear
            algorithm.preset = private
            privacy {
              unit = row, epsilon = %s, delta = %s, honest-workers = 1, intervals-share = 0.1
              bounds { a = [-1, 1], b = [-1, 1] }, label-bounds = [-3, 3]
            }
            aggregation { mode = masked, keys { dir = "%s", roster = "%s" } }
            """
                .formatted(workers, EPSILON, DELTA, owners.dir(), owners.roster()));
  }

  /** A driver of its own, of one run. */
  private TrainingResult driven(
      Optional<TrainingState> from, CheckpointListener checkpoints, String runId) {
    ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();
    try (var federation = loaded.federation()) {
      FederatedTrainer trainer =
          new FederatedTrainer(
              federation, Presets.plan(config, loaded.encoding(), runId), round -> {}, checkpoints);
      return from.map(trainer::resume).orElseGet(trainer::train);
    }
  }

  private Ledger ledger(String owner) throws IOException {
    Path own = owners.dir().resolve(owner);
    return Ledger.of(own, new KeyFolder(own).budget().orElseThrow());
  }

  private static long hessians(Ledger ledger) {
    return ledger.charges().stream().filter(line -> line.contains("HessianWithin")).count();
  }

  /** The truth is within four errors, and these are no longer than noise makes them. */
  private static void assertIntervals(TrainingResult result) {
    FitStatistics statistics =
        result.statistics().orElseThrow(() -> new AssertionError(result.notes().toString()));
    assertTrue(statistics.countsNoise());
    assertEquals(3, statistics.coefficients().size());
    for (int j = 0; j < 3; j++) {
      FitStatistics.Coefficient one = statistics.coefficients().get(j);
      assertEquals(result.model().values()[j], one.estimate(), 1e-12);
      assertEquals(TRUTH[j], one.estimate(), 4.0 * one.standardError());
      assertTrue(one.standardError() > 0.008 && one.standardError() < 0.3, one.toString());
    }
  }

  @Test
  void train_masked_hasIntervalsAndResumedAtTheirReleaseTheSameModel() throws IOException {
    List<TrainingState> states = new ArrayList<>();

    TrainingResult whole = driven(Optional.empty(), states::add, "one");

    assertIntervals(whole);
    assertEquals(
        List.of("count 1", "lengths 1", "products 1", "gradient 8", "Hessian 1", "evaluation 1"),
        released(whole));
    assertEquals(13, ledger("w0").charges().size());
    assertEquals(1, hessians(ledger("w0")));

    TrainingResult resumed = driven(Optional.of(states.get(7)), CheckpointListener.NONE, "one");

    assertIntervals(resumed);
    assertArrayEquals(whole.model().values(), resumed.model().values());
    assertEquals(released(whole), released(resumed));
    assertEquals(whole.privacy().orElseThrow().rho(), resumed.privacy().orElseThrow().rho());
    // Whoever had the first release, and the figures, has both twice, and nothing else.
    assertEquals(15, ledger("w0").charges().size());
    assertEquals(2, hessians(ledger("w0")));
    assertEquals(1, ledger("w0").runs());
  }

  /** Killed after the last checkpoint: nothing that was released before is charged again. */
  @Test
  void resume_killedBeforeTheHessian_paysForWhatIsLeftAlone() throws IOException {
    List<TrainingState> states = new ArrayList<>();
    CheckpointListener killing =
        state -> {
          states.add(state);
          if (state.round() == 8) {
            throw new IllegalStateException("killed");
          }
        };
    assertThrows(IllegalStateException.class, () -> driven(Optional.empty(), killing, "two"));
    for (String owner : OWNERS) {
      assertEquals(11, ledger(owner).charges().size());
      assertEquals(0, hessians(ledger(owner)));
    }

    TrainingResult resumed = driven(Optional.of(states.get(7)), CheckpointListener.NONE, "two");

    assertIntervals(resumed);
    PrivacyAccount account = resumed.privacy().orElseThrow();
    Zcdp all = Zcdp.within(EPSILON, DELTA);
    for (String owner : OWNERS) {
      Ledger ledger = ledger(owner);
      assertEquals(13, ledger.charges().size());
      assertEquals(1, hessians(ledger));
      assertEquals(1, ledger.runs());
      assertTrue(all.covers(ledger.spent()), ledger.toString());
      double spent = ledger.spent().rho().doubleValue();
      assertEquals(spent, account.rho(), 1e-9 * spent);
    }
  }

  private static List<String> released(TrainingResult result) {
    return result.privacy().orElseThrow().releases().stream()
        .map(one -> one.purpose() + " " + one.sums())
        .toList();
  }
}
