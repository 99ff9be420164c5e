package io.sparkfed.tracking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.TrainingConfig;
import io.sparkfed.doctor.Finding;
import io.sparkfed.doctor.Finding.Area;
import io.sparkfed.doctor.Finding.Verdict;
import io.sparkfed.evaluation.MetricNoise;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.testing.FakeMlflow;
import io.sparkfed.testing.FakeMlflow.Health;
import io.sparkfed.testing.Measured;
import io.sparkfed.tracking.RunTracker.Ending;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mlflow.tracking.MlflowClientVersion;

/** A run at a tracking server: begun, followed, ended; and what a server that fails does to it. */
class RunTrackerTest {
  private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
  private FakeMlflow server;

  @BeforeEach
  void start() throws IOException {
    server = FakeMlflow.start(0);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** Whether the server answers in time may not hang on how fast the machine is. */
  private RunTracker open(TrackedRun run) throws IOException {
    return openWaiting("60s", run);
  }

  private RunTracker openWaiting(String timeout, TrackedRun run) throws IOException {
    TrainingConfig config = TrackedRuns.config(server.uri(), "tracking.mlflow.timeout=" + timeout);
    return MlflowStart.open(
        config.mlflow().orElseThrow(), config, run, Duration.ofMillis(20), warnings::add);
  }

  @Test
  void open_noServerNamed_tellsNobody() throws Exception {
    assertSame(
        RunTracker.NONE,
        RunTracker.open(TrackedRuns.config(""), TrackedRuns.newRun(), warnings::add));
    assertEquals(List.of(), server.paths());
  }

  @Test
  void open_newRun_isNamedTaggedAndShown() throws Exception {
    try (RunTracker tracker = open(TrackedRuns.newRun())) {
      assertEquals(server.uri() + "/#/experiments/1/runs/run1", tracker.address().orElseThrow());
    }
    assertEquals(
        "spark-federated", server.calls("experiments/create").get(0).path("name").asText());
    assertEquals("heart", server.calls("runs/create").get(0).path("run_name").asText());
    assertEquals(
        1_700_000_000_000L, server.calls("runs/create").get(0).path("start_time").asLong());
    assertEquals(TrackedRuns.ID, server.texts("run1", "tags").get("spark_federated.run_id"));
    assertEquals("masked", server.texts("run1", "tags").get("aggregation.mode"));
    assertEquals("fed-avg", server.texts("run1", "params").get("algorithm.preset"));
  }

  @Test
  void open_experimentIsThere_isUsed() throws Exception {
    open(TrackedRuns.newRun()).close();
    open(TrackedRuns.newRun()).close();

    assertEquals(1, server.calls("experiments/create").size());
    assertEquals(List.of("run1", "run2"), server.runs());
  }

  @Test
  void roundFinished_noisedMetrics_haveTheirDeviationsBeside() throws Exception {
    try (RunTracker tracker = open(TrackedRuns.newRun())) {
      tracker.roundFinished(
          new RoundSummary(
              8,
              3,
              0,
              Double.NaN,
              Map.of(),
              Map.of("accuracy", 0.75, "recall", Double.NaN),
              1.0,
              Measured.of(0, 0, 10),
              Map.of(),
              new MetricNoise(Map.of(), Map.of("accuracy", 0.0625))));
      tracker.ended(Ending.SUCCEEDED);
    }

    assertEquals(0.75, server.metric("run1", "test/accuracy", 8));
    assertEquals(0.0625, server.metric("run1", "noise/test/accuracy", 8));
    assertEquals(List.of(), server.steps("run1", "test/recall"), "hidden");
    assertEquals(List.of(), server.steps("run1", "loss"), "not told");
  }

  @Test
  void roundFinished_rounds_haveTheirFiguresByStep() throws Exception {
    try (RunTracker tracker = open(TrackedRuns.newRun())) {
      for (int k = 0; k <= 2; k++) {
        tracker.roundFinished(TrackedRuns.round(k));
      }
      tracker.ended(Ending.SUCCEEDED);
    }

    assertEquals(List.of(0, 1, 2), server.steps("run1", "loss"));
    assertEquals(List.of(0, 1, 2), server.steps("run1", "train/accuracy"));
    assertEquals(List.of(1, 2), server.steps("run1", "phase/work"));
    assertEquals(List.of(), server.steps("run1", "train/r2"), "NaN");
    assertEquals(1.0 / 3.0, server.metric("run1", "loss", 2));
    assertEquals(0.25, server.metric("run1", "test/accuracy", 2));
    assertEquals(1.25, server.metric("run1", "phase/work", 2));
    assertEquals(1.5, server.metric("run1", "seconds", 2));
    assertEquals(3.0, server.metric("run1", "workers", 2));
    assertEquals(1.0, server.metric("run1", "dropouts", 2));
    assertEquals(2.0, server.metric("run1", "clipped", 2));
    assertEquals(4.0, server.metric("run1", "saturated", 2));
    assertEquals(1000.0, server.metric("run1", "bytes", 2));
    assertEquals(List.of(), warnings);
  }

  @ParameterizedTest
  @CsvSource({
    "SUCCEEDED, FINISHED, succeeded",
    "DIVERGED, FAILED, diverged",
    "FAILED, FAILED, failed",
    "KILLED, KILLED, killed"
  })
  void ended_anyWay_isShownAsThat(Ending ending, String status, String exit) throws Exception {
    RunTracker tracker = open(TrackedRuns.newRun());
    assertEquals("RUNNING", server.status("run1"));

    tracker.ended(ending);
    tracker.close();

    assertEquals(status, server.status("run1"));
    assertEquals(exit, server.texts("run1", "tags").get("spark_federated.exit"));
  }

  @Test
  void close_runThatHasNotEnded_hasFailed() throws Exception {
    open(TrackedRuns.newRun()).close();

    assertEquals("FAILED", server.status("run1"));
  }

  @Test
  void open_resumedRun_goesOnAndSendsOnlyWhatIsMissing() throws Exception {
    try (RunTracker tracker = open(TrackedRuns.newRun())) {
      tracker.roundFinished(TrackedRuns.round(0));
      tracker.roundFinished(TrackedRuns.round(1));
      tracker.roundFinished(TrackedRuns.round(4));
      tracker.ended(Ending.KILLED);
    }

    try (RunTracker tracker = open(TrackedRuns.resumed(3))) {
      assertEquals("RUNNING", server.status("run1"));
      assertEquals("resumed", server.texts("run1", "tags").get("spark_federated.exit"));
      tracker.roundFinished(TrackedRuns.round(4));
      tracker.roundFinished(TrackedRuns.round(5));
      tracker.ended(Ending.SUCCEEDED);
    }

    assertEquals(List.of("run1"), server.runs());
    assertEquals(List.of(0, 1, 4, 2, 3, 5), server.steps("run1", "loss"));
    assertEquals("FINISHED", server.status("run1"));
  }

  @Test
  void open_resumedRunThatTheServerDoesNotKnow_isTrackedFromItsFirstRound() throws Exception {
    try (RunTracker tracker = open(TrackedRuns.resumed(2))) {
      tracker.ended(Ending.SUCCEEDED);
    }

    assertEquals(List.of(0, 1, 2), server.steps("run1", "loss"));
  }

  @Test
  void roundFinished_serverFailsAndRecovers_warnsAndLosesNoRound() throws Exception {
    try (RunTracker tracker = open(TrackedRuns.newRun())) {
      tracker.roundFinished(TrackedRuns.round(0));
      TrackedRuns.eventually("round 0", () -> server.steps("run1", "loss").size() == 1);

      server.become(Health.FAILS);
      tracker.roundFinished(TrackedRuns.round(1));
      tracker.roundFinished(TrackedRuns.round(2));
      TrackedRuns.eventually("a warning", () -> !warnings.isEmpty());
      server.become(Health.WELL);
      tracker.roundFinished(TrackedRuns.round(3));
      TrackedRuns.eventually("round 3", () -> server.steps("run1", "loss").contains(3));
    }

    assertEquals(List.of(0, 1, 2, 3), server.steps("run1", "loss").stream().distinct().toList());
    assertTrue(warnings.get(0).contains("answers 500: the disk is \"full\""), warnings.get(0));
    assertTrue(warnings.get(0).contains(server.uri()), warnings.get(0));
  }

  @Test
  void ended_serverHasGone_warnsAFewTimesAndReturns() throws Exception {
    RunTracker tracker = open(TrackedRuns.newRun());
    server.close();
    for (int k = 0; k < 20; k++) {
      tracker.roundFinished(TrackedRuns.round(k));
    }
    TrackedRuns.eventually("three warnings", () -> warnings.size() >= 3);

    tracker.ended(Ending.SUCCEEDED);

    String last = warnings.get(warnings.size() - 1);
    assertTrue(last.contains("doesn't have the run's end, nor 20 of its rounds"), last);
    assertTrue(warnings.get(0).contains("can't be reached"), warnings.get(0));
    assertTrue(warnings.size() <= 5, warnings.toString());
  }

  /** The training's thread gets through while the server keeps every request. */
  @Test
  void roundFinishedAndEnded_serverHangs_returnAndLeaveNoRequestBehind() throws Exception {
    RunTracker tracker = openWaiting("3s", TrackedRuns.newRun());
    server.become(Health.HANGS);
    for (int k = 0; k < 3; k++) {
      tracker.roundFinished(TrackedRuns.round(k));
    }
    tracker.ended(Ending.SUCCEEDED);

    String all = warnings.toString();
    assertTrue(all.contains("does not answer within 3.0 seconds"), all);
    assertTrue(all.contains("doesn't have the run's end, nor 3 of its rounds"), all);
    assertEquals("RUNNING", server.status("run1"));
    TrackedRuns.eventually(
        "threads that end",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("mlflow ")));
  }

  @ParameterizedTest
  @CsvSource({"HANGS, does not answer within 3.0 seconds", "FAILS, answers 500: the disk is"})
  void open_serverIsIll_isAFailure(Health health, String told) {
    server.become(health);

    IOException failure =
        assertThrows(IOException.class, () -> openWaiting("3s", TrackedRuns.newRun()));

    assertTrue(failure.getMessage().contains(told), failure.getMessage());
    assertTrue(failure.getMessage().contains("tracking.mlflow.uri"), failure.getMessage());
  }

  @Test
  void open_noServerThere_isAFailure() {
    server.close();

    IOException failure = assertThrows(IOException.class, () -> open(TrackedRuns.newRun()));

    assertTrue(failure.getMessage().contains("can't be reached: Connect"), failure.getMessage());
  }

  @Test
  void check_serverThereOrNot_isSaid() {
    TrainingConfig config = TrackedRuns.config(server.uri());

    Finding well = TrackingCheck.of(config).get(0);
    server.close();
    Finding gone = TrackingCheck.of(config).get(0);

    assertEquals(Verdict.OK, well.verdict());
    assertEquals(Verdict.DANGER, gone.verdict());
    assertEquals(Area.OUTPUT, gone.area());
    assertTrue(gone.is().contains("can't be reached"), gone.is());
    assertFalse(server.paths().contains("experiments/create"));
    assertEquals(List.of(), TrackingCheck.of(TrackedRuns.config("")));
  }

  @Test
  void mlflowClient_ofTheOptionToAdd_isWhatIsTested() {
    assertEquals(
        "org.mlflow:mlflow-client:" + MlflowClientVersion.getClientVersion(),
        RunTracker.MLFLOW_CLIENT);
  }
}
