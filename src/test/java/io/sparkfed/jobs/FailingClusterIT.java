package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.it.OwnerFolders;
import io.sparkfed.it.RunOutput;
import io.sparkfed.it.StandaloneCluster;
import io.sparkfed.jobs.JobRunner.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
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
  private static final Map<String, String> SITES =
      Map.of("a", "NORTH", "b", "south wing", "c", "South Wing", "d", "North");
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
                new StandaloneCluster.Node("127.0.0.1", site("north")),
                new StandaloneCluster.Node("127.0.0.1", site(" South  Wing"))),
            "-Dspark.deploy.recoveryMode=FILESYSTEM -Dspark.deploy.recoveryDirectory=" + recovery);
    properties.set(
        Map.of(
            "spark.master", cluster.master(),
            "spark.cores.max", "2",
            // One executor a node, whose memory has room for one: of two cores one could take both
            // while the other node still clears up what an application before has left.
            "spark.executor.cores", "1",
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

  /** Begins the command of a site's node, whose executors inherit its environment. */
  private static List<String> site(String label) {
    return List.of("env", "SPARKFED_SITE=" + label);
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
            # Less than the test's own: who is missing is then said.
            cluster.timeout = 2 minutes
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

  /** Both nodes have one address: what tells them apart is the label. */
  @Test
  @Order(5)
  void train_workersAtLabels_runThereAloneThoughAnExecutorIsLost() throws Exception {
    Path events = Files.createDirectories(folder.resolve("label-events"));
    properties.set(
        Map.of(
            "spark.eventLog.enabled", "true",
            "spark.eventLog.compress", "false",
            "spark.eventLog.rolling.enabled", "false",
            "spark.eventLog.dir", events.toUri().toString()));

    Outcome outcome = trainWhile(FailingClusterIT::killAnExecutor, "labels", atSites(SITES));

    properties.set(Map.of("spark.eventLog.enabled", "false"));
    assertTrue(outcome.toString().contains("Lost executor"), outcome.toString());
    assertAsUndisturbed(outcome, "labels");
    Map<Integer, Set<Path>> nodes = nodesOfVisits(events);
    for (int k = 0; k < WORKERS.size(); k++) {
      Path own =
          folder.resolve("cluster/work-" + (SITES.get(WORKERS.get(k)).startsWith("N") ? 1 : 2));
      assertEquals(Set.of(own), nodes.get(k), WORKERS.get(k));
    }
  }

  /** Returns where the tasks of each worker's partition ended well. */
  private static Map<Integer, Set<Path>> nodesOfVisits(Path events) throws IOException {
    ObjectMapper json = new ObjectMapper();
    Set<Integer> visits = new HashSet<>();
    Map<Integer, Set<Path>> nodes = new HashMap<>();
    Path log;
    try (Stream<Path> logs = Files.walk(events)) {
      log = logs.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
    for (String line : Files.readAllLines(log)) {
      JsonNode event = json.readTree(line);
      JsonNode stage = event.path("Stage Info");
      if (stage.path("RDD Info").findValuesAsText("Name").contains("spark-federated visit")) {
        visits.add(stage.path("Stage ID").asInt());
      }
      boolean isOfAVisit = visits.contains(event.path("Stage ID").asInt(-1));
      if (isOfAVisit && event.at("/Task End Reason/Reason").asText().equals("Success")) {
        String folderOfExecutor =
            log.getFileName() + "/" + event.at("/Task Info/Executor ID").asText();
        for (Path node : cluster.workDirs()) {
          if (Files.exists(node.resolve(folderOfExecutor))) {
            nodes
                .computeIfAbsent(event.at("/Task Info/Partition ID").asInt(), k -> new HashSet<>())
                .add(node);
          }
        }
      }
    }
    return nodes;
  }

  @Test
  @Order(6)
  void train_aggregatorAtALabel_sameCoefficients() throws Exception {
    assertAsUndisturbed(
        jobs.train(conf("sealed", atSites(SITES) + sealedAt("south wing"))), "sealed");
  }

  private static String sealedAt(String label) {
    return "aggregation { mode = secure-worker, keys = null, aggregators.s = \"" + label + "\" }\n";
  }

  /** A place that nobody has, of a worker and of an aggregator. */
  @Test
  @Order(7)
  void train_nobodyCarriesALabel_endsAfterTheTimeout() {
    Map<String, String> others = new TreeMap<>(SITES);
    others.put("c", "east");
    String noEast =
        " may run on east only (%s), and there has been no executor there for 3 s"
            + " (cluster.timeout); executors are on 127.0.0.1 (SPARKFED_SITE = South Wing),"
            + " 127.0.0.1 (SPARKFED_SITE = north)";

    Outcome worker = jobs.train(conf("no-east", atSites(others) + "cluster.timeout = 3s"));
    Outcome aggregator =
        jobs.train(conf("no-east", atSites(SITES) + sealedAt("east") + "cluster.timeout = 3s"));

    assertEquals(5, worker.code(), worker.toString());
    assertEquals(
        List.of("error: worker c" + noEast.formatted("data.workers.c.hosts")), worker.errorLines());
    assertEquals(5, aggregator.code(), aggregator.toString());
    assertEquals(
        List.of("error: aggregator s" + noEast.formatted("aggregation.aggregators.s")),
        aggregator.errorLines());
  }

  @Test
  @Order(8)
  void doctor_workersAtLabels_saysWhichExecutorCarriesThem() {
    Map<String, String> some = new TreeMap<>(SITES);
    some.remove("b");
    Outcome outcome = jobs.doctor(conf("doctor", atSites(some)));

    assertEquals(9, outcome.code(), outcome.toString());
    assertTrue(
        outcome
            .toString()
            .matches(
                "(?s).*ok +data\\.workers\\.a\\.hosts +127\\.0\\.0\\.1 \\(SPARKFED_SITE = north\\)"
                    + " +an executor on NORTH\\R.*"),
        outcome.toString());
    assertFalse(outcome.toString().contains("data.workers.b.hosts"), outcome.toString());
  }

  private static String atSites(Map<String, String> sites) {
    StringBuilder text = new StringBuilder();
    sites.forEach(
        (worker, site) ->
            text.append(
                "data.workers.%s { path = \"%s/%s.csv\", hosts = [\"%s\"] }%n"
                    .formatted(worker, folder, worker, site)));
    return text.toString();
  }

  /** Spark itself would wait for ever. */
  @Test
  @Order(9)
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
