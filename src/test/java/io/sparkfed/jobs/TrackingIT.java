package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.jobs.JobRunner.Outcome;
import io.sparkfed.testing.FakeMlflow;
import io.sparkfed.testing.FakeMlflow.Health;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.mlflow.tracking.MlflowClient;

/** Trainings that a tracking server follows, as whole jobs. */
class TrackingIT {
  @RegisterExtension static final JobRunner RUNNER = new JobRunner();

  private static final Path PROJECT = Path.of("").toAbsolutePath();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ROUNDS = 60;

  @TempDir Path folder;
  private FakeMlflow server;

  @BeforeEach
  void start() throws IOException {
    ThreeWorkers.write(folder);
    server = FakeMlflow.start(0);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String[] arguments(String... more) {
    String[] least = {
      ThreeWorkers.conf(folder, folder),
      "output.dir=" + folder.resolve("out"),
      "tracking.mlflow.uri=" + server.uri(),
      "tracking.mlflow.timeout=60s"
    };
    return ThreeWorkers.with(least, more);
  }

  @Test
  void train_tracked_tellsWhatRoundsJsonlTellsAndNothingOfAWorker() throws Exception {
    Outcome outcome = RUNNER.train(arguments());

    assertEquals(0, outcome.code(), outcome.toString());
    assertTrue(outcome.out().contains("followed at " + server.uri() + "/#/"), outcome.toString());
    assertEquals("FINISHED", server.status("run1"));
    assertEquals(List.of(0, 1, 2, 3), server.steps("run1", "loss"));
    for (String text : Files.readAllLines(folder.resolve("out/rounds.jsonl"))) {
      JsonNode line = JSON.readTree(text);
      int k = line.path("round").asInt();
      assertEquals(line.path("loss").asDouble(), server.metric("run1", "loss", k));
      assertEquals(line.path("bytes").asDouble(), server.metric("run1", "bytes", k));
      assertEquals(
          line.path("metrics").path("test").path("accuracy").asDouble(),
          server.metric("run1", "test/accuracy", k));
      assertEquals(
          line.path("phases").path("unmask").asDouble(), server.metric("run1", "phase/unmask", k));
    }
    assertEquals("3", server.texts("run1", "params").get("data.workers"));
    for (String path : server.paths()) {
      assertFalse(server.calls(path).toString().contains(".csv"), path);
    }
  }

  @Test
  void train_diverges_isShownAsFailed() {
    Outcome outcome =
        RUNNER.train(
            arguments("algorithm.local.step-size=1e6", "algorithm.divergence-factor=1.001"));

    assertEquals(6, outcome.code(), outcome.toString());
    assertEquals("FAILED", server.status("run1"));
    assertEquals("diverged", server.texts("run1", "tags").get("spark_federated.exit"));
  }

  @Test
  void train_badRows_isShownAsFailed() {
    Outcome outcome = RUNNER.train(arguments("data.label-column=nowhere"));

    assertEquals(3, outcome.code(), outcome.toString());
    assertEquals("FAILED", server.status("run1"));
    assertEquals("failed", server.texts("run1", "tags").get("spark_federated.exit"));
  }

  @Test
  void trainAndDoctor_serverIsIll_endBeforeARowIsRead() {
    server.become(Health.FAILS);
    List<String> before = JobRunner.names(folder);

    Outcome training = RUNNER.train(arguments());
    Outcome check = RUNNER.doctor(arguments());

    assertEquals(7, training.code(), training.toString());
    assertEquals(1, training.errorLines().size(), training.toString());
    assertTrue(training.errorLines().get(0).contains("answers 500"), training.toString());
    assertFalse(training.out().contains("3 workers"), training.toString());
    assertFalse(training.showsStackTrace(), training.toString());
    assertEquals(7, check.code(), check.toString());
    assertTrue(check.out().contains("tracking.mlflow.uri"), check.toString());
    List<String> after = new ArrayList<>(JobRunner.names(folder));
    after.remove("run.conf");
    assertEquals(before, after);
  }

  private Process launch(List<String> settings, String... submit) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                "bash",
                PROJECT.resolve("jobs/train").toString(),
                PROJECT.resolve("conf/simulated.conf").toString(),
                "data.synthetic.workers=4",
                "algorithm.local.solver=sgd",
                "algorithm.rounds=" + ROUNDS,
                "output.dir=" + folder.resolve("out"),
                "tracking.mlflow.uri=" + server.uri(),
                "tracking.mlflow.timeout=60s"));
    words.addAll(settings);
    words.add("--");
    words.addAll(List.of(submit));
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("said").toFile());
    builder.environment().keySet().removeIf(name -> name.matches("SPARK_(HOME|CONF_DIR)"));
    return builder.start();
  }

  private String said() {
    return JobRunner.read(folder.resolve("said"));
  }

  private int codeOf(Process process) throws InterruptedException {
    try {
      // The first training of a build makes an archive of classes before it trains.
      assertTrue(process.waitFor(6, TimeUnit.MINUTES), () -> "the job did not end: " + said());
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void launcher_withoutTheClient_saysWhatToAdd() throws Exception {
    assertEquals(2, codeOf(launch(List.of(), "--master", "local[2]")), this::said);

    assertTrue(said().contains("add -- --packages org.mlflow:mlflow-client:"), said());
    assertEquals(List.of(), server.paths());
  }

  /** As a user runs it: the client comes by an option of spark-submit, beside Spark's own jars. */
  @Test
  void launcher_terminatedAndResumed_isOneRunWithEachRound() throws Exception {
    String client =
        Path.of(MlflowClient.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .toString();
    Process process = launch(List.of(), "--jars", client);
    while (process.isAlive()
        && (server.runs().isEmpty() || !server.steps("run1", "loss").contains(10))) {
      Thread.sleep(20);
    }
    assertTrue(process.isAlive(), this::said);
    process.destroy();
    assertEquals(128 + 15, codeOf(process), this::said);
    assertEquals("KILLED", server.status("run1"), this::said);

    assertEquals(0, codeOf(launch(List.of("output.resume=true"), "--jars", client)), this::said);

    assertEquals(List.of("run1"), server.runs());
    assertEquals("FINISHED", server.status("run1"), this::said);
    assertEquals("succeeded", server.texts("run1", "tags").get("spark_federated.exit"));
    assertEquals(
        IntStream.rangeClosed(0, ROUNDS).boxed().toList(),
        server.steps("run1", "loss").stream().sorted().toList());
  }
}
