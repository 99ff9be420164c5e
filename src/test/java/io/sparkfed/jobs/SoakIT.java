package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.data.SyntheticWorkers;
import io.sparkfed.it.OwnerFolders;
import io.sparkfed.it.RunOutput;
import io.sparkfed.it.StandaloneCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A long masked training on three nodes whose executors are killed every few rounds, and whose
 * driver is killed and resumed twice: it ends with the coefficients of an undisturbed local run.
 * Takes minutes, so only on demand: {@code mvn verify -Dsparkfed.soak=true -Dit.test=SoakIT}.
 */
@EnabledIfSystemProperty(named = "sparkfed.soak", matches = "true")
@Timeout(3600)
class SoakIT {
  private static final int ROUNDS = Integer.getInteger("sparkfed.soak.rounds", 200);
  private static final int WORKERS = 20;
  private static final int ROUNDS_BETWEEN_KILLS = 7;
  private static final int KILLED = 128 + 9;

  @TempDir static Path folder;

  private final List<String> log = new ArrayList<>();
  private int kills;

  @Test
  void train_executorsAndDriverKilled_sameCoefficientsAsUndisturbed() throws Exception {
    OwnerFolders owners = OwnerFolders.make(folder, SyntheticWorkers.ids(WORKERS));
    RunOutput expected = new RunOutput(folder.resolve("undisturbed"));
    assertEquals(0, LocalSpark.run(() -> TrainJob.execute(arguments(expected, owners, false))));

    RunOutput output = new RunOutput(folder.resolve("run"));
    Path dir = Files.createDirectories(folder.resolve("cluster"));
    try (StandaloneCluster cluster =
        new StandaloneCluster(dir, List.of("127.0.0.21", "127.0.0.22", "127.0.0.23"))) {
      int driverKills = 0;
      for (int until : List.of(ROUNDS / 3, 2 * ROUNDS / 3)) {
        Process driver = start(cluster, owners, output, driverKills > 0, "driver-" + driverKills);
        disturb(cluster, driver, "driver-" + driverKills, until);
        assertTrue(driver.isAlive(), () -> printed("driver-0") + printed("driver-1"));
        kill(driver);
        log.add("driver killed after round " + until);
        driverKills++;
      }
      Process last = start(cluster, owners, output, true, "driver-2");
      disturb(cluster, last, "driver-2", ROUNDS);
      assertTrue(last.waitFor(120, TimeUnit.SECONDS), () -> printed("driver-2"));
      assertEquals(0, last.exitValue(), () -> printed("driver-2"));
    } finally {
      log.forEach(System.out::println);
    }

    assertTrue(kills >= ROUNDS / (2 * ROUNDS_BETWEEN_KILLS), log::toString);
    assertEquals(expected.coefficients(), output.coefficients());
  }

  private static void kill(Process driver) throws InterruptedException {
    driver.descendants().forEach(ProcessHandle::destroyForcibly);
    driver.destroyForcibly();
    assertTrue(driver.waitFor(30, TimeUnit.SECONDS));
    assertEquals(KILLED, driver.exitValue());
  }

  /** Kills an executor every few rounds until a round has ended, or the driver has. */
  private void disturb(StandaloneCluster cluster, Process driver, String name, int until)
      throws InterruptedException {
    int next = reached(name) + ROUNDS_BETWEEN_KILLS;
    while (driver.isAlive() && reached(name) < until) {
      int round = reached(name);
      List<ProcessHandle> executors = cluster.executors();
      if (round >= next && !executors.isEmpty()) {
        ProcessHandle victim = executors.get(kills % executors.size());
        victim.destroyForcibly();
        kills++;
        log.add("executor " + victim.pid() + " killed after round " + round);
        next = round + ROUNDS_BETWEEN_KILLS;
      }
      Thread.sleep(50);
    }
  }

  /** Returns the last round that a driver told of. */
  private static int reached(String name) {
    return printed(name)
        .lines()
        .filter(line -> line.matches("round +[0-9]+/.*"))
        .map(line -> line.replaceAll("round +([0-9]+)/.*", "$1"))
        .mapToInt(Integer::parseInt)
        .max()
        .orElse(0);
  }

  private static String printed(String name) {
    Path file = folder.resolve(name);
    return Files.exists(file) ? JobRunner.read(file) : "";
  }

  private static Process start(
      StandaloneCluster cluster, OwnerFolders owners, RunOutput output, boolean resume, String name)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("jobs/train"));
    command.addAll(List.of(arguments(output, owners, resume)));
    command.addAll(List.of("--", "--master", cluster.master(), "--driver-memory", "512m"));
    command.addAll(List.of("--executor-memory", "600m", "--executor-cores", "1"));
    command.addAll(List.of("--total-executor-cores", "3"));
    command.addAll(List.of("--conf", "spark.ui.enabled=false"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove("SPARK_HOME");
    return builder.redirectErrorStream(true).redirectOutput(folder.resolve(name).toFile()).start();
  }

  private static String[] arguments(RunOutput output, OwnerFolders owners, boolean resume) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "conf/simulated.conf",
                "data.synthetic.workers=" + WORKERS,
                "data.synthetic.rows-per-worker=200",
                "data.synthetic.features=10",
                "aggregation.mode=masked",
                "aggregation.keys.dir=" + owners.dir(),
                "aggregation.keys.roster=" + owners.roster(),
                "algorithm.rounds=" + ROUNDS,
                "output.dir=" + output.dir()));
    if (resume) {
      arguments.add("output.resume=true");
    }
    return arguments.toArray(new String[0]);
  }
}
