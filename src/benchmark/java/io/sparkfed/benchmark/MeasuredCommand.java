package io.sparkfed.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A command as a whole process: how long it took, and what Linux says of it while it ran.
 *
 * @param seconds wall clock, from the start of the process to its end
 * @param cpuSeconds of all its threads, and of the processes it has waited for; up to {@value
 *     #POLL_MILLIS} ms less than the truth
 * @param peakMegabytes the largest resident set of one of its processes
 * @param output what it printed
 */
record MeasuredCommand(double seconds, double cpuSeconds, double peakMegabytes, String output) {
  private static final int POLL_MILLIS = 50;

  /** Of a clock tick, in /proc. It is 100 a second on every Linux there is. */
  private static final double TICKS_PER_SECOND = 100.0;

  private static final int TIMES_FROM = 11;
  private static final int TIMES_TO = 15;
  private static final int LINES_SHOWN = 20;

  /**
   * Runs a command to its end.
   *
   * @param log takes up what it prints to its error stream
   * @throws IOException if it can't be started, or ends with another code than 0
   */
  static MeasuredCommand of(List<String> command, Path log)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("benchmark", ".out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(log.toFile());
      long start = System.nanoTime();
      Process process = builder.start();
      double cpu = 0.0;
      double peak = 0.0;
      try {
        do {
          cpu = Math.max(cpu, cpuSeconds(process.pid()));
          peak = Math.max(peak, peakOf(process));
        } while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS));
      } finally {
        process.destroy();
      }
      double seconds = Duration.ofNanos(System.nanoTime() - start).toNanos() / 1e9;
      if (process.exitValue() != 0) {
        List<String> lines = Files.readAllLines(log);
        throw new IOException(
            String.join(" ", command)
                + " ended with "
                + process.exitValue()
                + ":\n"
                + String.join(
                    "\n", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size())));
      }
      return new MeasuredCommand(
          seconds, cpu, peak, Files.readString(output, StandardCharsets.UTF_8));
    } finally {
      Files.delete(output);
    }
  }

  /** Returns the last line that was printed: that of figures. */
  String lastLine() {
    List<String> lines = output.lines().filter(line -> !line.isBlank()).toList();
    return lines.get(lines.size() - 1);
  }

  private static double cpuSeconds(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      // The name, in parentheses, may hold spaces. Times: user, system, and those of children.
      String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Arrays.stream(words, TIMES_FROM, TIMES_TO).mapToLong(Long::parseLong).sum()
          / TICKS_PER_SECOND;
    } catch (IOException e) {
      return 0.0;
    }
  }

  private static double peakOf(Process process) {
    List<Long> processes = new ArrayList<>(List.of(process.pid()));
    process.descendants().forEach(each -> processes.add(each.pid()));
    return processes.stream().mapToDouble(MeasuredCommand::peakMegabytes).max().orElse(0.0);
  }

  private static double peakMegabytes(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024.0)
          .findFirst()
          .orElse(0.0);
    } catch (IOException | UncheckedIOException e) {
      return 0.0;
    }
  }
}
