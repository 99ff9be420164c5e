package io.sparkfed.config;

import io.sparkfed.aggregate.Aggregation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.secure.SecureWorkerSum;
import java.util.List;
import java.util.function.IntFunction;

/** The values of {@code aggregation.mode}, with what each protects from whom. */
public enum AggregationMode {
  /** A trusted aggregator task on an executor. */
  SECURE_WORKER(
      SecureWorkerSum::new,
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
      InsecurePlainSum::new,
      List.of("Rows never leave their worker's partition during training."),
      List.of(
          "The driver sees every worker's update, row count, loss and metric sums in the clear. Use"
              + " this mode for comparison only."));

  private final IntFunction<Aggregation<double[], double[]>> factory;
  private final List<String> protects;
  private final List<String> doesNotProtect;

  AggregationMode(
      IntFunction<Aggregation<double[], double[]>> factory,
      List<String> protects,
      List<String> doesNotProtect) {
    this.factory = factory;
    this.protects = protects;
    this.doesNotProtect = doesNotProtect;
  }

  /** Returns this mode's sum over at least {@code minWorkers} workers. */
  public Aggregation<double[], double[]> sum(int minWorkers) {
    return factory.apply(minWorkers);
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
