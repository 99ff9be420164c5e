package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;
import io.sparkfed.config.AggregationMode;
import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.Shard;
import io.sparkfed.data.SyntheticWorkers;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.it.Canaries;
import io.sparkfed.it.ExecutorJvms;
import io.sparkfed.it.ListenerRecorder;
import io.sparkfed.it.OwnerFolders;
import io.sparkfed.it.StandaloneCluster;
import io.sparkfed.it.Tap;
import io.sparkfed.recipe.Presets;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.spark.cluster.SparkFederation;
import io.sparkfed.spark.rows.ShardLoader;
import io.sparkfed.testing.Asked;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.Site;
import io.sparkfed.wire.WireWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkExecutorInfo;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tasks that run twice, on executors of two hosts (Spark does not speculate on the same host): a
 * second attempt beside a slow first one, and one after a result that left its executor and never
 * arrived. Everything executors send is overheard: of each worker at most one masked vector may
 * ever be told in a session, and the sum is the plain one.
 */
@Timeout(240)
class RetryClusterIT {
  private static final int WORKERS = 6;
  private static final List<String> IDS = SyntheticWorkers.ids(WORKERS);
  private static final String VICTIM = IDS.get(2);
  private static final String ROUND = "round 1";
  private static final int WORDS = 3;

  /** Payload and two flags. */
  private static final int MASKED_WORDS = WORDS + 2;

  private static final int HASH = Integer.BYTES + 32;
  private static final int SIGNATURE = Integer.BYTES + 64;

  /** Ended by the attempt beside it, however long that takes to begin. */
  private static final long SLOW_MILLIS = 60_000;

  @TempDir static Path folder;

  private static StandaloneCluster cluster;
  private static KeyRing keys;

  private static Tap rpc;
  private static Tap blocks;
  private static SparkSession spark;

  private ListenerRecorder recorder;

  /** Is there once the victim's masked vector was sent and didn't arrive. */
  private final Path lost = folder.resolve("lost-" + UUID.randomUUID());

  @BeforeAll
  static void startCluster() throws Exception {
    cluster =
        new StandaloneCluster(
            Files.createDirectories(folder.resolve("cluster")),
            List.of("127.0.0.11", "127.0.0.12"));
    keys = OwnerFolders.make(folder, IDS).keys();
    startSession();
  }

  @AfterAll
  static void stopCluster() throws Exception {
    spark.stop();
    rpc.close();
    blocks.close();
    cluster.close();
  }

  private static void startSession() throws IOException {
    rpc = new Tap("127.0.0.3", "127.0.0.2");
    blocks = new Tap("127.0.0.3", "127.0.0.2");
    spark =
        SparkSession.builder()
            .master(cluster.master())
            .appName("RetryClusterIT")
            .config("spark.ui.enabled", false)
            .config("spark.cores.max", 2)
            .config("spark.executor.cores", 1)
            .config(new HashMap<>(ExecutorJvms.settings()))
            .config("spark.driver.bindAddress", "127.0.0.2")
            .config("spark.driver.host", "127.0.0.3")
            .config("spark.driver.port", rpc.port())
            .config("spark.driver.blockManager.port", blocks.port())
            .config("spark.port.maxRetries", 0)
            // Both executors must be there before workers are given places.
            .config("spark.scheduler.minRegisteredResourcesRatio", 1.0)
            .config("spark.scheduler.maxRegisteredResourcesWaitingTime", "60s")
            .config("spark.locality.wait", 0)
            .config("spark.speculation", true)
            .config("spark.speculation.interval", "50ms")
            .config("spark.speculation.quantile", 0.5)
            .config("spark.speculation.multiplier", 1.1)
            .getOrCreate();
  }

  /** Both executors are there, the one that takes the place of one cut off too, and idle. */
  @BeforeEach
  void listen() throws Exception {
    StandaloneCluster.await(
        Duration.ofSeconds(60), RetryClusterIT::bothAreIdle, "two idle executors were not there");
    rpc.forget();
    blocks.forget();
    recorder = new ListenerRecorder(spark);
  }

  private static boolean bothAreIdle() {
    SparkExecutorInfo[] infos = spark.sparkContext().statusTracker().getExecutorInfos();
    return infos.length == 2 + 1
        && Stream.of(infos).allMatch(executor -> executor.numRunningTasks() == 0);
  }

  @AfterEach
  void stopListening() {
    recorder.close();
  }

  private SparkFederation federation() throws Exception {
    Path conf =
        Files.writeString(
            folder.resolve("run.conf"),
            "data.synthetic { workers = " + WORKERS + ", rows-per-worker = 5, features = 2 }\n");
    return new ShardLoader(spark, ConfigLoader.load(conf, Map.of(), List.of())).load().federation();
  }

  /** A worker's vector, a function of its id; its last bit may differ when it is made again. */
  private Words<Shard> vectors(boolean repeats) {
    String vectorIsLost = lost.toString();
    return Asked.wordsAnywhere(
        (worker, shard) -> {
          boolean again =
              TaskContext.get().attemptNumber() > 0 || Files.exists(Path.of(vectorIsLost));
          long bit = !repeats && worker.equals(VICTIM) && again ? 1 : 0;
          return new long[] {worker.hashCode() + bit, 7, 1L << 40};
        });
  }

  private static long[] plainSum(List<String> workers, long more) {
    long[] sum = {more, 7L * workers.size(), workers.size() * (1L << 40)};
    workers.forEach(worker -> sum[0] += worker.hashCode());
    return sum;
  }

  private static List<String> allButVictim() {
    return IDS.stream().filter(worker -> !worker.equals(VICTIM)).toList();
  }

  private static Visit visit() {
    return new Visit(ROUND, 1, IDS);
  }

  /** Keys whose opening is slow at the victim, in the first attempt of one phase. */
  private record SlowKeys(KeyRing inner, String phase) implements KeyRing {
    @Override
    public Owner open(String worker) {
      TaskContext task = TaskContext.get();
      if (worker.equals(VICTIM)
          && task.attemptNumber() == 0
          && task.getLocalProperty("spark.job.description").equals(phase)) {
        dawdle();
      }
      return inner.open(worker);
    }

    @Override
    public Roster roster() {
      return inner.roster();
    }
  }

  private static void dawdle() {
    try {
      Thread.sleep(SLOW_MILLIS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("another attempt came first", e);
    }
  }

  /** What a masked vector begins with: the worker's id. */
  private static String marker(String worker) {
    byte[] start = new WireWriter().text(worker).toByteArray();
    return new String(start, StandardCharsets.ISO_8859_1);
  }

  /** Returns how many bytes follow: two hashes, and what each neighbor is given and promised. */
  private static int pledges() {
    int name = Integer.BYTES + VICTIM.length();
    int share = Integer.BYTES + 40 + 16;
    return 2 * HASH + Integer.BYTES + (WORKERS - 1) * (name + share + 2 * HASH);
  }

  /** What stands before the words, and there in no other message. */
  private static String counts() {
    byte[] counts = new WireWriter().integer(MASKED_WORDS).toByteArray();
    return new String(counts, StandardCharsets.ISO_8859_1);
  }

  /** Returns each worker's masked vectors as executors sent them, whether they arrived or not. */
  private SortedMap<String, List<String>> overheard() {
    String counts = counts();
    int before = pledges();
    int length = before + counts.length() + Long.BYTES * MASKED_WORDS;
    SortedMap<String, List<String>> vectors = new TreeMap<>();
    IDS.forEach(worker -> vectors.put(worker, new ArrayList<>()));
    List<String> wire = new ArrayList<>(rpc.sent());
    wire.addAll(blocks.sent());
    for (String sent : wire) {
      for (String worker : IDS) {
        String marker = marker(worker);
        for (int at = sent.indexOf(marker); at >= 0; at = sent.indexOf(marker, at + 1)) {
          int from = at + marker.length();
          if (sent.startsWith(counts, from + before) && from + length <= sent.length()) {
            vectors.get(worker).add(sent.substring(from + before, from + length));
          }
        }
      }
    }
    return vectors;
  }

  /** One session was held, and of each worker at most one masked vector was told in it. */
  private void assertOneVectorAWorker() {
    assertEquals(
        1, recorder.jobs().stream().filter(job -> job.description().equals(ROUND)).count());
    overheard()
        .forEach(
            (worker, vectors) ->
                assertTrue(
                    new TreeSet<>(vectors).size() <= 1, worker + ": " + vectors.size() + " sent"));
  }

  /** Without this the tests above could not fail: everybody's vector is on the wire. */
  @Test
  void overheard_sumWithoutTrouble_isOneVectorOfEachWorker() throws Exception {
    try (SparkFederation federation = federation()) {
      Opened<long[]> opened = new MaskedSum(keys, 3).sum(federation, visit(), vectors(true));

      assertArrayEquals(plainSum(IDS, 0), opened.value());
      overheard()
          .forEach((worker, vectors) -> assertEquals(1, new TreeSet<>(vectors).size(), worker));
    }
  }

  /** Two executions with different bits would be told apart: in two sessions they are. */
  @Test
  void overheard_twoSums_areTwoVectorsOfEachWorker() throws Exception {
    try (SparkFederation federation = federation()) {
      MaskedSum sum = new MaskedSum(keys, 3);
      sum.sum(federation, visit(), vectors(true));
      sum.sum(federation, visit(), vectors(true));

      overheard()
          .forEach((worker, vectors) -> assertEquals(2, new TreeSet<>(vectors).size(), worker));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ROUND, ROUND + ": unmasking"})
  void sum_speculatedPhase_isThePlainSum(String phase) throws Exception {
    try (SparkFederation federation = federation()) {
      Opened<long[]> opened =
          new MaskedSum(new SlowKeys(keys, phase), 3).sum(federation, visit(), vectors(true));

      assertTrue(recorder.speculativeTasks() > 0);
      assertArrayEquals(plainSum(IDS, 0), opened.value());
      assertEquals(WORKERS, opened.workers());
      assertOneVectorAWorker();
    }
  }

  /** Whichever attempt the journal holds: the vector is that one or none. */
  @Test
  void sum_speculatedAttemptDiffers_isOfOneAttemptOrWithoutTheWorker() throws Exception {
    try (SparkFederation federation = federation()) {
      Opened<long[]> opened =
          new MaskedSum(new SlowKeys(keys, ROUND), 3).sum(federation, visit(), vectors(false));

      assertTrue(recorder.speculativeTasks() > 0);
      long[] expected = opened.dropouts() == 1 ? plainSum(allButVictim(), 0) : plainSum(IDS, 1);
      assertArrayEquals(expected, opened.value());
      assertEquals(WORKERS, opened.workers() + opened.dropouts());
      assertOneVectorAWorker();
    }
  }

  /** Cuts the executor off when the victim's masked vector has left it, before it arrives. */
  private void loseMaskedVectorOfVictim() {
    Pattern vector =
        Pattern.compile(
            Pattern.quote(marker(VICTIM)) + ".{" + pledges() + "}" + Pattern.quote(counts()),
            Pattern.DOTALL);
    rpc.cutAt(
        vector,
        Long.BYTES * MASKED_WORDS + SIGNATURE,
        () -> {
          try {
            Files.createFile(lost);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Test
  void sum_vectorEmittedThenExecutorLost_sendsTheSameVectorAgain() throws Exception {
    try (SparkFederation federation = federation()) {
      loseMaskedVectorOfVictim();
      Opened<long[]> opened = new MaskedSum(keys, 3).sum(federation, visit(), vectors(true));

      assertTrue(rpc.hasCut());
      assertArrayEquals(plainSum(IDS, 0), opened.value());
      assertEquals(WORKERS, opened.workers());
      assertTrue(overheard().get(VICTIM).size() >= 2);
      assertOneVectorAWorker();
    }
  }

  /** The first vector is known to whoever listened; a second one under the same masks never is. */
  @Test
  void sum_vectorEmittedThenRecomputedDifferently_isWithoutTheWorker() throws Exception {
    try (SparkFederation federation = federation()) {
      loseMaskedVectorOfVictim();
      Opened<long[]> opened = new MaskedSum(keys, 3).sum(federation, visit(), vectors(false));

      assertTrue(rpc.hasCut());
      assertArrayEquals(plainSum(allButVictim(), 0), opened.value());
      assertEquals(1, opened.dropouts());
      assertEquals(1, overheard().get(VICTIM).size());
      assertOneVectorAWorker();
    }
  }

  /** A sum whose work is slow at the victim in its first attempt. */
  private record SlowSum(VectorSum inner) implements VectorSum {
    @Override
    public <S> Opened<double[]> sum(Federation<S> federation, Visit visit, Question<S> question) {
      return inner.sum(federation, visit, new SlowQuestion<>(question));
    }
  }

  /** What is slow at the victim in its first attempt. */
  private record SlowQuestion<S>(Question<S> asked) implements Question<S> {
    private record SlowForm<S>(Form<Question<S>> inner) implements Form<Question<S>> {
      @Override
      public Question<S> read(byte[] bytes, Site site) {
        return new SlowQuestion<>(inner.read(bytes, site));
      }
    }

    @Override
    public Layout layout() {
      return asked.layout();
    }

    @Override
    public double[] answer(String worker, S held) {
      if (worker.equals(VICTIM) && TaskContext.get().attemptNumber() == 0) {
        dawdle();
      }
      return asked.answer(worker, held);
    }

    @Override
    public byte[] toBytes() {
      return asked.toBytes();
    }

    @Override
    public Form<Question<S>> form() {
      return new SlowForm<>(asked.form());
    }

    @Override
    public Site site() {
      return asked.site();
    }
  }

  /** Aggregators whose keys live in one executor need tasks that wait for it; here none do. */
  @ParameterizedTest
  @EnumSource(
      value = AggregationMode.class,
      names = {"MASKED", "INSECURE_PLAIN"})
  void train_speculated_hasTheSameBits(AggregationMode mode) throws Exception {
    double[] expected = train(AggregationMode.INSECURE_PLAIN, false);
    assertArrayEquals(expected, train(mode, true));
    assertTrue(recorder.speculativeTasks() > 0);
  }

  /** Ephemeral keys are another executor's own: a masked sum would lose whom Spark speculates. */
  private static String keys() {
    return "aggregation.keys { dir = \""
        + folder.resolve("keys")
        + "\", roster = \""
        + folder.resolve("roster")
        + "\" }\n";
  }

  private double[] train(AggregationMode mode, boolean slow) throws Exception {
    Path conf =
        Files.writeString(
            folder.resolve("train.conf"),
            "data.synthetic { workers = "
                + WORKERS
                + ", rows-per-worker = 20, features = 3 }\n"
                + "algorithm { rounds = 1, local.step-size = 0.05 }\n"
                + "aggregation.mode = "
                + Canaries.name(mode)
                + "\n"
                + (mode == AggregationMode.MASKED ? keys() : ""));
    TrainingConfig config = ConfigLoader.load(conf, Map.of(), List.of());
    ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();
    try (SparkFederation federation = loaded.federation()) {
      TrainingPlan plan = Presets.plan(config, loaded.encoding());
      SumFactory sums = plan.sums();
      SumFactory used = slow ? layout -> new SlowSum(sums.sumOf(layout)) : sums;
      TrainingPlan changed = plan.through(used);
      return new FederatedTrainer(federation, changed, round -> {}).train().model().weights();
    }
  }
}
