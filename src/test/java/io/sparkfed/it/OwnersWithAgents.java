package io.sparkfed.it;

import io.sparkfed.agent.AgentAddress;
import io.sparkfed.agent.AgentHandler;
import io.sparkfed.agent.AgentServer;
import io.sparkfed.agent.FrameLimits;
import io.sparkfed.agent.Relays;
import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.recipe.OwnerPolicy;
import io.sparkfed.secure.keys.KeyFolder;
import io.sparkfed.spark.service.AgentService;
import io.sparkfed.spark.service.ServiceLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.SparkSession;

/**
 * Owners with rows, folders and policies, whose agents can be made: rows with a category, a missing
 * value to impute, and columns that SQL reads.
 *
 * @param root where all lies
 * @param owners their folders
 */
public record OwnersWithAgents(Path root, OwnerFolders owners) {
  public static final List<String> WORKERS = List.of("a", "b", "c", "d");

  /** What hides rows, beside the budget. */
  public static final List<String> PRIVATE =
      List.of(
          "data.missing=drop",
          "privacy.unit=row",
          "privacy.delta=1e-4",
          "privacy.bounds.x1=[-5, 5]",
          "privacy.bounds.x2=[-10, 20]",
          "privacy.rows=100",
          "model.l2=0.1",
          "algorithm.preset=private");

  private static final List<String> AGGREGATORS =
      List.of("secure-worker", "aggregator-1", "aggregator-2");

  private static final int ROWS = 40;

  /** Makes them. */
  public static OwnersWithAgents make(Path root) throws IOException {
    List<String> parties = new ArrayList<>(WORKERS);
    parties.addAll(AGGREGATORS);
    Files.createDirectories(root.resolve("sockets"));
    OwnersWithAgents made = new OwnersWithAgents(root, OwnerFolders.make(root, parties));
    for (String worker : WORKERS) {
      Files.writeString(made.rows(worker), rowsOf(worker));
      OwnerPolicy.addDataset(made.owners.dir(), worker, "cardio", made.rows(worker));
      made.adds(
          worker,
          """
          data.cardio.categories = site
          data.cardio.filter.usual = x1 > -9
          data.cardio.derive.z = x1 * 2 + 1
          data.cardio.split.part = train, test
          cohorts = any
          """);
    }
    return made;
  }

  /** Where a worker's rows are. */
  public Path rows(String worker) {
    return root.resolve(worker + ".csv");
  }

  /**
   * Returns what looks for rows in files: for each one's first feature as number and text, its
   * patient, and its site where that is longer than those that all have.
   */
  public ByteScan canaries() throws IOException {
    ByteScan scan = new ByteScan();
    for (String worker : WORKERS) {
      List<String> lines = Files.readAllLines(rows(worker));
      for (String line : lines.subList(1, lines.size())) {
        String[] cells = line.split(",", -1);
        long number = Double.doubleToRawLongBits(Double.parseDouble(cells[0]));
        scan.add(cells[0], Set.of(bytes(number), bytes(Long.reverseBytes(number))));
        for (String text : List.of(cells[0], cells[2], cells[5])) {
          if (text.length() >= Long.BYTES) {
            scan.add(text, Set.of(text));
          }
        }
      }
    }
    return scan;
  }

  private static String bytes(long word) {
    byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(word).array();
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  public Path policy(String worker) {
    return owners.dir().resolve(worker).resolve(KeyFolder.POLICY);
  }

  /** Adds lines to a worker's policy. */
  public void adds(String worker, String lines) throws IOException {
    Files.writeString(policy(worker), lines, StandardOpenOption.APPEND);
  }

  /** Has all workers' owners let these open what is sealed. */
  public void allow(String aggregators) throws IOException {
    for (String worker : WORKERS) {
      String rest = Files.readString(policy(worker)).replaceAll("(?m)^aggregators = .*\n", "");
      Files.writeString(policy(worker), rest + "aggregators = " + aggregators + "\n");
    }
  }

  private static String rowsOf(String worker) {
    Random random = new Random(worker.hashCode());
    StringBuilder text = new StringBuilder("x1,x2,site,y,part,patient\n");
    for (int i = 0; i < ROWS; i++) {
      double x1 = random.nextGaussian();
      double x2 = 5.0 + 3.0 * random.nextGaussian();
      double score = x1 - 0.5 * (x2 - 5.0) + random.nextGaussian();
      text.append(
          String.format(
              Locale.ROOT,
              "%.6f,%s,%s,%d,%s,canary-%s-%d%n",
              x1,
              i % 9 == 3 ? "" : String.format(Locale.ROOT, "%.6f", x2),
              List.of("left", "right", "01").get(random.nextInt(3)),
              score > 0.0 ? 1 : 0,
              i % 4 == 0 ? "test" : "train",
              worker,
              i));
    }
    return text.toString();
  }

  /** Returns a configuration of executors, whose study agents are asked just so. */
  public TrainingConfig config(String... settings) throws IOException {
    return ConfigLoader.load(confOfExecutors("run"), Map.of(), List.of(settings));
  }

  /** Returns such a configuration of executors for a training that hides rows. */
  public TrainingConfig privateConfig(String... settings) throws IOException {
    List<String> all = new ArrayList<>(PRIVATE);
    all.addAll(List.of(settings));
    return ConfigLoader.load(
        withoutFindings(confOfExecutors("hidden")), Map.of(), List.copyOf(all));
  }

  /** Returns such a configuration of vectors of three features, in the data set {@code vectors}. */
  public TrainingConfig vectorsConfig(String... settings) throws IOException {
    String text =
        Files.readString(confOfExecutors("vectors"))
            .replaceAll("(?m)^ *(derive|where|impute|categorical|split|feature-columns).*\n", "")
            .replace("dataset = cardio", "dataset = vectors, format = libsvm")
            .replace("label-column = y", "label-column = label, features-column = features");
    List<String> all = new ArrayList<>(PRIVATE);
    all.removeIf(setting -> setting.startsWith("privacy.bounds"));
    all.addAll(
        List.of(
            "data.options.numFeatures=\"3\"",
            "privacy.vector-size=3",
            "privacy.bounds.features=[-5, 5]"));
    all.addAll(List.of(settings));
    return ConfigLoader.load(
        Files.writeString(root.resolve("vectors.conf"), text), Map.of(), List.copyOf(all));
  }

  /** Takes SQL, and all that is found in rows, out of a written configuration. */
  public static Path withoutFindings(Path file) throws IOException {
    String text =
        Files.readString(file)
            .replaceAll("(?m)^ *(derive|where|impute).*\n", "")
            .replace("x2, site, z]", "x2, site]")
            .replace("categorical.site {}", "categorical.site.levels = [left, right, \"01\"]");
    return Files.writeString(file, text);
  }

  /** Writes a configuration whose workers are asked through their agents, without any key here. */
  public Path conf(String name) throws IOException {
    return write(name, w -> "agent = \"" + address(w) + "\", hosts = [localhost]", "");
  }

  /** Writes a configuration whose workers' rows executors read. */
  public Path confOfExecutors(String name) throws IOException {
    return write(
        name, w -> "hosts = [localhost]", "aggregation.keys.dir = \"" + owners.dir() + "\"");
  }

  private Path write(String name, UnaryOperator<String> place, String more) throws IOException {
    String workers =
        String.join("\n", WORKERS.stream().map(w -> w + " { " + place.apply(w) + " }").toList());
    String text =
        """
        name = through agents
        seed = 7
        data {
          dataset = cardio
          workers { %s }
          label-column = y
          feature-columns = [x1, x2, site, z]
          derive.z = "x1 * 2 + 1"
          where = "x1 > -9"
          categorical.site {}
          impute.columns = [x2]
          split.column = part
        }
        model { family = logistic, l2 = 0.1 }
        aggregation.keys.roster = "%s"
        output.dir = "%s"
        %s
        """
            .formatted(workers, owners.roster(), root.resolve("out").resolve(name), more);
    return Files.writeString(root.resolve(name + ".conf"), text);
  }

  /** Starts a worker's agent. */
  public AgentService agent(String worker, Supplier<SparkSession> spark) throws IOException {
    return new AgentService(worker, owners.keys(), spark, ServiceLimits.usual());
  }

  /** Returns where a worker's agent listens. */
  public AgentAddress address(String worker) {
    return AgentAddress.parse(
        root.resolve("sockets").resolve(worker).resolve("agent.sock").toString());
  }

  /** Has a worker's agent listen. */
  public AgentServer serve(String worker, AgentHandler agent) throws IOException {
    Relays relays = new Relays(Set.of(System.getProperty("user.name")), Optional.empty(), Set.of());
    return AgentServer.open(address(worker), relays, Optional.empty(), agent, FrameLimits.USUAL);
  }
}
