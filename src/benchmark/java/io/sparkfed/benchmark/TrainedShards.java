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
 * A masked round against an insecure plain one where workers train on shards of real size: softmax
 * with ten classes, one local epoch and the evaluation that each round has.
 *
 * <p>The two take turns on the same shards in one process. {@code ratio} is that of their times
 * after the two jobs that the masked sum says it needs more were taken off, at the time of an empty
 * one. {@code cpuRatio} is that of the process's CPU times, whatever else runs on the machine.
 */
final class TrainedShards {
  private static final int CLASSES = 10;
  private static final int ROUNDS = 3;
  private static final int EMPTY_JOBS = 16;
  private static final int JOBS_MORE = 2;

  private TrainedShards() {}

  /**
   * Measures a case.
   *
   * @param turns how often each mode trains, after a first time that is not counted
   */
  static Map<String, Object> measured(
      SparkSession spark, int workers, int rows, int weights, int turns) {
    int features = Math.max(1, weights / CLASSES - 1);
    TrainingConfig plain = config(workers, rows, features, "insecure-plain");
    TrainingConfig masked = config(workers, rows, features, "masked");
    List<Took> plainRounds = new ArrayList<>();
    List<Took> maskedRounds = new ArrayList<>();
    List<Double> emptyMillis = new ArrayList<>();
    try (SparkFederation federation = new ShardLoader(spark, plain).load().federation()) {
      EmptyJob empty = new EmptyJob(spark, workers, weights);
      for (int turn = 0; turn <= turns; turn++) {
        List<Took> nowPlain = new ArrayList<>();
        if (turn % 2 == 0) {
          nowPlain.addAll(Suite.rounds(federation, plain, features));
        }
        List<Took> nowMasked = Suite.rounds(federation, masked, features);
        if (turn % 2 == 1) {
          nowPlain.addAll(Suite.rounds(federation, plain, features));
        }
        List<Double> nowEmpty = new ArrayList<>();
        for (int k = 0; k < EMPTY_JOBS; k++) {
          nowEmpty.add(empty.millis());
        }
        // The compiler warms up in the first turn.
        if (turn > 0) {
          plainRounds.addAll(nowPlain);
          maskedRounds.addAll(nowMasked);
          emptyMillis.addAll(nowEmpty);
        }
      }
    }
    double stated = JOBS_MORE * Suite.median(emptyMillis);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("workers", workers);
    line.put("rows", rows);
    line.put("weights", CLASSES * (features + 1));
    line.put("rounds", plainRounds.size());
    line.put("plainRoundMillis", Suite.rounded(Suite.medianMillis(plainRounds)));
    line.put("maskedRoundMillis", Suite.rounded(Suite.medianMillis(maskedRounds)));
    line.put("emptyJobMillis", Suite.rounded(Suite.median(emptyMillis)));
    line.put(
        "ratio",
        Suite.rounded(
            (Suite.medianMillis(maskedRounds) - stated) / Suite.medianMillis(plainRounds)));
    line.put("plainRoundCpuMillis", Suite.rounded(Suite.medianCpuMillis(plainRounds)));
    line.put("maskedRoundCpuMillis", Suite.rounded(Suite.medianCpuMillis(maskedRounds)));
    line.put(
        "cpuRatio",
        Suite.rounded(Suite.medianCpuMillis(maskedRounds) / Suite.medianCpuMillis(plainRounds)));
    return line;
  }

  private static TrainingConfig config(int workers, int rows, int features, String mode) {
    return Suite.config(
        "data.synthetic { workers = " + workers + ", rows-per-worker = " + rows + " }",
        "data.synthetic.features = " + features,
        "data.simulation.workers-per-task = 1",
        "model { family = softmax, classes = " + CLASSES + " }",
        "algorithm.rounds = " + ROUNDS,
        "algorithm.local { solver = sgd, epochs = 1, batch-size = 100, step-size = 0.001 }",
        "aggregation.mode = " + mode);
  }
}
