package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ExitCodeTest {
  private static final int OF_LAUNCHERS = 8;

  @Test
  void pageOfRunning_hasEachCodeOnce() throws IOException {
    List<Integer> documented =
        Files.readAllLines(Path.of("src", "site", "markdown", "running.md")).stream()
            .dropWhile(line -> !line.startsWith("| exit code"))
            .filter(line -> line.matches("\\| \\d+ \\|.*"))
            .map(line -> Integer.valueOf(line.split("\\|", -1)[1].strip()))
            .toList();

    List<Integer> codes =
        Stream.concat(Arrays.stream(ExitCode.values()).map(ExitCode::code), Stream.of(OF_LAUNCHERS))
            .sorted()
            .toList();
    assertEquals(codes, documented);
    assertEquals(IntStream.range(0, codes.size()).boxed().toList(), codes);
  }
}
