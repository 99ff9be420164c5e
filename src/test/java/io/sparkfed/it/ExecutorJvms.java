package io.sparkfed.it;

import java.util.Map;

/** Executors in JVMs of their own, which find this JVM's classes. */
public final class ExecutorJvms {
  /**
   * Options of a JVM that lives for seconds: those of a submitted job, and classes aren't verified
   * again, as the test's JVM has done so. That is a seventh of such a JVM's time.
   */
  public static final String OPTIONS =
      (System.getenv().getOrDefault("SPARK_SUBMIT_OPTS", "")
              + " -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote")
          .strip();

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
