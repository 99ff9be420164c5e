package io.sparkfed.spark.rows;

import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.it.OwnerFolders;
import io.sparkfed.recipe.OwnerPolicy;
import io.sparkfed.secure.keys.KeyFolder;
import io.sparkfed.spark.service.AgentService;
import io.sparkfed.spark.service.ServiceLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/**
 * Owners with rows, folders and policies, whose agents can be made: rows with a category, a missing
 * value to impute, and columns that SQL reads.
 *
 * @param root where all lies
 * @param owners their folders
 */
record OwnersWithAgents(Path root, OwnerFolders owners) {
  static final List<String> WORKERS = List.of("a", "b", "c", "d");

  private static final List<String> AGGREGATORS =
      List.of("secure-worker", "aggregator-1", "aggregator-2");

  private static final int ROWS = 40;

  /** Makes them. */
  static OwnersWithAgents make(Path root) throws IOException {
    List<String> parties = new ArrayList<>(WORKERS);
    parties.addAll(AGGREGATORS);
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
  Path rows(String worker) {
    return root.resolve(worker + ".csv");
  }

  Path policy(String worker) {
    return owners.dir().resolve(worker).resolve(KeyFolder.POLICY);
  }

  /** Adds lines to a worker's policy. */
  void adds(String worker, String lines) throws IOException {
    Files.writeString(policy(worker), lines, StandardOpenOption.APPEND);
  }

  /** Has all workers' owners let these open what is sealed. */
  void allow(String aggregators) throws IOException {
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

  /** Returns a configuration, the same for executors and agents. */
  TrainingConfig config(String... settings) throws IOException {
    String hosts =
        String.join("\n", WORKERS.stream().map(w -> w + ".hosts = [localhost]").toList());
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
        aggregation.keys { dir = "%s", roster = "%s" }
        """
            .formatted(hosts, owners.dir(), owners.roster());
    Path file = Files.writeString(root.resolve("run.conf"), text);
    return ConfigLoader.load(file, Map.of(), List.of(settings));
  }

  /** Starts a worker's agent. */
  AgentService agent(String worker, Supplier<SparkSession> spark) throws IOException {
    return new AgentService(worker, owners.keys(), spark, ServiceLimits.usual());
  }

  /** Starts the agents of all. */
  HandledAgents agents(Supplier<SparkSession> spark) throws IOException {
    HandledAgents agents = new HandledAgents();
    for (String worker : WORKERS) {
      agents.agents.put(worker, agent(worker, spark));
    }
    return agents;
  }
}
