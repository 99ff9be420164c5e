package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.AggregationMode;
import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.it.Canaries;
import io.sparkfed.it.ExecutorJvms;
import io.sparkfed.it.ListenerRecorder;
import io.sparkfed.it.Tap;
import io.sparkfed.it.WorkerRows;
import io.sparkfed.recipe.Presets;
import io.sparkfed.spark.cluster.SparkFederation;
import io.sparkfed.spark.rows.ShardLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
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
import org.junit.jupiter.params.provider.MethodSource;

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
  private static final Map<AggregationMode, WorkerRows> ROWS = Canaries.rowsByMode();
  private static final double ACCUMULATED = 0.123456789012345;

  @TempDir static Path folder;

  /** Each worker's numbers that no one else's happen to be, by mode. */
  private static final Map<AggregationMode, SortedMap<String, Canaries>> CANARIES =
      new EnumMap<>(AggregationMode.class);

  /** Java's serialization puts one before each 1024 bytes of a result, so it may cut a number. */
  private static final Pattern BLOCK_HEADER = Pattern.compile("(?s)z\\x00\\x00[\\x00-\\x04].");

  /** The header of a last block, if that is short. */
  private static final Pattern SHORT_HEADER = Pattern.compile("(?s)w.");

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
        for (AggregationMode mode : AggregationMode.values()) {
          WorkerRows rows = ROWS.get(mode);
          Path conf = Canaries.writeConfig(folder.resolve(mode.name()), rows, mode);
          CANARIES.put(mode, Canaries.byWorker(rows, conf));
          train(spark, ConfigLoader.load(conf, Map.of(), List.of()));
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
      List<String> sent = Stream.concat(rpc.sent().stream(), blocks.sent().stream()).toList();
      wire = sent.stream().flatMap(WireIT::withoutHeaders).toList();
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

  static Stream<AggregationMode> secureModes() {
    return Stream.of(AggregationMode.values()).filter(AggregationMode::protectsFromDriver);
  }

  @Test
  void tap_hearsBothExecutorsAndMissesNoResult() {
    assertEquals(Set.of("0", "1"), executors);
    assertTrue(wire.stream().mapToInt(String::length).sum() > 10_000);
    // The only thing the driver would ask for over a connection it opens itself.
    assertEquals(0, indirectResults);
  }

  private static Stream<String> withoutHeaders(String sent) {
    String whole = BLOCK_HEADER.matcher(sent).replaceAll("");
    return Stream.of(sent, whole, SHORT_HEADER.matcher(whole).replaceAll(""));
  }

  @Test
  void wire_insecurePlain_carriesEveryWorkersNumbers() {
    CANARIES
        .get(AggregationMode.INSECURE_PLAIN)
        .forEach(
            (worker, own) -> {
              assertTrue(own.words().size() > 30, worker + ": " + own.words().size());
              assertEquals(own.words().size(), found(own.rawWords(), wire), "worker " + worker);
            });
  }

  @ParameterizedTest
  @MethodSource("secureModes")
  void wire_secureMode_carriesNoWorkersNumber(AggregationMode mode) {
    CANARIES
        .get(mode)
        .forEach((worker, own) -> assertEquals(0, found(own.forms(), wire), "worker " + worker));
  }

  @Test
  void eventLog_accumulator_isFound() {
    assertEquals(1, found(List.of(Set.of(Canaries.digits(ACCUMULATED))), eventLog));
  }

  @ParameterizedTest
  @MethodSource("secureModes")
  void eventLog_secureMode_holdsNoWorkersNumber(AggregationMode mode) {
    CANARIES
        .get(mode)
        .forEach(
            (worker, own) -> assertEquals(0, found(own.forms(), eventLog), "worker " + worker));
  }

  @Test
  void listener_accumulator_isFound() {
    assertEquals(1, found(List.of(Set.of(Canaries.digits(ACCUMULATED))), accumulables));
  }

  @ParameterizedTest
  @MethodSource("secureModes")
  void listener_secureMode_isToldNoWorkersNumber(AggregationMode mode) {
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
        .config(new HashMap<>(ExecutorJvms.settings()))
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

  private static void train(SparkSession spark, TrainingConfig config) {
    ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();
    try (SparkFederation federation = loaded.federation()) {
      TrainingPlan plan = Presets.plan(config, loaded.encoding());
      new FederatedTrainer(federation, plan, round -> {}).train();
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
}
