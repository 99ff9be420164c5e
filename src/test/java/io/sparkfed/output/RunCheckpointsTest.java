package io.sparkfed.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.federated.TrainingState;
import io.sparkfed.federated.TrainingState.Cost;
import io.sparkfed.federated.TrainingState.Work;
import io.sparkfed.federated.survey.DataFingerprint;
import io.sparkfed.jobs.JobRunner;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.testing.Measured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which unfinished run is found, and when it may not be gone on with. */
class RunCheckpointsTest {
  private static final Configuration HADOOP = new Configuration();
  private static final DataFingerprint DATA =
      new DataFingerprint(FeatureEncoding.ofNumbers(List.of("a")), List.of("w"), Map.of());

  @TempDir Path root;

  private TrainingConfig config(String... overrides) throws IOException {
    Path file = root.resolve("conf/run.conf");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        """
        data { format = jdbc, workers { w = "w.csv", v = "v.csv" }, feature-columns = [a], options.password = one }
        """);
    List<String> all = new ArrayList<>(List.of("output.dir=" + output()));
    all.addAll(List.of(overrides));
    return ConfigLoader.load(file, Map.of(), all);
  }

  private String output() {
    return root.resolve("out/run").toString();
  }

  private static TrainingState state(int round) {
    return new TrainingState(
        round,
        new double[2],
        new double[2],
        Optional.empty(),
        Optional.empty(),
        List.of(),
        new Cost(round, 2, 0, 0.0, Measured.of(0L, 0, 0L), Map.of()),
        new Work("", Map.of(), new int[0]));
  }

  /** A run that reaches this round and dies, leaving what a kill leaves; its output stays open. */
  private void killed(String runId, int round, String... overrides) throws IOException {
    TrainingConfig config = config(overrides);
    OutputFolder folder = new OutputFolder(HADOOP, output(), false, runId);
    RunCheckpoints checkpoints = RunCheckpoints.ofNewRun(HADOOP, config, runId, folder);
    folder.keepIf(checkpoints::isResumable);
    checkpoints.open();
    for (int k = 1; k <= round; k++) {
      checkpoints.listener(DATA).reached(state(k));
    }
  }

  private RunCheckpoints unfinished(String... overrides) throws IOException {
    return RunCheckpoints.ofUnfinishedRun(HADOOP, config(overrides), output());
  }

  @Test
  void ofUnfinishedRun_oneThatDied_isFoundAndGoesOnUnderItsId() throws IOException {
    killed("first", 3);

    RunCheckpoints found = unfinished();
    found.open();

    assertEquals("first", found.runId());
    assertEquals(3, found.resumed().orElseThrow().state().round());
    assertTrue(found.isResumable());
    assertEquals(
        List.of("attempt-2"),
        JobRunner.names(root.resolve("out/.run.first.inprogress/checkpoint")));
  }

  @ParameterizedTest
  @CsvSource({"1, 3, 3", "2, 5, 4", "4, 3, 0"})
  void listener_everySoManyRounds_writes(int every, int rounds, int last) throws IOException {
    killed("first", rounds, "checkpoint.every=" + every);

    if (last == 0) {
      assertThrows(IOException.class, this::unfinished);
    } else {
      assertEquals(last, unfinished().resumed().orElseThrow().state().round());
    }
  }

  @Test
  void ofUnfinishedRun_none_isRefused() throws IOException {
    assertTrue(refusal().contains("there is no checkpoint of an unfinished run of"));
    Files.createDirectories(root.resolve("out/run"));
    assertTrue(refusal().contains("has ended; there is nothing to resume"));
  }

  @Test
  void ofUnfinishedRun_two_namesBoth() throws IOException {
    killed("first", 1);
    killed("second", 1);

    String message = refusal();

    assertTrue(message.contains("2 unfinished runs"), message);
    assertTrue(message.contains(".run.first.inprogress"), message);
    assertTrue(message.contains(".run.second.inprogress"), message);
  }

  private String refusal() {
    return assertThrows(IOException.class, this::unfinished).getMessage();
  }

  @ParameterizedTest
  @CsvSource({
    "seed=2, seed, 1, 2",
    "algorithm.local.step-size=0.5, algorithm.local.step-size, 0.1, 0.5",
    "algorithm.rounds=11, algorithm.rounds, 10, 11",
    "data.workers.v=other.csv, data.workers.v, v.csv, other.csv",
    "aggregation.mode=committee, aggregation.mode, masked, committee",
    "data.where=a > 1, data.where, (not set), a > 1"
  })
  void ofUnfinishedRun_settingThatMattersHasChanged_namesItWithBothValues(
      String override, String key, String then, String now) throws IOException {
    killed("first", 1);

    String message =
        assertThrows(ConfigurationException.class, () -> unfinished(override)).getMessage();

    assertEquals(
        key + " must match the checkpoint for output.resume, " + then + ". Provided value: " + now,
        message.replace("\"", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name=other",
        "aggregation.deadline=1 minute",
        "checkpoint.every=5",
        "predictions.path=p",
        "data.options.password=two",
        "output.overwrite=true"
      })
  void ofUnfinishedRun_settingThatDoesNotMatterHasChanged_isFound(String override)
      throws IOException {
    killed("first", 1);

    assertEquals("first", unfinished(override).runId());
  }

  @Test
  void ofUnfinishedRun_withoutCheckpoints_isRefused() throws IOException {
    killed("first", 1);

    assertThrows(ConfigurationException.class, () -> unfinished("checkpoint.every=0"));
  }

  /** A folder of the user's own holds one run at a time. */
  @Test
  void checkpointDir_set_isUsedAndHoldsOneRun() throws IOException {
    String own = "checkpoint.dir=" + root.resolve("kept");
    killed("first", 2, own);

    assertFalse(Files.exists(root.resolve("out/.run.first.inprogress/checkpoint")));
    String message = assertThrows(IOException.class, () -> killed("second", 1, own)).getMessage();
    assertTrue(message.contains("holds the checkpoint of an unfinished run"), message);
    RunCheckpoints found = unfinished(own);
    found.open();
    assertEquals("first", found.runId());
    found.remove(new org.apache.hadoop.fs.Path(output()));
    assertFalse(Files.exists(root.resolve("kept")));
  }

  /** Two drivers resume at once: one goes on, the other ends. */
  @Test
  void open_resumedElsewhereMeanwhile_isRefused() throws IOException {
    killed("first", 2);
    RunCheckpoints one = unfinished();
    RunCheckpoints other = unfinished();
    one.open();
    one.listener(DATA).reached(state(3));

    String message = assertThrows(IOException.class, other::open).getMessage();

    assertTrue(message.contains("still active"), message);
  }
}
