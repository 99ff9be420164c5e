package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.sparkfed.evaluation.MetricNoise;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.RunPhase;
import io.sparkfed.jobs.LiveLine.Screen;
import io.sparkfed.spark.watch.RunningTasks;
import io.sparkfed.testing.Measured;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a terminal shows while a training runs, and what a file keeps of it. */
class ConsoleTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long seconds;

  private LiveLine line(Screen screen) {
    return new LiveLine(out, screen, () -> TimeUnit.SECONDS.toNanos(seconds));
  }

  /** Returns the lines as a terminal shows them. */
  private String shown() {
    StringBuilder shown = new StringBuilder();
    for (String row : bytes.toString(StandardCharsets.UTF_8).split("\n", -1)) {
      shown.append(
          row.substring(row.lastIndexOf("\r\u001b[K") < 0 ? 0 : row.lastIndexOf("\r\u001b[K") + 4));
      shown.append('\n');
    }
    return shown.toString().strip();
  }

  @Test
  void terminal_isWrittenOverAndLeavesNothing() {
    try (LiveLine line = line(Screen.TERMINAL)) {
      String[] text = {"load, 1 s"};
      line.begin(() -> text[0]);
      line.print("heading");
      line.tick();
      assertEquals("heading\nload, 1 s", shown());
      text[0] = "load, 2 s";
      line.tick();
      assertEquals("heading\nload, 2 s", shown());
      line.print("round 1");
      assertEquals("heading\nround 1", shown());
      line.tick();
    }

    assertEquals("heading\nround 1", shown());
  }

  /** A name of a worker, a column or a level, and whatever else a line is made of. */
  @Test
  void line_charactersThatATerminalObeys_areSpelledOut() {
    try (LiveLine line = line(Screen.TERMINAL)) {
      line.begin(() -> "load\u001b[1A");
      line.print("skipped worker a\u001b[2J\nround 9/9\u009b31m\u202e");
      line.tick();
      assertEquals(
          "skipped worker a\\u001b[2J\\u000around 9/9\\u009b31m\\u202e\nload\\u001b[1A", shown());
    }
  }

  @Test
  void round_ofNoisedMetrics_saysHowExactTheyAre() {
    assertEquals(
        "round 8/8      loss -             test accuracy 0.843 +- 0.010 (noise)  workers 4  dropouts"
            + " 0  1.00 s",
        round(0.8432));
    bytes.reset();
    assertEquals(
        "round 8/8      loss -             test accuracy hidden by noise  workers 4  dropouts 0"
            + "  1.00 s",
        round(Double.NaN));
  }

  private String round(double accuracy) {
    try (Console console = new Console(line(Screen.LOG), 8)) {
      console.round(
          new RoundSummary(
              8,
              4,
              0,
              Double.NaN,
              Map.of(),
              Map.of("accuracy", accuracy),
              1.0,
              Measured.of(0, 0, 10),
              Map.of(),
              new MetricNoise(
                  Map.of(),
                  Double.isNaN(accuracy)
                      ? Map.of("rows", 9.0)
                      : Map.of("rows", 9.0, "accuracy", 0.0102))));
    }
    return shown();
  }

  @Test
  void log_hearsOnlyAfterLongSilence() {
    try (LiveLine line = line(Screen.LOG)) {
      line.begin(() -> "load, " + seconds + " s");
      line.print("heading");
      seconds = 14;
      line.tick();
      assertEquals("heading", shown());
      seconds = 16;
      line.tick();
      line.tick();
      assertEquals("heading\nload, 16 s", shown());
      seconds = 30;
      line.print("round 1");
      seconds = 44;
      line.tick();
    }

    assertEquals("heading\nload, 16 s\nround 1", shown());
    assertFalse(shown().contains("\r"));
  }

  @Test
  void close_leavesNoThread() throws InterruptedException {
    LiveLine line = line(Screen.TERMINAL);
    line.begin(() -> "");
    line.close();

    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("spark-federated-live-line")) {
        thread.join(TimeUnit.SECONDS.toMillis(30));
        assertFalse(thread.isAlive());
      }
    }
  }

  @Test
  void progress_tellsTasksThatHaveEnded_beforeTheTrainingOnly() {
    assertEquals("plan, 0 s", progress(RunPhase.PLAN, 0, 0, 0));
    assertEquals("load, 12 s: reading 3 of 10 workers, 30 %", progress(RunPhase.LOAD, 12, 3, 10));
    assertEquals("load, 12 s: reading 13 of 16 tasks, 81 %", progress(RunPhase.LOAD, 12, 13, 16));
    assertEquals("survey, 2 s: reading 0 of 3 tasks, 0 %", progress(RunPhase.SURVEY, 2, 0, 3));
    assertEquals("rounds, 2 s", progress(RunPhase.ROUNDS, 2, 1, 10));
    assertEquals("warm start, 2 s", progress(RunPhase.WARM_START, 2, 1, 10));
  }

  private static String progress(RunPhase phase, long seconds, int done, int all) {
    return Console.progress(phase, seconds, 10, () -> new RunningTasks(done, all));
  }

  @Test
  void seconds_areOneLineOfWhatCounts() {
    Map<String, Double> phases = new LinkedHashMap<>();
    phases.put("start", 2.04);
    phases.put("plan", 0.049);
    phases.put("load", 0.05);
    phases.put("write", 12.36);

    assertEquals("seconds: start 2.0, load 0.1, write 12.4", Console.seconds(phases));
  }
}
