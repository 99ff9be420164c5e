package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.it.ExecutorJvms;
import io.sparkfed.it.RunOutput;
import io.sparkfed.it.StandaloneCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The jobs on a standalone cluster of two worker nodes, as users submit them: the coefficients are
 * those of a local run, to the last digit.
 */
@Timeout(480)
class StandaloneClusterIT {
  private static final long RUN_SECONDS = 240;

  @TempDir static Path folder;

  private static StandaloneCluster cluster;
  private static String localTutorial;

  @BeforeAll
  static void start() throws Exception {
    cluster = new StandaloneCluster(Files.createDirectories(folder.resolve("cluster")), 2);
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void train_clientMode_sameCoefficientsAsLocally() throws Exception {
    Path events = Files.createDirectories(folder.resolve("client-events"));
    RunOutput output = output("client");
    List<String> submit = options("client");
    submit.addAll(List.of("--conf", "spark.eventLog.enabled=true"));
    submit.addAll(List.of("--conf", "spark.eventLog.compress=false"));
    submit.addAll(List.of("--conf", "spark.eventLog.dir=" + events.toUri()));

    Submitted run = train("conf/tutorial.conf", List.of("output.dir=" + output.dir()), submit);

    assertEquals(0, run.await(), run.printed());
    assertTrue(run.printed().contains("round 10/10"), run.printed());
    assertEquals(localTutorial(), output.coefficients());
    assertEquals(Set.of("0", "1"), RunOutput.executorsInEventLogs(events));
    assertTrue(output.notes().stream().noneMatch(note -> note.startsWith("local master")));
  }

  /** Both at once: spark-submit asks for a driver's end every ten seconds only. */
  @Test
  void train_clusterMode_sameCoefficientsAsLocallyAndFailureIsNotASuccess() throws Exception {
    RunOutput output = output("cluster");
    RunOutput none = output("fails");

    Submitted fails =
        train(
            "conf/tutorial.conf",
            List.of("output.dir=" + none.dir(), "algorithm.rounds=0"),
            options("cluster"));
    Submitted run =
        train("conf/tutorial.conf", List.of("output.dir=" + output.dir()), options("cluster"));

    assertEquals(1, fails.await(), fails.printed());
    assertTrue(fails.printed().contains("ended as FAILED"), fails.printed());
    assertTrue(Files.notExists(none.dir()));
    assertEquals(0, run.await(), run.printed());
    assertEquals(localTutorial(), output.coefficients());
    assertEquals("succeeded", output.run().path("exit").path("state").asText());
  }

  @Test
  void submit_pooledHospitals_sameCoefficientsAsLocally() throws Exception {
    Path table =
        Path.of(System.getProperty("sparkfed.testdata"), "fed-heart-disease", "flamby_split.csv");
    if (!Boolean.getBoolean("sparkfed.testdata.required")) {
      Assumptions.assumeTrue(Files.exists(table), () -> table + " is absent");
    }
    List<String> job =
        List.of("conf/hospitals.conf", "data.path=" + table.toRealPath(), "algorithm.rounds=3");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getenv("SPARK_HOME"), "bin", "spark-submit").toString());
    command.addAll(List.of("--class", "io.sparkfed.jobs.TrainJob"));
    command.addAll(options("client"));
    command.add(System.getProperty("sparkfed.jar"));
    command.addAll(job);
    RunOutput output = output("hospitals");
    command.add("output.dir=" + output.dir());

    Submitted run = new Submitted(command);

    assertEquals(0, run.await(), run.printed());
    assertEquals(local(job), output.coefficients());
    assertTrue(output.notes().get(0).startsWith("simulated workers: rows moved"));
  }

  @Test
  void train_executorIsKilledMidway_sameCoefficientsAsLocally() throws Exception {
    List<String> job =
        List.of(
            "data.synthetic.workers=6",
            "data.synthetic.rows-per-worker=200",
            "data.synthetic.features=5",
            // Keys of a worker would go with its executor.
            "aggregation.mode=secure-worker",
            "algorithm.rounds=12");
    List<String> arguments = new ArrayList<>(job);
    RunOutput output = output("killed");
    arguments.add("output.dir=" + output.dir());

    Submitted run = train("conf/simulated.conf", arguments, options("client"));
    StandaloneCluster.await(
        Duration.ofSeconds(200),
        () -> run.printed().contains("round  3/12") || !run.isRunning(),
        "the third round did not end");
    assertTrue(run.isRunning(), run::printed);
    List<ProcessHandle> executors = cluster.executors();
    assertEquals(2, executors.size());
    assertTrue(executors.get(0).destroyForcibly());

    assertEquals(0, run.await(), run.printed());
    assertTrue(run.printed().contains("Lost executor"), run.printed());
    List<String> locally = new ArrayList<>(List.of("conf/simulated.conf"));
    locally.addAll(job);
    assertEquals(local(locally), output.coefficients());
  }

  private static RunOutput output(String name) {
    return new RunOutput(folder.resolve("out").resolve(name));
  }

  private static String localTutorial() throws Exception {
    if (localTutorial == null) {
      localTutorial = local(List.of("conf/tutorial.conf"));
    }
    return localTutorial;
  }

  /** Runs the same training on a local master and returns its coefficients. */
  private static String local(List<String> arguments) throws Exception {
    RunOutput output = new RunOutput(Files.createTempDirectory(folder, "local").resolve("out"));
    List<String> all = new ArrayList<>(arguments);
    all.add("output.dir=" + output.dir());
    assertEquals(0, LocalSpark.run(() -> TrainJob.execute(all.toArray(new String[0]))));
    return output.coefficients();
  }

  private static List<String> options(String deployMode) {
    List<String> options = new ArrayList<>();
    options.addAll(List.of("--master", cluster.master(), "--deploy-mode", deployMode));
    options.addAll(List.of("--driver-memory", "512m", "--executor-memory", "600m"));
    options.addAll(List.of("--executor-cores", "1", "--total-executor-cores", "2"));
    // Both executors before the first task; and no waiting for the better place.
    options.addAll(List.of("--conf", "spark.scheduler.minRegisteredResourcesRatio=1.0"));
    options.addAll(List.of("--conf", "spark.scheduler.maxRegisteredResourcesWaitingTime=60s"));
    options.addAll(List.of("--conf", "spark.locality.wait=0s"));
    options.addAll(List.of("--conf", "spark.executor.extraJavaOptions=" + ExecutorJvms.OPTIONS));
    options.addAll(List.of("--conf", "spark.ui.enabled=false"));
    return options;
  }

  private static Submitted train(String conf, List<String> arguments, List<String> options)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("jobs/train", conf));
    command.addAll(arguments);
    command.add("--");
    command.addAll(options);
    return new Submitted(command);
  }

  /** A command that runs, with what it printed so far. */
  private static final class Submitted {
    private final Path printed;
    private final Process process;

    Submitted(List<String> command) throws IOException {
      printed = Files.createTempFile(folder, "printed", ".txt");
      ProcessBuilder builder = new ProcessBuilder(command);
      // As on a user's machine: the launcher finds the embedded Spark.
      builder.environment().remove("SPARK_HOME");
      process = builder.redirectErrorStream(true).redirectOutput(printed.toFile()).start();
    }

    boolean isRunning() {
      return process.isAlive();
    }

    String printed() {
      try {
        return Files.readString(printed);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Returns the exit code; after the deadline ends the process and fails. */
    int await() throws InterruptedException {
      try {
        assertTrue(process.waitFor(RUN_SECONDS, TimeUnit.SECONDS), () -> "too slow: " + printed());
        return process.exitValue();
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
  }
}
