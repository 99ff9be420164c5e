package io.sparkfed.benchmark;

import io.sparkfed.agent.AgentAddress;
import io.sparkfed.agent.AgentServer;
import io.sparkfed.agent.FrameLimits;
import io.sparkfed.agent.Relays;
import io.sparkfed.benchmark.Suite.Took;
import io.sparkfed.config.TrainingConfig;
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
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A round of federated averaging through owners' agents against one where executors hold the same
 * rows, both with owners' keys, policies and journals. The two take turns in one process, which the
 * agents share; so the master needs more cores than there are workers, to read rows while relays
 * wait: {@code -- --master local[24]}.
 */
final class AgentRounds {
  private static final int ROWS = 40;
  private static final int VALUES = 5;
  private static final int TURNS_TO_WARM_UP = 2;

  private final SparkSession spark;
  private final Path root;
  private final List<String> owners;
  private final int features;
  private final int rounds;

  private AgentRounds(SparkSession spark, Path root, int workers, int features, int rounds) {
    this.spark = spark;
    this.root = root;
    this.owners = IntStream.range(0, workers).mapToObj(k -> "w" + k).toList();
    this.features = features;
    this.rounds = rounds;
  }

  /**
   * Measures a case.
   *
   * @param features each has a weight; rows are vectors with few values
   * @param rounds of a training
   * @param turns how often each trains, after the first ones that are not counted
   */
  static Map<String, Object> measured(
      SparkSession spark, int workers, int features, String mode, int rounds, int turns)
      throws IOException {
    Path root = Files.createTempDirectory("agents");
    List<AgentServer> servers = new ArrayList<>();
    try {
      AgentRounds own = new AgentRounds(spark, root, workers, features, rounds);
      own.write();
      for (String owner : own.owners) {
        servers.add(own.serve(owner));
      }
      return own.measured(mode, turns);
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
        "data.format = parquet",
        "data.workers { " + workers + " }",
        "data.label-column = y",
        "data.features-column = x",
        "algorithm.rounds = " + rounds,
        "algorithm.local.steps = 1",
        "algorithm.local.step-size = 0.001",
        "aggregation.mode = " + mode,
        "aggregation.keys { dir = \""
            + keys()
            + "\", roster = \""
            + root.resolve("roster")
            + "\" }");
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
      Files.writeString(
          keys().resolve(owner).resolve(KeyFolder.POLICY),
          "data.rows.path = %s\ndata.rows.format = parquet\ndata.rows.columns = x, y\n"
                  .formatted(rows(owner))
              + "most-parameters-per-row = 1e9\ncohorts = any\n",
          StandardOpenOption.APPEND);
    }
  }

  /** Writes vectors of which few values aren't zero, so that their training costs nothing. */
  private Path rows(String owner) {
    Random random = new Random(owner.hashCode());
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      int[] places = random.ints(0, features).distinct().limit(VALUES).sorted().toArray();
      double[] values = random.doubles(places.length).toArray();
      rows.add(RowFactory.create(random.nextGaussian(), Vectors.sparse(features, places, values)));
    }
    StructType columns =
        new StructType().add("y", DataTypes.DoubleType).add("x", SQLDataTypes.VectorType());
    Path file = root.resolve(owner + ".parquet");
    spark.createDataFrame(rows, columns).coalesce(1).write().parquet(file.toString());
    return file;
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
