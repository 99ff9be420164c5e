package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A driver that is killed as a process, and one that goes on for it. */
class ResumeIT {
  private static final Path PROJECT = Path.of("").toAbsolutePath();
  private static final int ROUNDS = 60;
  private static final int KILLED = 128 + 9;
  private static final int TERMINATED = 128 + 15;
  private static final int IO = 7;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private Process start(String output, String... more) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                "bash",
                PROJECT.resolve("jobs/train").toString(),
                PROJECT.resolve("conf/simulated.conf").toString(),
                "data.synthetic.workers=4",
                "algorithm.local.solver=sgd",
                "algorithm.rounds=" + ROUNDS,
                "output.dir=" + folder.resolve("out/" + output)));
    words.addAll(List.of(more));
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(folder.toFile())
            .redirectOutput(folder.resolve("stdout").toFile())
            .redirectError(folder.resolve("stderr").toFile());
    builder.environment().keySet().removeIf(name -> name.matches("SPARK_(HOME|CONF_DIR)"));
    return builder.start();
  }

  private String said() {
    return JobRunner.read(folder.resolve("stdout")) + JobRunner.read(folder.resolve("stderr"));
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

  private void await(Process process, String line) throws InterruptedException {
    while (process.isAlive() && !JobRunner.read(folder.resolve("stdout")).contains(line)) {
      Thread.sleep(20);
    }
    assertTrue(process.isAlive(), this::said);
  }

  private List<JsonNode> rounds(Path file) throws IOException {
    List<JsonNode> rounds = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      rounds.add(JSON.readTree(line));
    }
    return rounds;
  }

  @Test
  void train_killedTerminatedAndResumed_endsWithTheFilesOfAnUndisturbedRun() throws Exception {
    assertEquals(0, codeOf(start("undisturbed")), this::said);
    Path out = folder.resolve("out");

    Process first = start("run");
    await(first, "round 10/");
    first.destroyForcibly();
    assertEquals(KILLED, codeOf(first));
    List<String> left = JobRunner.names(out);
    assertEquals(2, left.size(), left.toString());
    String unfinished = left.get(0);
    assertTrue(unfinished.matches("\\.run\\..*\\.inprogress"), unfinished);

    Process second = start("run", "output.resume=true");
    await(second, "round 25/");
    assertFalse(said().contains("round  5/"), this::said);
    second.destroy();
    assertEquals(TERMINATED, codeOf(second));
    assertTrue(said().contains("output.resume=true"), this::said);
    assertEquals(left, JobRunner.names(out));

    assertEquals(0, codeOf(start("run", "output.resume=true")), this::said);
    assertTrue(said().contains("resumed from the checkpoint of round 2"), this::said);
    assertFalse(said().contains("round 20/"), this::said);

    assertEquals(List.of("run", "undisturbed"), JobRunner.names(out));
    assertEquals(
        JobRunner.read(out.resolve("undisturbed/coefficients.json")),
        JobRunner.read(out.resolve("run/coefficients.json")));
    assertEquals(JobRunner.names(out.resolve("undisturbed")), JobRunner.names(out.resolve("run")));
    List<JsonNode> expected = rounds(out.resolve("undisturbed/rounds.jsonl"));
    List<JsonNode> actual = rounds(out.resolve("run/rounds.jsonl"));
    assertEquals(ROUNDS, actual.size());
    for (int k = 0; k < ROUNDS; k++) {
      assertEquals(k + 1, actual.get(k).path("round").asInt());
      assertEquals(expected.get(k).path("loss"), actual.get(k).path("loss"));
      assertEquals(expected.get(k).path("metrics"), actual.get(k).path("metrics"));
    }
    JsonNode run = JSON.readTree(JobRunner.read(out.resolve("run/run.json")));
    assertTrue(unfinished.contains(run.path("runId").asText()));

    assertEquals(IO, codeOf(start("run", "output.resume=true")), this::said);
    assertTrue(said().contains("has ended; there is nothing to resume"), this::said);
  }
}
