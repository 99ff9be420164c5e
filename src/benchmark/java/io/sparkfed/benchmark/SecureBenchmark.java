package io.sparkfed.benchmark;

import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.Shard;
import io.sparkfed.data.SyntheticWorkers;
import io.sparkfed.secure.keys.EphemeralKeys;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.spark.cluster.SparkFederation;
import io.sparkfed.spark.rows.ShardLoader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.SparkSession;

/**
 * What a round of the masked sum costs over one of the insecure plain sum, by number of workers and
 * of weights; one line of JSON a case. Nothing is trained: a worker's vector is cheap to make, and
 * the making is not counted.
 *
 * <p>CPU times are a single thread's, of the same code without Spark: of one worker, in steady
 * state and in the first round, which has the agreements and checks of the whole run, and of the
 * driver. All workers are in one process, where each pair agrees once and each signature is checked
 * once: so a worker pays about half of what the first round would cost it alone. Wall-clock times
 * are of rounds on Spark, where all workers share this machine's cores; {@code sparkMillis} is what
 * is left of a masked round when the CPU times are taken off, spread over the cores.
 *
 * <p>With {@code rows} the workers do train: see {@link TrainedShards}.
 */
public final class SecureBenchmark {
  private static final int LEAST_ROUNDS = 3;
  private static final int MOST_ROUNDS = 9;
  private static final double SECONDS_A_MEASUREMENT = 30.0;

  /** The compiler needs as long to be done with code that runs often. */
  private static final double SECONDS_TO_WARM_UP = 8.0;

  /** Phases of the first round. */
  private static final String FIRST = "first ";

  /** Bytes as received, and as read; the same again while the garbage is not collected. */
  private static final int COPIES = 4;

  private static final double MAX_GIGABYTES = 8.0;

  private final Suite suite;

  private SecureBenchmark(Suite suite) {
    this.suite = suite;
  }

  /**
   * Runs the benchmark.
   *
   * @param args {@code workers=10,100} and {@code weights=100,10000}; all cases without; or {@code
   *     rows=10000}, for shards of so many rows, with {@code workers=100} and {@code weights=1000},
   *     and {@code turns=2}, more of which leave less of the compiler's work in the figures
   */
  public static void main(String[] args) {
    Suite suite = new Suite("secure", args);
    List<Integer> rows = suite.numbers("rows", List.of());
    List<Integer> workers =
        suite.numbers("workers", rows.isEmpty() ? List.of(10, 100, 1000) : List.of(100));
    List<Integer> weights =
        suite.numbers("weights", rows.isEmpty() ? List.of(100, 10_000, 1_000_000) : List.of(1000));
    int turns = suite.numbers("turns", List.of(2)).get(0);
    SecureBenchmark benchmark = new SecureBenchmark(suite);
    SparkSession spark = suite.open();
    try {
      for (int n : workers) {
        for (int r : rows) {
          for (int d : weights) {
            suite.print(spark, TrainedShards.measured(spark, n, r, d, turns));
          }
        }
        if (rows.isEmpty()) {
          benchmark.run(spark, n, weights);
        }
      }
    } finally {
      spark.stop();
    }
  }

  private void run(SparkSession spark, int workers, List<Integer> weights) {
    TrainingConfig config =
        Suite.config(
            "data.synthetic { workers = " + workers + ", rows-per-worker = 2, features = 1 }",
            "data.simulation.workers-per-task = 1");
    try (SparkFederation federation = new ShardLoader(spark, config).load().federation()) {
      // Spark's own code warms up.
      wall(spark, federation, 1, new InsecurePlainSum(2));
      wall(spark, federation, 1, new MaskedSum(new EphemeralKeys(), 2));
      for (int d : weights) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("workers", workers);
        line.put("weights", d);
        double gigabytes = (double) COPIES * Long.BYTES * workers * d / 1e9;
        if (gigabytes > MAX_GIGABYTES) {
          line.put("skipped", "the driver would hold about " + gigabytes + " GB of vectors");
        } else {
          measure(spark, federation, workers, d, line);
        }
        suite.print(spark, line);
      }
    }
  }

  private static void measure(
      SparkSession spark, SparkFederation federation, int n, int d, Map<String, Object> line) {
    int cores = Runtime.getRuntime().availableProcessors();
    Cpu cpu = cpu(n, d);
    Wall plain = wall(spark, federation, d, new InsecurePlainSum(2));
    Wall masked = wall(spark, federation, d, new MaskedSum(new EphemeralKeys(), 2));
    double worker =
        cpu.workerMillis().entrySet().stream()
            .filter(phase -> !phase.getKey().startsWith(FIRST))
            .mapToDouble(Map.Entry::getValue)
            .sum();
    line.put("rounds", Math.min(plain.rounds(), Math.min(masked.rounds(), cpu.rounds())));
    line.put("workerCpuMillis", Suite.rounded(worker));
    Map<String, Object> phases = new LinkedHashMap<>();
    cpu.workerMillis().forEach((phase, millis) -> phases.put(phase, Suite.rounded(millis)));
    line.put("workerCpuMillisByPhase", phases);
    line.put("driverCpuMillis", Suite.rounded(cpu.driverMillis()));
    line.put("plainRoundMillis", Suite.rounded(plain.millis()));
    line.put("maskedRoundMillis", Suite.rounded(masked.millis()));
    line.put("overheadMillis", Suite.rounded(masked.millis() - plain.millis()));
    line.put(
        "sparkMillis", Suite.rounded(masked.millis() - cpu.driverMillis() - n * worker / cores));
    line.put("plainJobs", plain.jobs());
    line.put("maskedJobs", masked.jobs());
  }

  /**
   * Medians of CPU time.
   *
   * @param workerMillis of one worker in a round, by phase
   * @param driverMillis of the driver in a round
   */
  private record Cpu(Map<String, Double> workerMillis, double driverMillis, int rounds) {}

  private static Cpu cpu(int n, int d) {
    CpuTimedFederation federation = new CpuTimedFederation(SyntheticWorkers.ids(n));
    MaskedSum sum = new MaskedSum(new EphemeralKeys(), 2);
    Words<Integer> work =
        new BenchmarkWords<>(
            (worker, held) -> {
              long start = CpuTimedFederation.cpuNanos();
              long[] vector = vector(worker, d);
              federation.addWork(CpuTimedFederation.cpuNanos() - start);
              return vector;
            });
    long warmUp = System.nanoTime();
    do {
      sum.sum(federation, new Visit("round", 0, federation.workers()), work);
    } while ((System.nanoTime() - warmUp) / 1e9 < SECONDS_TO_WARM_UP);
    sum = new MaskedSum(new EphemeralKeys(), 2);
    Map<String, List<Double>> phases = new LinkedHashMap<>();
    List<Double> driver = new ArrayList<>();
    long begin = System.nanoTime();
    // The first round has all that is done once a run.
    for (int round = 0; round <= MOST_ROUNDS && goesOn(round, begin); round++) {
      federation.reset();
      long start = CpuTimedFederation.cpuNanos();
      sum.sum(federation, new Visit("round", round, federation.workers()), work);
      double total = (CpuTimedFederation.cpuNanos() - start - federation.visitNanos()) / 1e6;
      int counted = round;
      federation
          .nanosByPhase()
          .forEach(
              (phase, nanos) -> {
                String key = counted > 0 ? phase.key() : FIRST + phase.key();
                phases.computeIfAbsent(key, p -> new ArrayList<>()).add(nanos / 1e6 / n);
              });
      if (round > 0) {
        driver.add(total);
      }
    }
    Map<String, Double> medians = new LinkedHashMap<>();
    phases.forEach((phase, millis) -> medians.put(phase, Suite.median(millis)));
    return new Cpu(medians, Suite.median(driver), driver.size());
  }

  private static boolean goesOn(int round, long begin) {
    return round <= LEAST_ROUNDS || (System.nanoTime() - begin) / 1e9 < SECONDS_A_MEASUREMENT;
  }

  /** Median wall-clock time of a round, and its jobs. */
  private record Wall(double millis, int jobs, int rounds) {}

  private static Wall wall(SparkSession spark, SparkFederation federation, int d, RingSum sum) {
    AtomicInteger jobs = new AtomicInteger();
    SparkListener counter =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            jobs.incrementAndGet();
          }
        };
    Words<Shard> work = new BenchmarkWords<>((worker, shard) -> vector(worker, d));
    List<Double> millis = new ArrayList<>();
    long begin = System.nanoTime();
    for (int round = 0; round <= MOST_ROUNDS && goesOn(round, begin); round++) {
      if (round == 1) {
        drain(spark);
        spark.sparkContext().addSparkListener(counter);
      }
      long start = System.nanoTime();
      sum.sum(federation, new Visit("round", round, federation.workers()), work);
      if (round > 0) {
        millis.add((System.nanoTime() - start) / 1e6);
      }
    }
    drain(spark);
    spark.sparkContext().removeSparkListener(counter);
    return new Wall(Suite.median(millis), jobs.get() / millis.size(), millis.size());
  }

  private static void drain(SparkSession spark) {
    try {
      spark.sparkContext().listenerBus().waitUntilEmpty(30_000);
    } catch (Exception e) {
      throw new IllegalStateException("Spark's listener bus does not drain", e);
    }
  }

  private static long[] vector(String worker, int d) {
    long[] vector = new long[d];
    long value = worker.hashCode();
    for (int j = 0; j < d; j++) {
      value = value * 6364136223846793005L + 1442695040888963407L;
      vector[j] = value >> 24;
    }
    return vector;
  }
}
