package io.sparkfed.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.recipe.Presets;
import io.sparkfed.spark.cluster.SparkFederation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** What the suites share: their options, and one line of JSON a case. */
final class Suite {
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final String name;
  private final String[] args;
  private final ObjectMapper json = new ObjectMapper();

  /** What a round took, of the clock and of all this process's threads. */
  record Took(double millis, double cpuMillis) {}

  /**
   * Creates a suite.
   *
   * @param args {@code key=value} each
   */
  Suite(String name, String[] args) {
    this.name = name;
    this.args = args.clone();
  }

  /** Returns an option's numbers, separated by commas. */
  List<Integer> numbers(String key, List<Integer> byDefault) {
    return texts(key, byDefault.stream().map(String::valueOf).toList()).stream()
        .map(Integer::valueOf)
        .toList();
  }

  /** Returns an option's texts, separated by commas. */
  List<String> texts(String key, List<String> byDefault) {
    return Arrays.stream(args)
        .filter(arg -> arg.startsWith(key + "="))
        .findFirst()
        .map(arg -> List.of(arg.substring(key.length() + 1).split(",", -1)))
        .orElse(byDefault);
  }

  SparkSession open() {
    return SparkSession.builder().appName("jobs/benchmark " + name).getOrCreate();
  }

  /** Prints a case: the suite, what was measured, and what with. */
  void print(SparkSession spark, Map<String, Object> measured) {
    Map<String, Object> all = new LinkedHashMap<>(measured);
    all.put("master", spark.sparkContext().master());
    all.put("spark", spark.version());
    print(all);
  }

  /** Prints a case that needs no session. */
  void print(Map<String, Object> measured) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("benchmark", name);
    line.putAll(measured);
    line.put("cores", Runtime.getRuntime().availableProcessors());
    line.put("java", System.getProperty("java.version"));
    String own = TrainingConfig.class.getPackage().getImplementationVersion();
    line.put("spark-federated", own == null ? "development" : own);
    line.put("command", ("jobs/benchmark " + name + " " + String.join(" ", args)).strip());
    try {
      System.out.println(json.writeValueAsString(line));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and texts can be written", e);
    }
  }

  /** Reads settings, {@code key = value} each. */
  static TrainingConfig config(String... settings) {
    try {
      Path conf = Files.createTempFile("benchmark", ".conf");
      try {
        Files.writeString(conf, String.join("\n", settings));
        return ConfigLoader.load(conf, Map.of(), List.of());
      } finally {
        Files.delete(conf);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Trains, and returns the time from each model's report to the next one's: whatever the driver
   * does between two rounds is in it. The first visit is left out, which has a sum before it that
   * chooses the range, and the last, which only evaluates.
   */
  static List<Took> rounds(SparkFederation federation, TrainingConfig config, int features) {
    List<Took> rounds = new ArrayList<>();
    long[] last = {0, 0};
    new FederatedTrainer(
            federation,
            Presets.plan(config, features),
            round -> {
              long now = System.nanoTime();
              long cpu = PROCESS.getProcessCpuTime();
              if (round.round() > 0 && round.round() < config.algorithm().rounds()) {
                rounds.add(new Took((now - last[0]) / 1e6, (cpu - last[1]) / 1e6));
              }
              last[0] = now;
              last[1] = cpu;
            })
        .train();
    return rounds;
  }

  /** Returns the median wall-clock milliseconds. */
  static double medianMillis(List<Took> rounds) {
    return median(rounds.stream().map(Took::millis).toList());
  }

  /** Returns the median CPU milliseconds of the process. */
  static double medianCpuMillis(List<Took> rounds) {
    return median(rounds.stream().map(Took::cpuMillis).toList());
  }

  static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(v -> v).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
  }

  /** Returns two decimals, as many as times are worth. */
  static double rounded(double value) {
    return Math.round(value * 100.0) / 100.0;
  }
}
