package io.sparkfed.jobs;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;

/** Runs a job in the test's own process on a local master, without its printing. */
final class LocalSpark {
  private static final Map<String, String> PROPERTIES =
      Map.of("spark.master", "local[2]", "spark.ui.enabled", "false");

  private LocalSpark() {}

  /** Runs a job and returns its exit code. */
  static int run(Callable<Integer> job) throws Exception {
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PROPERTIES.forEach(System::setProperty);
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    int code;
    try {
      code = job.call();
    } finally {
      System.setOut(out);
      PROPERTIES.keySet().forEach(System::clearProperty);
    }
    if (code != 0) {
      out.println(printed.toString(StandardCharsets.UTF_8));
    }
    return code;
  }
}
