package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.it.OwnerFolders;
import io.sparkfed.it.RunOutput;
import io.sparkfed.it.StandaloneCluster;
import io.sparkfed.jobs.JobRunner.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A training, with masked sums, on a cluster that loses what it is made of: the run goes on to the
 * coefficients of an undisturbed one, or ends with its own message and exit code.
 */
@Timeout(300)
@TestMethodOrder(OrderAnnotation.class)
class FailingClusterIT {
  private static final List<String> WORKERS = List.of("a", "b", "c", "d");
  private static final int ROUNDS = 15;
  private static final int LATER = 3;

  @RegisterExtension static final JobRunner jobs = new JobRunner();

  @TempDir static Path folder;

  private static StandaloneCluster cluster;

  /** Keys that outlive an executor: without them its workers drop out of the round. */
  private static OwnerFolders owners;

  private static String undisturbed;
  private static final ClusterProperties properties = new ClusterProperties();

  @BeforeAll
  static void start() throws Exception {
    owners = OwnerFolders.make(folder, WORKERS);
    // Whose worker is lost may have helped to open a sum that is opened again without it.
    for (String worker : WORKERS) {
      Path policy = owners.dir().resolve(worker).resolve("policy.properties");
      Files.writeString(policy, Files.readString(policy).replace("cohorts = one", "cohorts = any"));
    }
    WORKERS.forEach(
        worker -> JobRunner.write(folder.resolve(worker + ".csv"), ThreeWorkers.rows(worker)));
    Outcome local = jobs.train(conf("undisturbed", ""));
    assertEquals(0, local.code(), local.toString());
    undisturbed = new RunOutput(folder.resolve("undisturbed")).coefficients();
    Path recovery = Files.createDirectories(folder.resolve("recovery"));
    cluster =
        new StandaloneCluster(
            Files.createDirectories(folder.resolve("cluster")),
            "127.0.0.1",
            List.of(
                new StandaloneCluster.Node("127.0.0.1", List.of()),
                new StandaloneCluster.Node("127.0.0.1", List.of())),
            "-Dspark.deploy.recoveryMode=FILESYSTEM -Dspark.deploy.recoveryDirectory=" + recovery);
    properties.set(
        Map.of(
            "spark.master", cluster.master(),
            "spark.cores.max", "2",
            "spark.locality.wait.process", "2s"));
    properties.setForExecutors();
  }

  @AfterAll
  static void stop() throws Exception {
    properties.clear();
    if (cluster != null) {
      cluster.close();
    }
  }

  private static String conf(String output, String more) {
    StringBuilder text =
        new StringBuilder(
            """
            name = failing
            data { label-column = class, feature-columns = [x1, x2], split.column = part }
            model.family = logistic
            algorithm { rounds = %d, local { steps = 3, step-size = 0.02 } }
            output.dir = "%s"
            """
                .formatted(ROUNDS, folder.resolve(output)));
    for (String worker : WORKERS) {
      text.append("data.workers.%s = \"%s/%s.csv\"%n".formatted(worker, folder, worker));
    }
    text.append(
        "aggregation.keys { dir = \"%s\", roster = \"%s\" }%n"
            .formatted(owners.dir(), owners.roster()));
    return JobRunner.write(folder.resolve(output + ".conf"), text + more).toString();
  }

  /** Trains while something happens after some rounds. */
  private static Outcome trainWhile(Running.Event event, String output, String more)
      throws Exception {
    Running.Happening happening =
        Running.when(() -> Running.rounds(folder, output) >= LATER, event);
    Outcome outcome = jobs.train(conf(output, more));
    happening.assertHappened(outcome);
    return outcome;
  }

  private static void killAnExecutor() {
    assertTrue(cluster.executors().get(0).destroyForcibly());
  }

  private static void assertAsUndisturbed(Outcome outcome, String output) throws Exception {
    assertEquals(0, outcome.code(), outcome.toString());
    assertEquals(undisturbed, new RunOutput(folder.resolve(output)).coefficients());
  }

  /** Its workers' shards are read again. */
  @Test
  @Order(1)
  void train_executorKilledWithItsShards_sameCoefficients() throws Exception {
    Outcome outcome = trainWhile(FailingClusterIT::killAnExecutor, "killed", "");

    assertTrue(outcome.toString().contains("Lost executor"), outcome.toString());
    assertAsUndisturbed(outcome, "killed");
  }

  @Test
  @Order(2)
  void train_masterRestarted_sameCoefficients() throws Exception {
    Outcome outcome = trainWhile(() -> cluster.restartMaster(), "restarted", "");

    assertTrue(outcome.toString().contains("waiting for master to reconnect"), outcome.toString());
    assertAsUndisturbed(outcome, "restarted");
  }

  /** Executors come and go, with their shards, whenever the driver takes its time. */
  @Test
  @Order(3)
  void train_dynamicAllocation_sameCoefficients() throws Exception {
    Outcome outcome =
        properties.with(
            Map.of(
                "spark.dynamicAllocation.enabled", "true",
                "spark.dynamicAllocation.shuffleTracking.enabled", "true",
                "spark.dynamicAllocation.executorIdleTimeout", "1s",
                "spark.dynamicAllocation.cachedExecutorIdleTimeout", "1s",
                "spark.dynamicAllocation.schedulerBacklogTimeout", "1s",
                "spark.dynamicAllocation.maxExecutors", "2",
                "spark.speculation", "true"),
            () -> jobs.train(conf("dynamic", "")));

    assertAsUndisturbed(outcome, "dynamic");
  }

  /** Three of four may be summed: the one that can't be read again is missing, and counted. */
  @Test
  @Order(4)
  void train_pathGoneWithTheShard_isADropout() throws Exception {
    Path file = folder.resolve("b.csv");
    Path hidden = folder.resolve("b.hidden");
    Outcome outcome =
        trainWhile(
            () -> {
              Files.move(file, hidden);
              cluster.executors().forEach(ProcessHandle::destroyForcibly);
            },
            "gone",
            "");
    Files.move(hidden, file);

    assertEquals(0, outcome.code(), outcome.toString());
    List<String> rounds = Files.readAllLines(folder.resolve("gone/rounds.jsonl"));
    JsonNode last = new ObjectMapper().readTree(rounds.get(rounds.size() - 1));
    assertEquals(ROUNDS, rounds.size());
    assertEquals(3, last.path("workers").asInt(), last.toString());
    assertEquals(1, last.path("dropouts").asInt(), last.toString());
  }

  /** Spark itself would wait for ever. */
  @Test
  @Order(5)
  void train_allNodesLost_endsAfterTheTimeoutAndCanBeResumedElsewhere() throws Exception {
    Outcome outcome = trainWhile(() -> cluster.endNodes(), "lost", "cluster.timeout = 3s");

    assertEquals(5, outcome.code(), outcome.toString());
    assertEquals(
        List.of(
            "error: there has been no executor for 3 s (cluster.timeout): the cluster has none left"
                + " for this application"),
        outcome.errorLines());
    Outcome resumed = properties.locally(() -> jobs.train(conf("lost", "output.resume = true")));
    assertAsUndisturbed(resumed, "lost");
  }
}
