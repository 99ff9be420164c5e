package io.sparkfed.jobs;

import io.sparkfed.it.ExecutorJvms;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Settings of jobs that run in this JVM, on a cluster. */
final class ClusterProperties {
  private static final Map<String, String> LOCAL =
      Map.of(
          "spark.master",
          "local[2]",
          "spark.authenticate",
          "false",
          "spark.network.crypto.enabled",
          "false");

  private final Map<String, String> before = new HashMap<>();

  void set(Map<String, String> properties) {
    properties.forEach(
        (name, value) -> {
          before.putIfAbsent(name, System.getProperty(name, ""));
          System.setProperty(name, value);
        });
  }

  /** Executors of one core with this JVM's classes, all there before the first task. */
  void setForExecutors() {
    set(ExecutorJvms.settings());
    set(
        Map.of(
            "spark.executor.cores",
            "1",
            "spark.scheduler.minRegisteredResourcesRatio",
            "1.0",
            "spark.scheduler.maxRegisteredResourcesWaitingTime",
            "60s"));
  }

  /** Runs a job on a local master. */
  <T> T locally(Supplier<T> job) {
    return with(LOCAL, job);
  }

  /** Runs a job with other settings. */
  <T> T with(Map<String, String> others, Supplier<T> job) {
    Map<String, String> saved = new HashMap<>();
    others.forEach((name, value) -> saved.put(name, System.getProperty(name, "")));
    others.forEach(System::setProperty);
    try {
      return job.get();
    } finally {
      restore(saved);
    }
  }

  void clear() {
    restore(before);
  }

  private static void restore(Map<String, String> properties) {
    properties.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            System.clearProperty(name);
          } else {
            System.setProperty(name, value);
          }
        });
  }
}
