package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Aggregation;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.SumFactory;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Overhears what executors, processes of their own, tell the driver, and looks for every irregular
 * number of each worker's own vector (update, weight, loss and metric sums of each round), as it is
 * and as the integers it is summed as: as bytes and as text, on the wire, in the event log, and in
 * what listeners are told.
 *
 * <p>A training runs in each mode, each on rows of its own. Of the secure ones nothing may be
 * found; of the insecure one every integer must be found on the wire. One more job puts a number
 * into an accumulator, which must be found in the event log and by the listener.
 */
@Timeout(300)
class WireIT {
  private static final Map<String, WorkerRows> ROWS =
      Map.of(
          "secure-worker", WorkerRows.generate(21, 3, 15, 4),
          "insecure-plain", WorkerRows.generate(22, 3, 15, 4),
          "masked", WorkerRows.generate(23, 3, 15, 4));
  private static final double ACCUMULATED = 0.123456789012345;
  private static final int SHOWN_DIGITS = 12;

  @TempDir static Path folder;

  /** Each worker's numbers that no one else's happen to be, by mode. */
  private static final Map<String, SortedMap<String, Canaries>> CANARIES = new TreeMap<>();

  private static List<String> wire;
  private static List<String> eventLog;
  private static List<String> accumulables;
  private static int indirectResults;
  private static Set<String> executors;

  @BeforeAll
  static void trainUnderTheTap() throws Exception {
    Path logs = Files.createDirectories(folder.resolve("events"));
    try (Tap rpc = new Tap("127.0.0.3", "127.0.0.2");
        Tap blocks = new Tap("127.0.0.3", "127.0.0.2")) {
      SparkSession spark = session(rpc, blocks, logs);
      try (ListenerRecorder recorder = new ListenerRecorder(spark)) {
        for (String mode : ROWS.keySet()) {
          TrainingConfig config = config(ROWS.get(mode), mode);
          CANARIES.put(mode, canaries(ROWS.get(mode), config));
          train(spark, config);
        }
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
    CANARIES
        .get("insecure-plain")
        .forEach(
            (worker, own) -> {
              assertTrue(own.words().size() > 30, worker + ": " + own.words().size());
              assertEquals(
                  own.words().size(), found(rawForms(own.words()), wire), "worker " + worker);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"secure-worker", "masked"})
  void wire_secureMode_carriesNoWorkersNumber(String mode) {
    CANARIES
        .get(mode)
        .forEach((worker, own) -> assertEquals(0, found(own.forms(), wire), "worker " + worker));
  }

  @Test
  void eventLog_accumulator_isFound() {
    assertEquals(1, found(List.of(Set.of(digits(ACCUMULATED))), eventLog));
  }

  @ParameterizedTest
  @ValueSource(strings = {"secure-worker", "masked"})
  void eventLog_secureMode_holdsNoWorkersNumber(String mode) {
    CANARIES
        .get(mode)
        .forEach(
            (worker, own) -> assertEquals(0, found(own.forms(), eventLog), "worker " + worker));
  }

  @Test
  void listener_accumulator_isFound() {
    assertEquals(1, found(List.of(Set.of(digits(ACCUMULATED))), accumulables));
  }

  @ParameterizedTest
  @ValueSource(strings = {"secure-worker", "masked"})
  void listener_secureMode_isToldNoWorkersNumber(String mode) {
    CANARIES
        .get(mode)
        .forEach(
            (worker, own) -> assertEquals(0, found(own.forms(), accumulables), "worker " + worker));
  }

  private static SparkSession session(Tap rpc, Tap blocks, Path eventLogs) {
    return SparkSession.builder()
        .master("local-cluster[2,1,600]")
        .appName("WireIT")
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
  private static SortedMap<String, Canaries> canaries(WorkerRows rows, TrainingConfig config) {
    SortedMap<String, Canaries> byWorker = new TreeMap<>();
    Set<Long> sums = new TreeSet<>();
    TrainingPlan plan = Presets.plan(config, rows.features());
    SumFactory recorded =
        length ->
            new RecordedNumbers(
                byWorker, new FixedPointSum(new RecordedWords(byWorker, sums), length));
    new FederatedTrainer(
            new InProcessFederation<>(rows.shards()),
            new TrainingPlan(
                plan.family(),
                plan.shape(),
                plan.l2(),
                plan.standardize(),
                plan.reduction(),
                plan.solver(),
                plan.weighting(),
                recorded,
                plan.server(),
                plan.rounds(),
                plan.divergenceFactor(),
                plan.metrics(),
                plan.seed()),
            round -> {})
        .train();
    assertEquals(rows.byWorker().keySet(), byWorker.keySet());
    byWorker.forEach(
        (worker, own) -> {
          // Two visits for the moments, and the update, weight and sums of three rounds.
          assertTrue(own.numbers().size() > 30, "worker " + worker + ": " + own.numbers().size());
          assertTrue(own.words().stream().noneMatch(sums::contains));
        });
    return byWorker;
  }

  /**
   * A worker's irregular numbers.
   *
   * @param numbers as they are
   * @param words as the integers they are summed as
   */
  private record Canaries(Set<Double> numbers, Set<Long> words) {

    Canaries() {
      this(new TreeSet<>(), new TreeSet<>());
    }

    /** Returns each number's forms: raw bytes in both orders, and decimal text. */
    List<Set<String>> forms() {
      List<Set<String>> forms = new ArrayList<>(rawForms(words));
      words.forEach(word -> forms.add(Set.of(Long.toString(Math.abs(word)))));
      for (double number : numbers) {
        long bits = Double.doubleToRawLongBits(number);
        forms.add(Set.of(digits(number), raw(bits), raw(Long.reverseBytes(bits))));
      }
      return forms;
    }
  }

  private static List<Set<String>> rawForms(Set<Long> words) {
    return words.stream().map(word -> Set.of(raw(word), raw(Long.reverseBytes(word)))).toList();
  }

  /** Keeps the irregular numbers of each worker on their way into a sum. */
  private record RecordedNumbers(
      SortedMap<String, Canaries> byWorker, Aggregation<double[], double[]> inner)
      implements Aggregation<double[], double[]> {

    @Override
    public <S, B> Opened<double[]> aggregate(
        Federation<S> federation, Visit<B> visit, WorkerTask<S, B, double[]> work) {
      return inner.aggregate(
          federation,
          visit,
          (worker, shard, broadcast) -> {
            double[] vector = work.run(worker, shard, broadcast);
            Canaries own = byWorker.computeIfAbsent(worker, w -> new Canaries());
            for (double number : vector) {
              if (digits(number).length() >= SHOWN_DIGITS) {
                own.numbers().add(number);
              }
            }
            return vector;
          });
    }
  }

  /** The insecure sum, in one process, that keeps the irregular integers of each worker. */
  private record RecordedWords(SortedMap<String, Canaries> byWorker, Set<Long> sums)
      implements Aggregation<long[], long[]> {

    @Override
    public <S, B> Opened<long[]> aggregate(
        Federation<S> federation, Visit<B> visit, WorkerTask<S, B, long[]> work) {
      Opened<long[]> opened =
          new InsecurePlainSum(2)
              .aggregate(
                  federation,
                  visit,
                  (worker, shard, broadcast) -> {
                    long[] words = work.run(worker, shard, broadcast);
                    keep(words, byWorker.computeIfAbsent(worker, w -> new Canaries()).words());
                    return words;
                  });
      keep(opened.value(), sums);
      return opened;
    }

    /** An integer is irregular when it has more than 30 bits, of which more than 8 are set. */
    private static void keep(long[] words, Set<Long> into) {
      for (long word : words) {
        if (Math.abs(word) >>> 30 != 0 && Long.bitCount(Math.abs(word)) > 8) {
          into.add(word);
        }
      }
    }
  }

  /** Returns of how many numbers a form is somewhere in the texts, whose characters are bytes. */
  private static long found(List<Set<String>> forms, List<String> texts) {
    return forms.stream()
        .filter(
            all ->
                all.stream().anyMatch(form -> texts.stream().anyMatch(text -> text.contains(form))))
        .count();
  }

  private static String raw(long word) {
    byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(word).array();
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Returns the first digits of a number's decimal text, without sign and exponent. */
  private static String digits(double number) {
    String text = Double.toString(Math.abs(number));
    int end = text.indexOf('E');
    return text.substring(0, Math.min(SHOWN_DIGITS, end < 0 ? text.length() : end));
  }
}
