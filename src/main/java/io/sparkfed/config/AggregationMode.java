package io.sparkfed.config;

import io.sparkfed.aggregate.Aggregation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.secure.FixedPointSum;
import io.sparkfed.secure.SecureWorkerSum;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.masked.MaskedSum;
import java.util.List;
import java.util.function.BiFunction;

/** The values of {@code aggregation.mode}, with what each protects from whom. */
public enum AggregationMode {
  /** Pairwise masks: the driver sums masked vectors and learns their sum alone. */
  MASKED(
      (keys, minWorkers) -> new MaskedSum(keys, minWorkers),
      List.of(
          "The driver, and so whoever owns the model, receives masked vectors that look uniformly"
              + " random, and learns their sum over the cohort alone.",
          "No executor sees another worker's update.",
          "Rows never leave their worker's partition during training.",
          "A worker's failure reaches the driver as one coarse tag, without text."),
      List.of(
          "The sum itself says something about the workers, the more the fewer they are and the more"
              + " rounds there are.",
          "The driver ships the code: a malicious driver can read anything at the workers.",
          "Root on an executor's host sees that executor's workers.",
          "Workers are trusted to send honest updates (no defence against poisoning).")),
  /** A trusted aggregator task on an executor. */
  SECURE_WORKER(
      (keys, minWorkers) -> new SecureWorkerSum(minWorkers),
      List.of(
          "The driver, and so whoever owns the model, receives sums over the cohort alone: never one"
              + " worker's update, row count, loss or metrics.",
          "Rows never leave their worker's partition during training.",
          "Failures at a worker reach the driver as one coarse tag, without text."),
      List.of(
          "The executor that runs the secure worker's task sees every update and who sent it, and"
              + " updates pass through executors' shuffle files in the clear.",
          "The average itself says something about the workers, the more the fewer they are: with"
              + " two, each can compute the other's update.",
          "Spark lists files at the driver, which so knows their sizes, and tells it how long tasks"
              + " take.",
          "The driver ships the code: a malicious driver can read anything at the workers.",
          "Workers are trusted to send honest updates (no defence against poisoning).")),
  /** The driver sums: the baseline. */
  INSECURE_PLAIN(
      (keys, minWorkers) -> new InsecurePlainSum(minWorkers),
      List.of("Rows never leave their worker's partition during training."),
      List.of(
          "The driver sees every worker's update, row count, loss and metric sums in the clear. Use"
              + " this mode for comparison only."));

  private final BiFunction<KeyRing, Integer, Aggregation<long[], long[]>> ring;
  private final List<String> protects;
  private final List<String> doesNotProtect;

  AggregationMode(
      BiFunction<KeyRing, Integer, Aggregation<long[], long[]>> ring,
      List<String> protects,
      List<String> doesNotProtect) {
    this.ring = ring;
    this.protects = protects;
    this.doesNotProtect = doesNotProtect;
  }

  /**
   * Returns this mode's sums over at least {@code minWorkers} workers.
   *
   * @param keys where the parties' keys are; only the masked mode uses them
   */
  SumFactory sums(KeyRing keys, int minWorkers) {
    Aggregation<long[], long[]> shared = ring.apply(keys, minWorkers);
    return scaledLength -> new FixedPointSum(shared, scaledLength);
  }

  /** Returns whether the driver can't see single workers' numbers. */
  public boolean protectsFromDriver() {
    return this != INSECURE_PLAIN;
  }

  /** Returns what is protected from whom, one sentence each. */
  public List<String> protects() {
    return protects;
  }

  /** Returns what is not protected, one sentence each. */
  public List<String> doesNotProtect() {
    return doesNotProtect;
  }
}
