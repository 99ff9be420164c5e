package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** {@code --keys} of the jobs that read a configuration. */
class KeysOptionTest {
  private record Outcome(int code, String out, String err) {}

  private static Outcome run(ToIntFunction<String[]> job, String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    ByteArrayOutputStream complained = new ByteArrayOutputStream();
    System.setOut(new PrintStream(shown, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
    try {
      int code = job.applyAsInt(args);
      return new Outcome(
          code,
          shown.toString(StandardCharsets.UTF_8),
          complained.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  @Test
  void keys_ofEachJob_printWithoutAConfiguration() {
    Outcome expected =
        new Outcome(
            ExitCode.SUCCESS.code(),
            "# sgd: rows of a step, >= 1.\nalgorithm.local.batch-size = 32\n",
            "");
    String[] args = {"--keys", "algorithm.local.batch-size"};

    assertEquals(expected, run(TrainJob::execute, args));
    assertEquals(expected, run(DoctorJob::execute, args));
    assertEquals(expected, run(EvaluateJob::execute, args));
    assertEquals(expected, run(PredictJob::execute, args));
    assertEquals(expected, run(CompareJob::execute, args));
  }

  @Test
  void keys_withoutPrefix_printAll() {
    Outcome all = run(TrainJob::execute, "--keys");

    assertEquals(ExitCode.SUCCESS.code(), all.code());
    assertTrue(all.out().contains("\nalgorithm {\n"), all.out());
    assertTrue(all.out().contains("\npredictions {\n"), all.out());
  }

  @Test
  void keys_ofAnUnknownPrefix_endAsBadConfiguration() {
    assertEquals(
        new Outcome(
            ExitCode.CONFIGURATION.code(),
            "",
            "error: unknown key aggregation.minworkers; the nearest known key is"
                + " aggregation.min-workers\n"),
        run(TrainJob::execute, "--keys", "aggregation.minworkers"));
  }
}
