package io.sparkfed.it;

import java.util.Map;

/** Executors in JVMs of their own, which find this JVM's classes. */
public final class ExecutorJvms {
  /**
   * Options of a JVM that lives for seconds, which are the same as of a submitted job; empty where
   * a test runs outside the build.
   */
  public static final String OPTIONS = System.getenv().getOrDefault("SPARK_SUBMIT_OPTS", "");

  private ExecutorJvms() {}

  /** Returns the settings of a session whose executors they are. */
  public static Map<String, String> settings() {
    return Map.of(
        "spark.executor.memory",
        "600m",
        "spark.executor.extraJavaOptions",
        OPTIONS,
        "spark.executor.extraClassPath",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
  }
}
