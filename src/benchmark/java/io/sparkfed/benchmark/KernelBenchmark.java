package io.sparkfed.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.math.Kernels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Version;

/**
 * The kernels against peers, by JMH: sweeps against the memory bandwidth of a triad, by as many
 * threads; the Hessian against a BLAS. Case and peer take turns, each time in a new JVM with the
 * same arguments; medians over the turns. One line of JSON a case. Rates are by the CPU time of the
 * threads that measure, as other load on the machine lengthens all else; {@code wallRatio} is by
 * the clock.
 */
public final class KernelBenchmark {
  private static final double TRIAD_BYTES = 3.0 * Double.BYTES * KernelCases.Triad.LENGTH;
  private static final int WARM_UPS = 3;
  private static final int MEASUREMENTS = 3;

  private final ObjectMapper json = new ObjectMapper();
  private final String command;
  private final int turns;
  private final TimeValue time;

  private KernelBenchmark(String command, int turns, TimeValue time) {
    this.command = command;
    this.turns = turns;
    this.time = time;
  }

  /**
   * Runs the benchmark.
   *
   * @param args {@code threads=1,2}, {@code turns=3}, {@code millis=1000} of a measurement
   */
  public static void main(String[] args) throws IOException, RunnerException {
    int turns = numbers(args, "turns", List.of(3)).get(0);
    long millis = numbers(args, "millis", List.of(1000)).get(0);
    KernelBenchmark benchmark =
        new KernelBenchmark(
            ("jobs/benchmark kernels " + String.join(" ", args)).strip(),
            turns,
            TimeValue.milliseconds(millis));
    int cores = Runtime.getRuntime().availableProcessors();
    List<Integer> byDefault = cores > 1 ? List.of(1, cores) : List.of(1);
    for (int threads : numbers(args, "threads", byDefault)) {
      benchmark.sweep("dense", threads, 500_000, 50, 50, 1, "DOUBLE");
      benchmark.sweep("dense", threads, 500_000, 50, 50, 1, "FLOAT");
      benchmark.sweep("dense", threads, 50_000, 500, 500, 1, "DOUBLE");
      benchmark.sweep("sparse", threads, 100_000, 20_000, 75, 1, "DOUBLE");
      benchmark.sweep("sparse", threads, 100_000, 20_000, 75, 1, "FLOAT");
      benchmark.sweep("dense softmax", threads, 200_000, 50, 50, 10, "DOUBLE");
      benchmark.hessian(threads, 100_000, 50);
      benchmark.hessian(threads, 5_000, 500);
    }
  }

  private static List<Integer> numbers(String[] args, String key, List<Integer> byDefault) {
    return Arrays.stream(args)
        .filter(arg -> arg.startsWith(key + "="))
        .findFirst()
        .map(arg -> Arrays.stream(arg.substring(key.length() + 1).split(",", -1)))
        .map(values -> values.map(Integer::valueOf).toList())
        .orElse(byDefault);
  }

  private void sweep(
      String kind, int threads, int rows, int features, int present, int outputs, String storage)
      throws IOException, RunnerException {
    Map<String, Object> line = line("sweep", kind, threads, rows, features);
    line.put("present", present);
    line.put("outputs", outputs);
    line.put("storage", storage);
    Map<String, String> params = new LinkedHashMap<>();
    params.put("rows", "" + rows);
    params.put("features", "" + features);
    params.put("present", "" + present);
    params.put("outputs", "" + outputs);
    params.put("storage", storage);
    Times times = takeTurns("sweep", params, "triad", Map.of(), threads);
    double entry =
        (storage.equals("FLOAT") ? Float.BYTES : Double.BYTES)
            + (present < features ? Integer.BYTES : 0);
    double bytes = entry * rows * present;
    line.put("cpuMillis", rounded(times.own() / 1e6));
    line.put("gigabytesPerSecond", rounded(threads * bytes / times.own()));
    line.put("triadGigabytesPerSecond", rounded(threads * TRIAD_BYTES / times.peer()));
    line.put("ratio", rounded(bytes / times.own() / (TRIAD_BYTES / times.peer())));
    line.put("wallRatio", rounded(bytes / times.ownWall() / (TRIAD_BYTES / times.peerWall())));
    print(line);
  }

  private void hessian(int threads, int rows, int features) throws IOException, RunnerException {
    Map<String, Object> line = line("hessian", "dense", threads, rows, features);
    Map<String, String> params = Map.of("rows", "" + rows, "features", "" + features);
    Times times = takeTurns("hessian", params, "dsyrk", params, threads);
    double operations = (double) rows * features * (features + 1);
    line.put("cpuMillis", rounded(times.own() / 1e6));
    line.put("gigaflops", rounded(threads * operations / times.own()));
    line.put("javaBlasGigaflops", rounded(threads * operations / times.peer()));
    line.put("ratio", rounded(times.peer() / times.own()));
    line.put("wallRatio", rounded(times.peerWall() / times.ownWall()));
    print(line);
  }

  private static Map<String, Object> line(
      String name, String kind, int threads, int rows, int features) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("benchmark", "kernels");
    line.put("case", name);
    line.put("rows of", kind);
    line.put("threads", threads);
    line.put("rows", rows);
    line.put("features", features);
    return line;
  }

  private void print(Map<String, Object> line) throws IOException {
    line.put("kernels", Kernels.best().description());
    line.put("cores", Runtime.getRuntime().availableProcessors());
    line.put("turns", turns);
    line.put("java", System.getProperty("java.version"));
    line.put("jmh", Version.getPlainVersion());
    String own = Kernels.class.getPackage().getImplementationVersion();
    line.put("spark-federated", own == null ? "development" : own);
    line.put("command", command);
    System.out.println(json.writeValueAsString(line));
  }

  /** Medians over the turns, in nanoseconds an operation. */
  private record Times(double own, double peer, double ownWall, double peerWall) {}

  private Times takeTurns(
      String own,
      Map<String, String> ownParams,
      String peer,
      Map<String, String> peerParams,
      int threads)
      throws RunnerException {
    List<RunResult> owns = new ArrayList<>();
    List<RunResult> peers = new ArrayList<>();
    for (int turn = 0; turn < turns; turn++) {
      owns.add(run(own, ownParams, threads));
      peers.add(run(peer, peerParams, threads));
    }
    return new Times(
        median(owns, KernelBenchmark::cpuNanos),
        median(peers, KernelBenchmark::cpuNanos),
        median(owns, KernelBenchmark::wallNanos),
        median(peers, KernelBenchmark::wallNanos));
  }

  private static double cpuNanos(RunResult result) {
    return result.getSecondaryResults().get("cpuNanos").getScore()
        / result.getSecondaryResults().get("operations").getScore();
  }

  private static double wallNanos(RunResult result) {
    return result.getPrimaryResult().getScore();
  }

  private RunResult run(String name, Map<String, String> params, int threads)
      throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(KernelCases.class.getName() + "." + name + "$")
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.NANOSECONDS)
            .threads(threads)
            .forks(1)
            .warmupIterations(WARM_UPS)
            .warmupTime(time)
            .measurementIterations(MEASUREMENTS)
            .measurementTime(time)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    params.forEach((key, value) -> options.param(key, value));
    return new Runner(options.build()).runSingle();
  }

  private static double median(List<RunResult> results, ToDoubleFunction<RunResult> time) {
    double[] sorted = results.stream().mapToDouble(time).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
  }

  private static double rounded(double value) {
    return Math.round(value * 100.0) / 100.0;
  }
}
