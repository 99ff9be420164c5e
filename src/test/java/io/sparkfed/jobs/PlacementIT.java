package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.it.RunOutput;
import io.sparkfed.it.Sites;
import io.sparkfed.it.StandaloneCluster;
import io.sparkfed.jobs.JobRunner.Outcome;
import io.sparkfed.secure.keys.KeyFolderMaker;
import io.sparkfed.secure.keys.RosterFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workers with hosts of their own, on three sites that see neither each other's files nor each
 * other's keys: network namespaces and private mounts on one machine, over encrypted RPC. Two
 * workers share the first site, whose one core is busy with one of them when the other's task is
 * due.
 */
@Timeout(300)
@TestMethodOrder(OrderAnnotation.class)
class PlacementIT {
  private static final SortedMap<String, Integer> SITES =
      new TreeMap<>(Map.of("a", 1, "b", 2, "c", 3, "d", 1));
  private static final int ROUNDS = 15;

  @RegisterExtension static final JobRunner jobs = new JobRunner();

  @TempDir static Path folder;

  private static Sites sites;
  private static StandaloneCluster cluster;
  private static final ClusterProperties properties = new ClusterProperties();

  @BeforeAll
  static void start() throws Exception {
    Optional<String> whyNone = Sites.whyNone();
    Assumptions.assumeTrue(whyNone.isEmpty(), () -> whyNone.orElse(""));
    sites = new Sites(folder, 3);
    Path keys = folder.resolve("made-keys");
    List<String> cards = new ArrayList<>();
    for (String worker : SITES.keySet()) {
      KeyFolderMaker.init(keys, worker);
      cards.addAll(Files.readAllLines(keys.resolve(worker).resolve(KeyFolderMaker.CARD)));
    }
    RosterFile roster = RosterFile.parse(cards);
    Files.write(folder.resolve("roster"), roster.lines());
    for (String worker : SITES.keySet()) {
      KeyFolderMaker.accept(keys.resolve(worker), worker, roster);
      Path own = sites.own(SITES.get(worker));
      Files.createDirectories(own.resolve("keys"));
      Files.move(keys.resolve(worker), own.resolve("keys").resolve(worker));
      JobRunner.write(own.resolve(worker + ".csv"), ThreeWorkers.rows(worker));
    }
    Map<String, String> encryption =
        Map.of(
            "spark.authenticate", "true",
            "spark.authenticate.secret", "sesame",
            "spark.network.crypto.enabled", "true");
    StringBuilder options = new StringBuilder();
    encryption.forEach((name, value) -> options.append(" -D" + name + "=" + value));
    cluster =
        new StandaloneCluster(
            Files.createDirectories(folder.resolve("cluster")),
            sites.driverHost(),
            sites.nodes(),
            options.toString().strip());
    properties.set(encryption);
    properties.set(
        Map.of(
            "spark.master", cluster.master(),
            "spark.driver.host", sites.driverHost(),
            "spark.driver.bindAddress", sites.driverHost(),
            "spark.cores.max", "3",
            // The wrong place at once, where the right one is busy; and attempts beside slow ones.
            "spark.locality.wait.node", "0s",
            "spark.speculation", "true",
            "spark.eventLog.enabled", "true",
            "spark.eventLog.compress", "false",
            "spark.eventLog.dir",
                Files.createDirectories(folder.resolve("events")).toUri().toString()));
    properties.setForExecutors();
  }

  @AfterAll
  static void stop() throws Exception {
    properties.clear();
    if (cluster != null) {
      cluster.close();
    }
    if (sites != null) {
      sites.close();
    }
  }

  /** Where a worker's file is: at its site, or for a local run where it was put. */
  private static Path path(String worker, boolean atSite) {
    return (atSite ? sites.place() : sites.own(SITES.get(worker))).resolve(worker + ".csv");
  }

  private static String conf(String output, Map<String, String> hosts, String... more) {
    boolean atSites = !hosts.isEmpty();
    StringBuilder text =
        new StringBuilder(
            """
            name = placed
            data { label-column = class, feature-columns = [x1, x2], split.column = part }
            model.family = logistic
            algorithm { rounds = %d, local { steps = 3, step-size = 0.02 } }
            output.dir = "%s"
            """
                .formatted(ROUNDS, folder.resolve(output)));
    for (String worker : SITES.keySet()) {
      String key = "data.workers." + worker;
      text.append(
          atSites
              ? key
                  + String.format(
                      Locale.ROOT,
                      " { path = \"%s\", hosts = [\"%s\"] }%n",
                      path(worker, true),
                      hosts.get(worker))
              : key + " = \"" + path(worker, false) + "\"\n");
    }
    if (atSites) {
      text.append(
          "aggregation.keys { dir = \"%s\", roster = \"%s\" }%n"
              .formatted(sites.place().resolve("keys"), folder.resolve("roster")));
    }
    text.append(String.join("\n", more));
    return JobRunner.write(folder.resolve(output + ".conf"), text.toString()).toString();
  }

  /** By address, and one by the label of a site. */
  private static Map<String, String> hosts() {
    Map<String, String> hosts = new TreeMap<>();
    SITES.forEach((worker, site) -> hosts.put(worker, sites.host(site)));
    hosts.put("b", "Site-2");
    return hosts;
  }

  private static Map<String, String> hostsBut(String worker, String other) {
    Map<String, String> hosts = hosts();
    hosts.put(worker, other);
    return hosts;
  }

  @Test
  @Order(1)
  void path_ofAWorker_existsAtItsSiteAlone() throws Exception {
    for (String worker : SITES.keySet()) {
      for (Path path : List.of(path(worker, true), sites.place().resolve("keys").resolve(worker))) {
        assertFalse(Files.exists(path), path.toString());
        for (int site = 1; site <= 3; site++) {
          assertEquals(SITES.get(worker) == site, sites.exists(site, path), path + " at " + site);
          assertFalse(sites.exists(site, sites.own(SITES.get(worker)).resolve(worker + ".csv")));
        }
      }
    }
  }

  /** Tasks are refused at wrong hosts, and an executor with its shard is lost on the way. */
  @Test
  @Order(2)
  void train_eachWorkerOnItsSite_sameCoefficientsAsLocally() throws Exception {
    Running.Happening kill =
        Running.when(
            () -> Running.rounds(folder, "placed") >= 3,
            () -> assertTrue(cluster.executors().get(1).destroyForcibly()));
    Outcome placed = jobs.train(conf("placed", hosts()));
    kill.assertHappened(placed);

    assertEquals(0, placed.code(), placed.toString());
    assertTrue(placed.toString().contains("Lost executor"), placed.toString());
    Outcome local = properties.locally(() -> jobs.train(conf("local", Map.of())));
    assertEquals(0, local.code(), local.toString());
    RunOutput output = new RunOutput(folder.resolve("placed"));
    assertEquals(new RunOutput(folder.resolve("local")).coefficients(), output.coefficients());
    List<String> killed = reasonsOfKilledTasks();
    assertTrue(
        killed.stream()
            .anyMatch(
                reason ->
                    reason.matches(
                        "worker [a-d] may run on ([0-9.]+|Site-2) only"
                            + " \\(data\\.workers\\.[a-d]\\.hosts\\),"
                            + " and this is [0-9.]+ \\(SPARKFED_SITE = site-[1-3]\\)")),
        killed.toString());
  }

  @Test
  @Order(3)
  void train_hostIsAnotherWorkersSite_keysAndFileAreNotThere() {
    Outcome outcome = jobs.train(conf("wrong", hostsBut("b", sites.host(3))));

    assertEquals(2, outcome.code(), outcome.toString());
    assertEquals(
        List.of(
            "error: worker b: its owner's keys can't be opened on "
                + sites.host(3)
                + " (aggregation.keys.dir); the worker's own log says why"),
        outcome.errorLines());
    assertFalse(Files.exists(folder.resolve("wrong")));
  }

  @Test
  @Order(4)
  void train_noExecutorOnAWorkersHost_endsAfterTheTimeout() {
    String nowhere = sites.host(200);
    Outcome outcome = jobs.train(conf("nowhere", hostsBut("b", nowhere), "cluster.timeout = 3s"));

    assertEquals(5, outcome.code(), outcome.toString());
    assertEquals(
        List.of(
            "error: worker b may run on "
                + nowhere
                + " only (data.workers.b.hosts), and there has been no executor there for 3 s"
                + " (cluster.timeout); executors are on "
                + sites.host(1)
                + " (SPARKFED_SITE = site-1), "
                + sites.host(2)
                + " (SPARKFED_SITE = site-2), "
                + sites.host(3)
                + " (SPARKFED_SITE = site-3)"),
        outcome.errorLines());
  }

  private static List<String> reasonsOfKilledTasks() throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<String> reasons = new ArrayList<>();
    try (Stream<Path> logs = Files.walk(folder.resolve("events"))) {
      for (Path log : logs.filter(Files::isRegularFile).toList()) {
        for (String line : Files.readAllLines(log)) {
          if (line.startsWith("{\"Event\":\"SparkListenerTaskEnd\"")) {
            JsonNode reason = json.readTree(line).path("Task End Reason").path("Kill Reason");
            if (!reason.isMissingNode()) {
              reasons.add(reason.asText());
            }
          }
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return reasons;
  }
}
