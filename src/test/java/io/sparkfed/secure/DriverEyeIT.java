package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.AggregationMode;
import io.sparkfed.it.ByteScan;
import io.sparkfed.it.Canaries;
import io.sparkfed.it.DriverProgram;
import io.sparkfed.it.WorkerRows;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All that a driver can see, searched for every irregular number that one worker alone holds: its
 * heap, its log, its event log, and what its UI serves as pages and as JSON. See {@link Canaries}.
 *
 * <p>The driver is a process of its own ({@link DriverProgram}), so that the numbers that are
 * looked for, which this process computes, are not in its heap. It never collects garbage: the dump
 * holds every object it ever made, not only those it still had at the end.
 */
@Timeout(600)
class DriverEyeIT {

  /**
   * Words with fewer significant bits, behind zeros or ones, would be met by chance in a heap of a
   * gigabyte.
   */
  private static final int SIGNIFICANT_BITS = 40;

  @TempDir static Path folder;

  private static final Map<AggregationMode, SortedMap<String, Canaries>> CANARIES =
      new EnumMap<>(AggregationMode.class);

  private static Path log;

  /** Numbers found by place; named {@code MODE/worker/...}. */
  private static final Map<String, Set<String>> FOUND = new TreeMap<>();

  @BeforeAll
  static void watchADriver() throws Exception {
    ByteScan scan = new ByteScan();
    List<String> confs = new ArrayList<>();
    for (Map.Entry<AggregationMode, WorkerRows> entry : Canaries.rowsByMode().entrySet()) {
      AggregationMode mode = entry.getKey();
      Path conf = Canaries.writeConfig(folder.resolve("in/" + mode), entry.getValue(), mode);
      confs.add(conf.toString());
      CANARIES.put(mode, Canaries.byWorker(entry.getValue(), conf));
      CANARIES
          .get(mode)
          .forEach(
              (worker, own) -> {
                add(scan, mode + "/" + worker + "/word ", wide(own).rawWords());
                add(scan, mode + "/" + worker + "/any ", wide(own).forms());
              });
    }
    scan.add("told", Set.of(Canaries.digits(DriverProgram.TOLD)));
    scan.add("accumulated", Set.of(Canaries.digits(DriverProgram.ACCUMULATED)));
    Path seen = Files.createDirectories(folder.resolve("seen"));
    log = folder.resolve("driver.log");
    runDriver(seen, confs);
    FOUND.put("log", scan.found(log));
    for (String place : List.of(DriverProgram.EVENTS, DriverProgram.UI, DriverProgram.HEAP)) {
      FOUND.put(place, scan.found(seen.resolve(place)));
    }
  }

  private static Canaries wide(Canaries own) {
    return new Canaries(
        own.numbers(),
        own.words().stream()
            .filter(word -> Math.abs(word) >>> SIGNIFICANT_BITS != 0)
            .collect(Collectors.toSet()));
  }

  private static void add(ByteScan scan, String prefix, List<Set<String>> numbers) {
    IntStream.range(0, numbers.size()).forEach(i -> scan.add(prefix + i, numbers.get(i)));
  }

  private static void runDriver(Path seen, List<String> confs) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.matches("--add-.*|-D(jdk|io\\.netty)\\..*|-XX:Tiered.*"))
        .forEach(command::add);
    command.addAll(
        List.of("-XX:+UnlockExperimentalVMOptions", "-XX:+UseEpsilonGC", "-Xmx6g", "-Xms512m"));
    command.add("-Dlog4j2.configurationFile=" + logging());
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(DriverProgram.class.getName());
    command.add(seen.toString());
    command.addAll(confs);
    Process driver =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertTrue(driver.waitFor(8, TimeUnit.MINUTES), "the driver did not end");
    } finally {
      driver.destroyForcibly();
    }
    assertEquals(0, driver.exitValue(), () -> "the driver failed:\n" + tail());
  }

  private static String tail() {
    try (Stream<String> lines = Files.lines(log)) {
      List<String> all = lines.toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - 40), all.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** More than anybody lets a driver log: Spark's scheduler and executors in detail. */
  private static Path logging() throws IOException {
    return Files.writeString(
        folder.resolve("log4j2.properties"),
        """
        rootLogger.level = info
        rootLogger.appenderRef.out.ref = out
        appender.out.type = Console
        appender.out.name = out
        appender.out.layout.type = PatternLayout
        appender.out.layout.pattern = %d %p %c: %m%n%ex
        logger.scheduler.name = org.apache.spark.scheduler
        logger.scheduler.level = debug
        logger.own.name = io.sparkfed
        logger.own.level = trace
        """);
  }

  @AfterAll
  static void deleteTheHeap() throws IOException {
    Files.deleteIfExists(folder.resolve("seen").resolve(DriverProgram.HEAP));
  }

  static Stream<AggregationMode> secureModes() {
    return Stream.of(AggregationMode.values()).filter(AggregationMode::protectsFromDriver);
  }

  private static Set<String> found(String place, AggregationMode mode) {
    return FOUND.get(place).stream()
        .filter(number -> number.startsWith(mode + "/"))
        .collect(Collectors.toSet());
  }

  /** What a task says when it fails is everywhere: these places are looked at. */
  @Test
  void everyPlace_messageOfAFailedTask_isFound() {
    FOUND.forEach((place, found) -> assertTrue(found.contains("told"), place));
    assertEquals(Set.of("log", "events", "ui", "driver.hprof"), FOUND.keySet());
  }

  @Test
  void eventLogUiAndHeap_accumulator_isFound() {
    for (String place : List.of("events", "ui")) {
      assertTrue(FOUND.get(place).contains("accumulated"), place);
    }
  }

  @Test
  void heap_insecurePlain_holdsEveryWorkersNumbers() {
    Set<String> found = found(DriverProgram.HEAP, AggregationMode.INSECURE_PLAIN);
    CANARIES
        .get(AggregationMode.INSECURE_PLAIN)
        .forEach(
            (worker, own) -> {
              int words = wide(own).words().size();
              assertTrue(words > 10, worker + ": " + words);
              String prefix = AggregationMode.INSECURE_PLAIN + "/" + worker + "/word ";
              assertEquals(
                  words,
                  found.stream().filter(number -> number.startsWith(prefix)).count(),
                  "worker " + worker);
            });
  }

  @ParameterizedTest
  @MethodSource("secureModes")
  void everyPlace_secureMode_holdsNoWorkersNumber(AggregationMode mode) {
    CANARIES.get(mode).forEach((worker, own) -> assertTrue(wide(own).words().size() > 10, worker));
    FOUND.keySet().forEach(place -> assertEquals(Set.of(), found(place, mode), place));
  }
}
