package io.sparkfed.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.DataConfig.Missing;
import io.sparkfed.config.PrivacySettings.Unit;
import io.sparkfed.data.LeastRows;
import io.sparkfed.federated.Weighting;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code privacy.unit = worker}. */
class WorkerPrivacyConfigTest {
  private static final String LEAST = ConfigFiles.LEAST + ConfigFiles.PRIVATE_WORKERS;

  @TempDir Path folder;
  private ConfigFiles files;

  @BeforeEach
  void writeInto() {
    files = new ConfigFiles(folder);
  }

  @Test
  void load_least_averagesWithEqualWeights() {
    TrainingConfig config = files.load(LEAST);

    assertEquals(Unit.WORKER, config.privacy().orElseThrow().unit());
    assertEquals(OptionalDouble.of(0.5), config.privacy().orElseThrow().updateNorm());
    assertEquals("fed-avg", config.algorithm().preset());
    assertEquals(Weighting.EQUAL, config.algorithm().weighting());
    assertEquals(10, config.algorithm().rounds());
    assertEquals(Missing.DROP, config.data().missing());
    assertEquals(LeastRows.ANY, config.data().leastRows());
  }

  @ParameterizedTest
  @CsvSource({"fed-avg", "fed-prox", "fed-avgm", "fed-adagrad", "fed-adam", "fed-yogi"})
  void load_whatAverages_isTaken(String preset) {
    TrainingConfig config =
        files.load(LEAST, "algorithm.preset=" + preset, "algorithm.rounds=7", "model.l1=0.1");

    assertEquals(7, config.algorithm().rounds());
    assertEquals(0.1, config.model().l1());
  }

  @ParameterizedTest
  @CsvSource({
    "algorithm.preset=fed-newton, as a whole",
    "algorithm.preset=fed-lbfgs, as a whole",
    "algorithm.preset=fed-sgd, as a whole",
    "algorithm.preset=normal-equations, as a whole",
    "algorithm.preset=auto, as a whole",
    "algorithm.preset=private, as a whole",
    "algorithm.preset=private-statistics, as a whole",
    "algorithm.weighting=rows, how many rows",
    "algorithm.tolerance=1e-3, loss",
    "algorithm.cohort.fraction=0.5, noise",
    "algorithm.cohort.count=5, noise",
    "model.family=gamma, gradients",
    "model.standardize=federated, privacy.bounds",
    "model.standardize=worker, privacy.bounds",
    "data.missing=error, drop",
    "data.min-worker-rows=1, few rows",
    "privacy.rows=100, hides all rows",
    "privacy.person-column=b, hides all rows",
    "privacy.rows-per-person=2, hides all rows",
    "privacy.max-weight=2, hides all rows",
    "privacy.max-row-norm=2, hides all rows",
    "privacy.count-share=0.1, hides all rows",
    "privacy.rounds=3, private",
    "privacy.gram-share=0.3, private",
    "privacy.intervals-share=0.3, private",
    "privacy.update-norm=0, 1e-20",
    "privacy.update-norm=-1, 1e-20",
    "privacy.update-norm=NaN, 1e-20",
    "privacy.update-norm=1e40, 1e20",
    "privacy.update-norm=null, not set",
    "privacy.epsilon=null, not set",
    "privacy.delta=1, '(0, 1)'",
    "privacy.delta=0.011, at most 0.01 where the number of workers isn't known",
    "privacy.evaluation-share=1, '[0, 1)'"
  })
  void load_whatDoesNotGoWithIt_isRefusedWithTheReason(String argument, String reason) {
    String key = argument.substring(0, argument.indexOf('='));

    String refusal = files.refusal(LEAST, argument);

    assertTrue(refusal.startsWith(key), refusal);
    assertTrue(refusal.contains(reason), refusal);
    assertTrue(!refusal.contains("unit = row"), refusal);
  }

  @Test
  void load_deltaOfAWholeWorker_isRefused() {
    String two = "data { workers { g = \"g.csv\", h = \"h.csv\" }, feature-columns = [a, b] }\n";

    String refusal = files.refusal(two + ConfigFiles.PRIVATE_WORKERS, "privacy.delta=0.5");

    assertTrue(refusal.contains("1 / the number of workers, which is 0.5"), refusal);
    assertEquals(
        0.49,
        files
            .load(two + ConfigFiles.PRIVATE_WORKERS, "privacy.delta=0.49")
            .privacy()
            .orElseThrow()
            .delta());
  }

  @Test
  void load_levelsToBeFound_areRefused() {
    String refusal = files.refusal(LEAST, "data.categorical.a.spelling=text");

    assertTrue(refusal.contains("levels must be set under privacy.unit = worker"), refusal);
  }

  @Test
  void load_columnWithoutBounds_isRefused() {
    String refusal = files.refusal(LEAST, "privacy.bounds.b=null");

    assertTrue(refusal.startsWith("privacy.bounds must have"), refusal);
  }
}
