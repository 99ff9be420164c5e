package io.sparkfed.benchmark;

import io.sparkfed.benchmark.Suite.Took;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.spark.cluster.SparkFederation;
import io.sparkfed.spark.rows.ShardLoader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * What a round of federated averaging costs over an empty Spark job of the same tasks, with shards
 * so small that their training costs nothing.
 *
 * <p>Rounds and empty jobs take turns in one process, a batch each, which of them first changing
 * from turn to turn. A round's time is that from its model's report to the next one's: whatever the
 * driver does between two rounds is in it. {@code ratio} is over as many empty jobs as the mode has
 * jobs in a round.
 */
public final class RoundsBenchmark {
  private static final int FEATURES = 10;
  private static final int ROUNDS = 32;
  private static final int MOST_TURNS = 24;
  private static final int LEAST_TURNS = 3;
  private static final int TURNS_TO_WARM_UP = 8;

  /** Or so much of the time, whichever is shorter. */
  private static final double WARM_UP = 1.0 / 6.0;

  private static final int SECONDS_A_CASE = 60;

  private RoundsBenchmark() {}

  /**
   * Runs the benchmark.
   *
   * @param args {@code workers=10,100}, {@code modes=insecure-plain,masked} and {@code seconds=60},
   *     the longest a case may take, as by default; with {@code agents=true} {@link AgentRounds}
   *     instead, of {@code features=10}, {@code rounds=16} and {@code turns=6}
   */
  public static void main(String[] args) throws IOException {
    Suite suite = new Suite("rounds", args);
    int most = suite.numbers("seconds", List.of(SECONDS_A_CASE)).get(0);
    SparkSession spark = suite.open();
    try {
      if (suite.texts("agents", List.of("false")).get(0).equals("true")) {
        throughAgents(suite, spark);
        return;
      }
      for (int workers : suite.numbers("workers", List.of(10, 100))) {
        for (String mode : suite.texts("modes", List.of("insecure-plain", "masked"))) {
          suite.print(spark, measured(spark, workers, mode, most));
        }
      }
    } finally {
      spark.stop();
    }
  }

  private static void throughAgents(Suite suite, SparkSession spark) throws IOException {
    int turns = suite.numbers("turns", List.of(6)).get(0);
    int rounds = suite.numbers("rounds", List.of(16)).get(0);
    for (int workers : suite.numbers("workers", List.of(10))) {
      for (int features : suite.numbers("features", List.of(10))) {
        for (String mode : suite.texts("modes", List.of("masked"))) {
          suite.print(spark, AgentRounds.measured(spark, workers, features, mode, rounds, turns));
        }
      }
    }
  }

  private static Map<String, Object> measured(
      SparkSession spark, int workers, String mode, int most) {
    TrainingConfig config =
        Suite.config(
            "data.synthetic { workers = " + workers + ", rows-per-worker = 2 }",
            "data.synthetic.features = " + FEATURES,
            "algorithm.rounds = " + ROUNDS,
            "algorithm.local.steps = 1",
            "algorithm.local.step-size = 0.001",
            "aggregation.mode = " + mode);
    List<Took> rounds = new ArrayList<>();
    List<Double> empty = new ArrayList<>();
    int jobs = mode.equals("insecure-plain") ? 1 : 2;
    int turns = 0;
    try (SparkFederation federation = new ShardLoader(spark, config).load().federation()) {
      EmptyJob peer = new EmptyJob(spark, workers, FEATURES + 1);
      long begin = System.nanoTime();
      while (turns < MOST_TURNS && (turns < LEAST_TURNS || seconds(begin) < most)) {
        boolean counts =
            turns > 0 && (turns >= TURNS_TO_WARM_UP || seconds(begin) > most * WARM_UP);
        List<Took> now = new ArrayList<>();
        List<Double> nowEmpty = new ArrayList<>();
        if (turns % 2 == 0) {
          now.addAll(Suite.rounds(federation, config, FEATURES));
        }
        for (int k = 0; k < ROUNDS; k++) {
          nowEmpty.add(peer.millis());
        }
        if (turns % 2 == 1) {
          now.addAll(Suite.rounds(federation, config, FEATURES));
        }
        if (counts) {
          rounds.addAll(now);
          empty.addAll(nowEmpty);
        }
        turns++;
      }
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("workers", workers);
    line.put("mode", mode);
    line.put("rounds", rounds.size());
    line.put("jobsARound", jobs);
    line.put("roundMillis", Suite.rounded(Suite.medianMillis(rounds)));
    line.put("emptyJobMillis", Suite.rounded(Suite.median(empty)));
    line.put("ratio", Suite.rounded(Suite.medianMillis(rounds) / (jobs * Suite.median(empty))));
    return line;
  }

  private static double seconds(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }
}
