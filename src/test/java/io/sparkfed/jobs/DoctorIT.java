package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.it.ExecutorJvms;
import io.sparkfed.jobs.ErrorCases.Case;
import io.sparkfed.jobs.JobRunner.Outcome;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code jobs/doctor} tells before a run, and that it tells no row and leaves nothing. */
class DoctorIT {
  @RegisterExtension static final JobRunner jobs = new JobRunner();

  private static final Map<String, String> CLUSTER = new HashMap<>(ExecutorJvms.settings());

  static {
    CLUSTER.put("spark.master", "local-cluster[1,1,600]");
  }

  private static final Map<String, String> SAFE =
      Map.of(
          "spark.authenticate", "true",
          "spark.authenticate.secret", "31337-of-the-cluster",
          "spark.network.crypto.enabled", "true",
          "spark.io.encryption.enabled", "true",
          "spark.task.reaper.enabled", "true");

  @TempDir Path root;

  private final Map<String, String> before = new LinkedHashMap<>();

  /** Every row holds what must not be told. */
  @BeforeEach
  void writeFiles() {
    for (String worker : List.of("a", "b", "c")) {
      JobRunner.write(
          root.resolve(worker + ".csv"), rows("1," + ErrorCases.SECRET + ",2,red,train"));
    }
    JobRunner.write(root.resolve("bad.csv"), rows("1,x" + ErrorCases.SECRET + ",2,red,train"));
    JobRunner.write(
        root.resolve("idle.csv"),
        "x1,x2,label,colour,part\n1," + ErrorCases.SECRET + ",2,red,test\n");
    JobRunner.write(root.resolve("other.csv"), "x1,y2,label,colour,part\n");
    JobRunner.write(
        root.resolve("pooled.csv"),
        "center,x1,x2,label\n"
            + Stream.of("a", "b", "c")
                .map(center -> center + ",1," + ErrorCases.SECRET + ",2\n")
                .collect(Collectors.joining()));
    JobRunner.write(root.resolve("old/run.json"), "{}");
  }

  private static String rows(String last) {
    return "x1,x2,label,colour,part\n2,1,0,blue,train\n" + last + "\n";
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
    assertTold(outcome, "ok", "workers with training rows", "3");
    assertSaid(
        outcome,
        "feature contract: 2 features, SHA-256 [0-9a-f]{64}",
        "    1  x1 +text",
        "    2  x2 +text",
        "cohort: 3 workers would take part: a, b, c",
        "cost of a round \\(estimates; at most 10 rounds.*",
        "  Spark jobs +2, and 1 before the first",
        "  to each worker +24 B \\(3 coefficients\\)",
        "  from each worker +[0-9.]+.(k?B)",
        "  in all, both ways +[0-9.]+.(k?B)",
        "  seconds +at least [0-9.]+: .*");
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
    assertSaid(outcome, "no row was looked at: mend the dangers first");
  }

  @Test
  void doctor_safeCluster_isAGo() {
    set(CLUSTER);
    set(SAFE);

    Outcome outcome = doctor("");

    assertEquals(0, outcome.code(), outcome.toString());
    assertTold(outcome, "ok", "spark.authenticate ", "true");
    assertFalse(outcome.out().contains("31337"), outcome.toString());
    assertSaid(outcome, "cohort: 3 workers would take part: a, b, c");
    assertTold(outcome, "warn", "output.dir for all nodes");
  }

  @Test
  void doctor_driverAnywhereOnTheCluster_refusesCheckpointsOnItsDisk() {
    set(CLUSTER);
    set(SAFE);
    set(Map.of("spark.submit.deployMode", "cluster"));

    Outcome outcome = doctor("checkpoint.dir = \"ROOT/kept\"");

    assertEquals(7, outcome.code(), outcome.toString());
    assertTold(outcome, "danger", "checkpoint.dir", root.toString());
  }

  @Test
  void doctor_temporaryCheckpointsOrNone_areWarnedOf() {
    assertTold(doctor("checkpoint.dir = \"/tmp/kept\""), "warn", "checkpoint.dir", "/tmp/kept");
    assertTold(doctor("checkpoint.every = 0"), "warn", "checkpoint.every", "0");
  }

  @Test
  void doctor_categories_areNotSummedAndSayWhatIsMissing() {
    String columns = "data.feature-columns = [x1, colour]\ndata.categorical.colour {";

    Outcome found = doctor(columns + "}\n");
    Outcome given = doctor(columns + " reference = red, levels = [red, blue] }\n");

    assertEquals(0, found.code(), found.toString());
    assertSaid(
        found,
        "feature contract: a training's secure sums complete it",
        "    2  colour +text, category with levels still to be found, reference: the first level",
        "  to each worker +at least .*");
    assertFalse(found.out().contains("blue"), found.toString());
    assertSaid(
        given,
        "feature contract: 2 features, SHA-256 [0-9a-f]{64}",
        "    2  colour +text, category with 2 levels, SHA-256 [0-9a-f]{12}, reference: red");
  }

  @Test
  void doctor_workerWithTestRowsOnly_isCountedAndNotLeftOut() {
    Outcome outcome = doctor("data.split.column = part\ndata.workers.d = \"ROOT/idle.csv\"\n");

    assertEquals(0, outcome.code(), outcome.toString());
    assertFalse(outcome.out().contains("left out"), outcome.toString());
    assertSaid(
        outcome,
        "cohort: 3 workers would take part",
        "  test rows only: 1 workers; one more visit in each round evaluates them");
  }

  @Test
  void doctor_pooledTable_findsItsWorkers() {
    Outcome outcome = doctor(POOLED);

    assertEquals(0, outcome.code(), outcome.toString());
    assertTold(outcome, "ok", "workers with training rows", "3");
    assertSaid(outcome, "cohort: 3 workers would take part: a, b, c");
  }

  @Test
  void doctor_verbose_tellsEachSettingWithItsOrigin() {
    Path conf =
        JobRunner.write(
            root.resolve("synthetic.conf"),
            "data.synthetic { workers = 4, features = 3 }\noutput.dir = \"" + root + "/new\"\n");

    Outcome outcome = jobs.doctor(conf.toString(), "algorithm.rounds=7", "--verbose");

    assertEquals(0, outcome.code(), outcome.toString());
    assertSaid(
        outcome,
        "  algorithm.rounds = 7  \\(command line.*\\)",
        "cohort: 4 workers would take part: .*",
        "cost of a round \\(estimates; at most 7 rounds.*");
  }

  private static void assertSaid(Outcome outcome, String... lines) {
    for (String line : lines) {
      assertTrue(
          outcome.out().lines().anyMatch(said -> said.matches(line)), line + " in " + outcome);
    }
  }

  private static final String POOLED =
      "data.workers = null, data.path = \"ROOT/pooled.csv\", data.worker-column = center\n";

  static Stream<Case> dangers() {
    return Stream.of(
        Case.of("path", 3, "data.workers.b = \"ROOT/gone.csv\"", "data.workers.b", "gone.csv"),
        Case.of("row", 3, "data.workers.b = \"ROOT/bad.csv\"", "rows", "worker b, column x2: "),
        Case.of("column", 3, "data.workers.b = \"ROOT/other.csv\"", "rows", "worker b", "x2"),
        Case.of(
            "few workers in a table",
            4,
            POOLED + "aggregation.min-workers = 4",
            "workers with training rows",
            "3"),
        Case.of(
            "few of the workers hold rows",
            4,
            "data.split.column = part\ndata.workers.b = \"ROOT/idle.csv\"",
            "workers with training rows",
            "2"),
        Case.of("few workers", 4, "aggregation.min-workers = 4", "number of workers", "3"),
        Case.of("two workers", 2, "data.workers.c = null", "number of workers", "2"),
        Case.of("plain", 2, "aggregation.mode = insecure-plain", "aggregation.mode"),
        Case.of(
            "no roster",
            2,
            "aggregation.keys { dir = \"ROOT/keys\", roster = \"ROOT/none\" }",
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
