package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Aggregation;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.Presets;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.federated.FederatedTrainer;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.it.ListenerRecorder;
import io.sparkfed.it.Tap;
import io.sparkfed.it.WorkerRows;
import io.sparkfed.spark.ShardLoader;
import io.sparkfed.spark.SparkFederation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.DoubleAccumulator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Overhears what executors, processes of their own, tell the driver, and looks for every irregular
 * number of each worker's own vector (update, weight, loss and metric sums of each round): as bytes
 * and as text, on the wire, in the event log, and in what listeners are told.
 *
 * <p>Two trainings run, on different rows: one through the secure worker, none of whose numbers may
 * be found, and one through the insecure sum, whose numbers must be found. One more job puts a
 * number into an accumulator, which must be found in the event log and by the listener.
 */
@Timeout(300)
class SecureWorkerWireIT {
  private static final WorkerRows SECRET = WorkerRows.generate(21, 3, 15, 4);
  private static final WorkerRows PLAIN = WorkerRows.generate(22, 3, 15, 4);
  private static final double ACCUMULATED = 0.123456789012345;
  private static final int SHOWN_DIGITS = 12;

  @TempDir static Path folder;

  /** Each worker's numbers that no one else's happen to be. */
  private static SortedMap<String, Set<Double>> secret;

  private static SortedMap<String, Set<Double>> plain;
  private static List<String> wire;
  private static List<String> eventLog;
  private static List<String> accumulables;
  private static int indirectResults;
  private static Set<String> executors;

  @BeforeAll
  static void trainUnderTheTap() throws Exception {
    TrainingConfig secure = config(SECRET, "secure-worker");
    TrainingConfig insecure = config(PLAIN, "insecure-plain");
    secret = canaries(SECRET, secure);
    plain = canaries(PLAIN, insecure);
    Path logs = Files.createDirectories(folder.resolve("events"));
    try (Tap rpc = new Tap("127.0.0.3", "127.0.0.2");
        Tap blocks = new Tap("127.0.0.3", "127.0.0.2")) {
      SparkSession spark = session(rpc, blocks, logs);
      try (ListenerRecorder recorder = new ListenerRecorder(spark)) {
        train(spark, secure);
        train(spark, insecure);
        DoubleAccumulator leak = spark.sparkContext().doubleAccumulator("leak");
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(List.of(1), 1)
            .foreach(one -> leak.add(ACCUMULATED));
        accumulables =
            recorder.tasks().stream().flatMap(task -> task.accumulables().stream()).toList();
        executors = new TreeSet<>();
        recorder.tasks().forEach(task -> executors.add(task.executor()));
        indirectResults = recorder.indirectResults();
      } finally {
        spark.stop();
      }
      wire = Stream.concat(rpc.sent().stream(), blocks.sent().stream()).toList();
    }
    eventLog = new ArrayList<>();
    try (Stream<Path> files = Files.walk(logs)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        eventLog.add(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
  }

  @AfterAll
  static void forget() {
    wire = null;
    eventLog = null;
  }

  @Test
  void tap_hearsBothExecutorsAndMissesNoResult() {
    assertEquals(Set.of("0", "1"), executors);
    assertTrue(wire.stream().mapToInt(String::length).sum() > 10_000);
    // The only thing the driver would ask for over a connection it opens itself.
    assertEquals(0, indirectResults);
  }

  @Test
  void wire_insecurePlain_carriesEveryWorkersNumbers() {
    plain.forEach(
        (worker, numbers) ->
            assertEquals(numbers.size(), found(numbers, wire, true), "worker " + worker));
  }

  @Test
  void wire_secureWorker_carriesNoWorkersNumber() {
    secret.forEach(
        (worker, numbers) -> assertEquals(0, found(numbers, wire, true), "worker " + worker));
  }

  @Test
  void eventLog_accumulator_isFound() {
    assertEquals(1, found(Set.of(ACCUMULATED), eventLog, false));
  }

  @Test
  void eventLog_secureWorker_holdsNoWorkersNumber() {
    secret.forEach(
        (worker, numbers) -> assertEquals(0, found(numbers, eventLog, true), "worker " + worker));
  }

  @Test
  void listener_accumulator_isFound() {
    assertEquals(1, found(Set.of(ACCUMULATED), accumulables, false));
  }

  @Test
  void listener_secureWorker_isToldNoWorkersNumber() {
    secret.forEach(
        (worker, numbers) ->
            assertEquals(0, found(numbers, accumulables, false), "worker " + worker));
  }

  private static SparkSession session(Tap rpc, Tap blocks, Path eventLogs) {
    return SparkSession.builder()
        .master("local-cluster[2,1,600]")
        .appName("SecureWorkerWireIT")
        .config("spark.ui.enabled", false)
        .config("spark.executor.memory", "600m")
        .config(
            "spark.executor.extraClassPath",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")))
        // The driver binds one address and advertises another, where the taps listen.
        .config("spark.driver.bindAddress", "127.0.0.2")
        .config("spark.driver.host", "127.0.0.3")
        .config("spark.driver.port", rpc.port())
        .config("spark.driver.blockManager.port", blocks.port())
        .config("spark.port.maxRetries", 0)
        // Nothing that would hide a number.
        .config("spark.network.crypto.enabled", false)
        .config("spark.io.encryption.enabled", false)
        .config("spark.shuffle.compress", false)
        .config("spark.broadcast.compress", false)
        .config("spark.rdd.compress", false)
        .config("spark.eventLog.enabled", true)
        .config("spark.eventLog.compress", false)
        .config("spark.eventLog.dir", eventLogs.toUri().toString())
        .config("spark.eventLog.logBlockUpdates.enabled", true)
        .getOrCreate();
  }

  private static TrainingConfig config(WorkerRows rows, String mode) throws IOException {
    Path dir = folder.resolve(mode);
    String text =
        rows.columnsConfig()
            + WorkerRows.workersConfig(rows.writeCsv(dir))
            + "model.standardize = federated\n"
            + "algorithm { rounds = 3, local { steps = 2, step-size = 0.05 } }\n"
            + "aggregation.mode = "
            + mode
            + "\n";
    Path file = Files.writeString(dir.resolve("test.conf"), text);
    return ConfigLoader.load(file, Map.of(), List.of());
  }

  private static void train(SparkSession spark, TrainingConfig config) {
    ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();
    try (SparkFederation federation = loaded.federation()) {
      TrainingPlan plan = Presets.plan(config, loaded.features().size());
      new FederatedTrainer(federation, plan, round -> {}).train();
    }
  }

  /** Returns what each worker sends in each visit, from the same training without Spark. */
  private static SortedMap<String, Set<Double>> canaries(WorkerRows rows, TrainingConfig config) {
    Recording recording = new Recording(new TreeMap<>(), new TreeSet<>(), opening(0));
    TrainingPlan plan = Presets.plan(config, rows.features());
    TrainingPlan recorded =
        new TrainingPlan(
            plan.family(),
            plan.shape(),
            plan.l2(),
            plan.standardize(),
            plan.reduction(),
            plan.solver(),
            plan.weighting(),
            recording::ofLength,
            plan.server(),
            plan.rounds(),
            plan.divergenceFactor(),
            plan.metrics(),
            plan.seed());
    new FederatedTrainer(new InProcessFederation<>(rows.shards()), recorded, round -> {}).train();
    assertEquals(rows.byWorker().keySet(), recording.byWorker().keySet());
    for (Map.Entry<String, List<double[]>> worker : rows.byWorker().entrySet()) {
      Set<Double> own = recording.byWorker().get(worker.getKey());
      // Two visits for the moments, and the update, weight and sums of three rounds.
      assertTrue(own.size() > 30, "worker " + worker.getKey() + ": " + own.size());
      double weight = worker.getValue().stream().mapToDouble(row -> row[rows.features() + 1]).sum();
      assertTrue(own.stream().anyMatch(number -> Math.abs(number - weight) < 1e-9));
      assertTrue(own.stream().noneMatch(recording.sums()::contains));
    }
    return recording.byWorker();
  }

  /** The insecure sum, in one process, that keeps the irregular numbers of each worker. */
  private record Recording(
      SortedMap<String, Set<Double>> byWorker,
      Set<Double> sums,
      Aggregation<double[], double[]> summing)
      implements Aggregation<double[], double[]> {

    Recording ofLength(int length) {
      return new Recording(byWorker, sums, opening(length));
    }

    @Override
    public <S, B> Opened<double[]> aggregate(
        Federation<S> federation, Visit<B> visit, WorkerTask<S, B, double[]> work) {
      Opened<double[]> opened =
          summing.aggregate(
              federation,
              visit,
              (worker, shard, broadcast) -> {
                double[] vector = work.run(worker, shard, broadcast);
                keep(vector, byWorker.computeIfAbsent(worker, w -> new TreeSet<>()));
                return vector;
              });
      keep(opened.value(), sums);
      return opened;
    }

    private static void keep(double[] vector, Set<Double> into) {
      for (double number : vector) {
        if (digits(number).length() >= SHOWN_DIGITS) {
          into.add(number);
        }
      }
    }
  }

  private static FixedPointSum opening(int scaledLength) {
    return new FixedPointSum(new InsecurePlainSum(2), scaledLength);
  }

  /** Returns how many of the numbers are somewhere in the texts, whose characters are bytes. */
  private static long found(Set<Double> numbers, List<String> texts, boolean binary) {
    return numbers.stream()
        .filter(
            number ->
                Stream.concat(
                        Stream.of(digits(number)),
                        binary
                            ? Stream.of(
                                raw(number, ByteOrder.BIG_ENDIAN),
                                raw(number, ByteOrder.LITTLE_ENDIAN))
                            : Stream.empty())
                    .anyMatch(form -> texts.stream().anyMatch(text -> text.contains(form))))
        .count();
  }

  private static String raw(double number, ByteOrder order) {
    byte[] bytes = ByteBuffer.allocate(Double.BYTES).order(order).putDouble(number).array();
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Returns the first digits of a number's decimal text, without sign and exponent. */
  private static String digits(double number) {
    String text = Double.toString(Math.abs(number));
    int end = text.indexOf('E');
    return text.substring(0, Math.min(SHOWN_DIGITS, end < 0 ? text.length() : end));
  }
}
