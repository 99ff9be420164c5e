package io.sparkfed.benchmark;

import io.sparkfed.benchmark.Suite.Took;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.spark.cluster.SparkFederation;
import io.sparkfed.spark.rows.ShardLoader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * How fast many small workers train in one process: a round of federated averaging of one local
 * epoch, where simulated workers share tasks and where each has its own.
 *
 * <p>The two take turns in one process, the peer with a tenth of the workers (for its sake), and
 * are compared by workers per second per core. A round evaluates the model too; its time is that
 * from its model's report to the next one's.
 */
public final class SimulationBenchmark {
  private static final int ROUNDS = 4;
  private static final int TURNS = 3;
  private static final int SHARE_OF_PEER = 10;

  private SimulationBenchmark() {}

  /**
   * Runs the benchmark.
   *
   * @param args {@code workers=100000}, {@code rows=20}, {@code features=50} and {@code
   *     modes=insecure-plain}, as by default
   */
  public static void main(String[] args) {
    Suite suite = new Suite("simulation", args);
    int rows = suite.numbers("rows", List.of(20)).get(0);
    int features = suite.numbers("features", List.of(50)).get(0);
    SparkSession spark = suite.open();
    try {
      for (int workers : suite.numbers("workers", List.of(100_000))) {
        for (String mode : suite.texts("modes", List.of("insecure-plain"))) {
          suite.print(spark, measured(spark, workers, rows, features, mode));
        }
      }
    } finally {
      spark.stop();
    }
  }

  private static Map<String, Object> measured(
      SparkSession spark, int workers, int rows, int features, String mode) {
    int peerWorkers = Math.max(3, workers / SHARE_OF_PEER);
    TrainingConfig shared = config(workers, rows, features, mode, "");
    TrainingConfig own =
        config(peerWorkers, rows, features, mode, "data.simulation.workers-per-task = 1");
    List<Took> millis = new ArrayList<>();
    List<Took> peerMillis = new ArrayList<>();
    try (SparkFederation federation = new ShardLoader(spark, shared).load().federation();
        SparkFederation peer = new ShardLoader(spark, own).load().federation()) {
      for (int turn = 0; turn <= TURNS; turn++) {
        List<Took> now = Suite.rounds(federation, shared, features);
        List<Took> nowPeer = Suite.rounds(peer, own, features);
        // The compiler warms up in the first turn.
        if (turn > 0) {
          millis.addAll(now);
          peerMillis.addAll(nowPeer);
        }
      }
    }
    int cores = Runtime.getRuntime().availableProcessors();
    double speed = workers / (Suite.medianMillis(millis) / 1e3) / cores;
    double peerSpeed = peerWorkers / (Suite.medianMillis(peerMillis) / 1e3) / cores;
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("workers", workers);
    line.put("rows", rows);
    line.put("features", features);
    line.put("mode", mode);
    line.put("rounds", millis.size());
    line.put("roundMillis", Suite.rounded(Suite.medianMillis(millis)));
    line.put("workersPerSecondPerCore", Math.round(speed));
    line.put("oneTaskEachWorkers", peerWorkers);
    line.put("oneTaskEachRoundMillis", Suite.rounded(Suite.medianMillis(peerMillis)));
    line.put("oneTaskEachWorkersPerSecondPerCore", Math.round(peerSpeed));
    line.put("ratio", Suite.rounded(speed / peerSpeed));
    return line;
  }

  private static TrainingConfig config(
      int workers, int rows, int features, String mode, String sharing) {
    return Suite.config(
        "data.synthetic { workers = " + workers + ", rows-per-worker = " + rows + " }",
        "data.synthetic.features = " + features,
        "algorithm.rounds = " + ROUNDS,
        "algorithm.local { solver = sgd, epochs = 1, batch-size = 10, step-size = 0.001 }",
        "aggregation.mode = " + mode,
        sharing);
  }
}
