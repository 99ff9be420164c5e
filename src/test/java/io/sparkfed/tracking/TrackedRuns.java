package io.sparkfed.tracking;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.testing.Measured;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Runs that tests have tracked. */
final class TrackedRuns {
  static final String ID = "0f5c-run";

  private TrackedRuns() {}

  /** Returns a configuration of three workers that is tracked at a server. */
  static TrainingConfig config(String uri, String... overrides) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("data.workers.north", "/rows/of/north.csv");
    values.put("data.workers.south", "/rows/of/south.csv");
    values.put("data.workers.west", "/rows/of/west.csv");
    values.put("data.feature-columns", List.of("a", "b"));
    values.put("tracking.mlflow.uri", uri);
    return ConfigLoader.of("heart", values, List.of(overrides));
  }

  static TrackedRun newRun() {
    return run(Optional.empty());
  }

  static TrackedRun resumed(int lastRound) {
    return run(Optional.of(IntStream.rangeClosed(0, lastRound).mapToObj(k -> round(k)).toList()));
  }

  private static TrackedRun run(Optional<List<RoundSummary>> resumed) {
    return new TrackedRun(
        ID,
        Instant.ofEpochMilli(1_700_000_000_000L),
        "file:/out/heart",
        Map.of("spark-federated", "1.2.3"),
        resumed);
  }

  static RoundSummary round(int k) {
    return new RoundSummary(
        k,
        3,
        1,
        1.0 / (k + 1),
        Map.of("accuracy", 0.5, "r2", Double.NaN),
        Map.of("accuracy", 0.25),
        1.5,
        Measured.of(4, 2, 1000),
        Map.of("work", 1.25));
  }

  /** Asks again until it is so. */
  static void eventually(String what, BooleanSupplier isSo) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (!isSo.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, what);
      Thread.sleep(20);
    }
  }
}
