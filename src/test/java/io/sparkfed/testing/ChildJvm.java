package io.sparkfed.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A new JVM, in which nothing has been compiled yet, with the class path of the tests. */
public final class ChildJvm {
  private static final long LIMIT_SECONDS = 120;

  private ChildJvm() {}

  /**
   * Returns what the main method of a class prints.
   *
   * @throws IOException if no JVM starts
   * @throws InterruptedException if this thread is interrupted
   */
  public static String run(Class<?> main, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    String paths = System.getProperty("surefire.test.class.path");
    command.addAll(List.of("-cp", paths == null ? System.getProperty("java.class.path") : paths));
    command.add(main.getName());
    File out = File.createTempFile("digest", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(out)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
      process.destroyForcibly();
      assertTrue(ended);
      assertEquals(0, process.exitValue());
      return Files.readString(out.toPath(), StandardCharsets.UTF_8).strip();
    } finally {
      assertTrue(out.delete());
    }
  }
}
