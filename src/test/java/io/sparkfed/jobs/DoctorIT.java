package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.jobs.ErrorCases.Case;
import io.sparkfed.jobs.JobRunner.Outcome;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code jobs/doctor} tells before a run, and that it reads no row and leaves nothing. */
class DoctorIT {
  @RegisterExtension static final JobRunner jobs = new JobRunner();

  private static final Map<String, String> CLUSTER =
      Map.of(
          "spark.master", "local-cluster[1,1,600]",
          "spark.executor.memory", "600m");
  private static final Map<String, String> SAFE =
      Map.of(
          "spark.authenticate", "true",
          "spark.authenticate.secret", "31337-of-the-cluster",
          "spark.network.crypto.enabled", "true",
          "spark.io.encryption.enabled", "true",
          "spark.task.reaper.enabled", "true");

  @TempDir Path root;

  private final Map<String, String> before = new LinkedHashMap<>();

  /** The rows can't be parsed: whoever reads one fails. */
  @BeforeEach
  void writeFiles() {
    for (String worker : List.of("a", "b", "c")) {
      JobRunner.write(root.resolve(worker + ".csv"), "no,header\n" + ErrorCases.SECRET + "\"\n");
    }
    JobRunner.write(root.resolve("old/run.json"), "{}");
  }

  @AfterEach
  void restore() {
    before.forEach(
        (name, value) -> {
          if (value == null) {
            System.clearProperty(name);
          } else {
            System.setProperty(name, value);
          }
        });
  }

  private void set(Map<String, String> properties) {
    properties.forEach((name, value) -> before.put(name, System.setProperty(name, value)));
  }

  private Outcome doctor(String settings) {
    String text =
        """
        data {
          workers { a = "ROOT/a.csv", b = "ROOT/b.csv", c = "ROOT/c.csv" }
          feature-columns = [x1, x2]
        }
        aggregation.mode = masked
        output.dir = "ROOT/new/run"
        """
            + settings;
    Path conf = JobRunner.write(root.resolve("run.conf"), text.replace("ROOT", root.toString()));
    List<String> files = JobRunner.names(root);
    Outcome outcome = jobs.doctor(conf.toString());
    assertEquals(files, JobRunner.names(root));
    assertFalse(outcome.toString().contains(ErrorCases.SECRET), outcome.toString());
    return outcome;
  }

  private static void assertTold(Outcome outcome, String verdict, String check, String... told) {
    String line =
        outcome
            .out()
            .lines()
            .filter(l -> l.startsWith(verdict + " ") && l.contains(check))
            .findFirst()
            .orElse("");
    assertFalse(line.isEmpty(), verdict + " " + check + " in " + outcome);
    for (String part : told) {
      assertTrue(line.contains(part), part + " in " + line);
    }
  }

  @Test
  void doctor_localMaster_isAGoThatProtectsNobody() {
    Outcome outcome = doctor("");

    assertEquals(0, outcome.code(), outcome.toString());
    assertEquals("", outcome.err());
    assertTold(outcome, "warn", "spark.master", "local[2]");
    assertTrue(outcome.out().contains("nobody is protected from anybody"), outcome.toString());
    assertTold(outcome, "warn", "aggregation.keys", "not set");
    assertTold(outcome, "ok", "data.workers.a", "a.csv");
    assertTrue(outcome.out().lines().toList().get(2).startsWith("  "), outcome.toString());
    assertTrue(outcome.out().strip().lines().reduce((a, b) -> b).orElse("").startsWith("go ("));
  }

  @Test
  void doctor_clusterWithSparksDefaults_isANoGo() {
    set(CLUSTER);

    Outcome outcome = doctor("");

    assertEquals(9, outcome.code(), outcome.toString());
    // A warning of the cluster itself, which starts beside it, is none of ours.
    assertEquals(List.of(), outcome.errorLines());
    assertTold(outcome, "danger", "spark.authenticate ", "false");
    assertTold(outcome, "danger", "spark.network.crypto.enabled", "false");
    assertTold(outcome, "danger", "spark.io.encryption.enabled", "false");
    assertTrue(outcome.out().contains("no-go: 3 dangers"), outcome.toString());
  }

  @Test
  void doctor_safeCluster_isAGo() {
    set(CLUSTER);
    set(SAFE);

    Outcome outcome = doctor("");

    assertEquals(0, outcome.code(), outcome.toString());
    assertTold(outcome, "ok", "spark.authenticate ", "true");
    assertFalse(outcome.out().contains("31337"), outcome.toString());
  }

  static Stream<Case> dangers() {
    return Stream.of(
        Case.of("path", 3, "data.workers.b = \"ROOT/gone.csv\"", "data.workers.b", "gone.csv"),
        Case.of("few workers", 4, "aggregation.min-workers = 4", "number of workers", "3"),
        Case.of("two workers", 2, "data.workers.c = null", "number of workers", "2"),
        Case.of("plain", 2, "aggregation.mode = insecure-plain", "aggregation.mode"),
        Case.of(
            "no roster",
            2,
            "aggregation.keys { dir = \"ROOT\", roster = \"ROOT/none\" }",
            "aggregation.keys.roster",
            "does not exist"),
        Case.of("no output", 2, "output.dir = null", "output.dir", "not set"),
        Case.of("output exists", 7, "output.dir = \"ROOT/old\"", "output.dir", "exists already"),
        Case.of("output in a file", 7, "output.dir = \"ROOT/a.csv/run\"", "output.dir", "a.csv"));
  }

  @ParameterizedTest
  @MethodSource("dangers")
  void doctor_danger_isToldInTheTableWithItsCode(Case bad) {
    Outcome outcome = doctor(bad.settings());

    assertEquals(bad.code(), outcome.code(), outcome.toString());
    assertEquals("", outcome.err());
    assertTold(
        outcome, "danger", bad.told()[0], Stream.of(bad.told()).skip(1).toArray(String[]::new));
    assertTrue(outcome.out().contains("no-go: 1 dangers"), outcome.toString());
  }

  static Stream<Case> configurations() {
    return ErrorCases.configurations().filter(bad -> !bad.name().equals("no output"));
  }

  /** What a training refuses to begin with, in the same words. */
  @ParameterizedTest
  @MethodSource("configurations")
  void doctor_badConfiguration_isToldInOneMessage(Case bad) {
    Outcome outcome = doctor(bad.settings());

    assertEquals(bad.code(), outcome.code(), outcome.toString());
    assertEquals(1, outcome.errorLines().size(), outcome.toString());
    for (String told : bad.told()) {
      assertTrue(outcome.errorLines().get(0).contains(told), told + " in " + outcome);
    }
    assertFalse(outcome.showsStackTrace(), outcome.toString());
  }
}
