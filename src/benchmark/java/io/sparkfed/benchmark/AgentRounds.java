package io.sparkfed.benchmark;

import io.sparkfed.agent.AgentAddress;
import io.sparkfed.agent.AgentServer;
import io.sparkfed.agent.FrameLimits;
import io.sparkfed.agent.Relays;
import io.sparkfed.benchmark.Suite.Took;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.recipe.OwnerPolicy;
import io.sparkfed.secure.keys.KeyFolder;
import io.sparkfed.secure.keys.KeyFolderMaker;
import io.sparkfed.secure.keys.KeyFolders;
import io.sparkfed.secure.keys.RosterFile;
import io.sparkfed.spark.cluster.SparkFederation;
import io.sparkfed.spark.rows.ShardLoader;
import io.sparkfed.spark.service.AgentService;
import io.sparkfed.spark.service.ServiceLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * A round of federated averaging through owners' agents against one where executors hold the same
 * rows, both with owners' keys, policies and journals. The two take turns in one process, which the
 * agents share; so the master needs more cores than there are workers, to read rows while relays
 * wait: {@code -- --master local[24]}.
 */
final class AgentRounds {
  private static final int ROUNDS = 16;
  private static final int LEAST_ROWS = 40;
  private static final int TURNS_TO_WARM_UP = 2;

  private final SparkSession spark;
  private final Path root;
  private final List<String> owners;
  private final int features;

  private AgentRounds(SparkSession spark, Path root, int workers, int features) {
    this.spark = spark;
    this.root = root;
    this.owners = IntStream.range(0, workers).mapToObj(k -> "w" + k).toList();
    this.features = features;
  }

  /**
   * Measures a case.
   *
   * @param turns how often each trains, after the first ones that are not counted
   */
  static Map<String, Object> measured(
      SparkSession spark, int workers, int features, String mode, int turns) throws IOException {
    Path root = Files.createTempDirectory("agents");
    List<AgentServer> servers = new ArrayList<>();
    try {
      AgentRounds rounds = new AgentRounds(spark, root, workers, features);
      rounds.write();
      for (String owner : rounds.owners) {
        servers.add(rounds.serve(owner));
      }
      return rounds.measured(mode, turns);
    } finally {
      for (AgentServer server : servers) {
        server.close();
      }
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private Map<String, Object> measured(String mode, int turns) {
    TrainingConfig byAgents = config(mode, w -> "agent = \"" + address(w) + "\"");
    TrainingConfig byExecutors =
        config(mode, w -> "hosts = [\"" + spark.conf().get("spark.driver.host") + "\"]");
    List<Took> agents = new ArrayList<>();
    List<Took> executors = new ArrayList<>();
    try (SparkFederation throughAgents = new ShardLoader(spark, byAgents).load().federation();
        SparkFederation onExecutors = new ShardLoader(spark, byExecutors).load().federation()) {
      for (int turn = 0; turn < turns + TURNS_TO_WARM_UP; turn++) {
        List<Took> first =
            turn % 2 == 0
                ? Suite.rounds(throughAgents, byAgents, features)
                : Suite.rounds(onExecutors, byExecutors, features);
        List<Took> second =
            turn % 2 == 0
                ? Suite.rounds(onExecutors, byExecutors, features)
                : Suite.rounds(throughAgents, byAgents, features);
        if (turn >= TURNS_TO_WARM_UP) {
          agents.addAll(turn % 2 == 0 ? first : second);
          executors.addAll(turn % 2 == 0 ? second : first);
        }
      }
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("workers", owners.size());
    line.put("features", features);
    line.put("mode", mode);
    line.put("rounds", agents.size());
    line.put("agentRoundMillis", Suite.rounded(Suite.medianMillis(agents)));
    line.put("executorRoundMillis", Suite.rounded(Suite.medianMillis(executors)));
    line.put("ratio", Suite.rounded(Suite.medianMillis(agents) / Suite.medianMillis(executors)));
    return line;
  }

  private TrainingConfig config(String mode, UnaryOperator<String> place) {
    String workers =
        owners.stream()
            .map(w -> w + " { " + place.apply(w) + " }")
            .collect(Collectors.joining(", "));
    return Suite.config(
        "data.dataset = rows",
        "data.workers { " + workers + " }",
        "data.label-column = y",
        "data.feature-columns = [" + String.join(", ", names()) + "]",
        "algorithm.rounds = " + ROUNDS,
        "algorithm.local.steps = 1",
        "algorithm.local.step-size = 0.001",
        "aggregation.mode = " + mode,
        "aggregation.keys { dir = \""
            + keys()
            + "\", roster = \""
            + root.resolve("roster")
            + "\" }");
  }

  private List<String> names() {
    return IntStream.range(0, features).mapToObj(j -> "x" + j).toList();
  }

  private Path keys() {
    return root.resolve("keys");
  }

  private AgentAddress address(String owner) {
    return AgentAddress.parse(root.resolve("sockets").resolve(owner).toString());
  }

  private void write() throws IOException {
    List<String> cards = new ArrayList<>();
    for (String owner : owners) {
      KeyFolderMaker.init(keys(), owner);
      cards.addAll(Files.readAllLines(keys().resolve(owner).resolve(KeyFolderMaker.CARD)));
    }
    RosterFile roster = RosterFile.parse(cards);
    Files.write(root.resolve("roster"), roster.lines());
    for (String owner : owners) {
      KeyFolderMaker.accept(keys().resolve(owner), owner, roster);
      OwnerPolicy.addDataset(keys(), owner, "rows", rows(owner));
      Files.writeString(
          keys().resolve(owner).resolve(KeyFolder.POLICY),
          "cohorts = any\n",
          StandardOpenOption.APPEND);
    }
  }

  private Path rows(String owner) throws IOException {
    Random random = new Random(owner.hashCode());
    StringBuilder text = new StringBuilder("y," + String.join(",", names()) + "\n");
    for (int i = 0; i < Math.max(LEAST_ROWS, 4 * features); i++) {
      text.append(String.format(Locale.ROOT, "%.4f", random.nextGaussian()));
      for (int j = 0; j < features; j++) {
        text.append(String.format(Locale.ROOT, ",%.4f", random.nextGaussian()));
      }
      text.append('\n');
    }
    return Files.writeString(root.resolve(owner + ".csv"), text);
  }

  private AgentServer serve(String owner) throws IOException {
    KeyFolders keys = new KeyFolders(keys().toString(), Files.readAllLines(root.resolve("roster")));
    return AgentServer.open(
        address(owner),
        new Relays(Set.of(System.getProperty("user.name")), Optional.empty(), Set.of()),
        Optional.empty(),
        new AgentService(owner, keys, () -> spark, ServiceLimits.usual()),
        FrameLimits.USUAL);
  }
}
