package io.sparkfed.spark.cluster;

import static io.sparkfed.spark.rows.LocalTraining.config;
import static io.sparkfed.spark.rows.LocalTraining.csvWorkers;
import static io.sparkfed.spark.rows.LocalTraining.train;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.Shard;
import io.sparkfed.it.ListenerRecorder;
import io.sparkfed.it.StandaloneCluster;
import io.sparkfed.spark.rows.LocalTraining;
import io.sparkfed.spark.rows.ShardLoader;
import io.sparkfed.testing.Asked;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Stream;
import org.apache.commons.lang3.SerializationUtils;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.RDDBlockId;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import scala.Option;
import scala.reflect.ClassTag$;

/** What a visit and a round ask of Spark: one worker a partition, one job, one broadcast. */
@Timeout(120)
class RoundJobsIT {
  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    spark = LocalTraining.session(2);
  }

  // One partition is one worker.

  @Test
  void visit_partitionWithoutWorker_fails() {
    AggregationException e = visitFails(List.of(), 1);

    assertTrue(rootMessage(e).contains("must hold one worker, and holds none"), rootMessage(e));
  }

  @Test
  void visit_partitionWithTwoWorkers_fails() {
    AggregationException e = visitFails(List.of("a", "b"), 1);

    assertTrue(rootMessage(e).contains("must hold one worker, and holds several"), rootMessage(e));
  }

  private static AggregationException visitFails(List<String> workers, int partitions) {
    List<WorkerPartition> elements = new ArrayList<>();
    workers.forEach(worker -> elements.add(new WorkerPartition(worker, null)));
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    JavaRDD<WorkerPartition> rdd = context.parallelize(elements, partitions);
    try (SparkFederation federation =
        new SparkFederation(
            context,
            rdd,
            Occupancy.ONE_WORKER,
            List.of(),
            workers,
            List.of(),
            new VisitBounds(Optional.empty(), Duration.ofMinutes(1), Map.of()))) {
      Visit visit = new Visit("a visit", 1, workers);
      return assertThrows(
          AggregationException.class,
          () -> federation.visit(visit, Asked.task((worker, shard) -> worker)));
    }
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  // What a round costs.

  /** What follows the job that a sum is named after, by mode; and what precedes the first. */
  static Stream<Arguments> phases() {
    return Stream.of(
        Arguments.of("insecure-plain", List.of(), List.of()),
        Arguments.of(
            "secure-worker",
            List.of("advertising aggregators' keys"),
            List.of(": opening at secure-worker")),
        Arguments.of(
            "committee",
            List.of("advertising aggregators' keys"),
            List.of(": opening at aggregator-1, aggregator-2")),
        Arguments.of("masked", List.of("collecting cards (3 workers)"), List.of(": unmasking")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("phases")
  void train_eachJob_takesASmallModelAmongItsCode(
      String mode, List<String> first, List<String> phases) throws Exception {
    TrainingConfig config = config(folder, csvWorkers(folder), "aggregation.mode=" + mode);
    ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();
    List<String> expected = new ArrayList<>(first);
    for (String sum :
        List.of(
            "choosing the range of sums (3 workers)",
            "round 1/4: local training (3 workers)",
            "round 2/4: local training (3 workers)",
            "round 3/4: local training (3 workers)",
            "round 4/4: local training (3 workers)",
            "round 4/4: evaluation (3 workers)")) {
      expected.add(sum);
      phases.forEach(phase -> expected.add(sum + phase));
    }
    try (ListenerRecorder recorder = new ListenerRecorder(spark)) {
      train(config, loaded);

      List<String> descriptions =
          recorder.jobs().stream().map(ListenerRecorder.Job::description).toList();
      assertEquals(expected, descriptions);
      // Spark broadcasts each stage's code, and we nothing besides, but what workers sealed of the
      // sizes of all numbers: more than 64 KiB, which aggregators open.
      int stages = recorder.jobs().stream().mapToInt(job -> job.stages().size()).sum();
      int sizes = phases.stream().anyMatch(phase -> phase.contains("opening")) ? 1 : 0;
      List<Long> ids = List.copyOf(recorder.storedBroadcasts());
      assertEquals(stages + sizes, ids.size());
      assertEquals(ids.size() - 1L, ids.get(ids.size() - 1) - ids.get(0));
    }
  }

  @Test
  void visit_largeValue_isBroadcastAndDestroyed() throws Exception {
    byte[] value = new byte[Carried.MOST_BYTES_AMONG_CODE];
    TrainingConfig config = config(folder, csvWorkers(folder));
    try (SparkFederation federation = new ShardLoader(spark, config).load().federation();
        ListenerRecorder recorder = new ListenerRecorder(spark)) {
      Visit visit = new Visit("a visit", 1, federation.workers());

      List<Integer> lengths =
          federation.visit(visit, Asked.taskAnywhere((worker, shard) -> value.length));

      assertEquals(Collections.nCopies(3, value.length), lengths);
      SortedSet<Long> ids = recorder.storedBroadcasts();
      assertEquals(1 + recorder.jobs().get(0).stages().size(), ids.size());
      StandaloneCluster.await(
          Duration.ofSeconds(20),
          () -> !recorder.liveBroadcasts().contains(ids.first()),
          "the visit's broadcast was not destroyed");
    }
  }

  /** Those who are not of the cohort stay out of it, though their partitions are visited. */
  @Test
  void visit_partOfTheWorkers_asksNoOther() throws Exception {
    TrainingConfig config = config(folder, csvWorkers(folder));
    try (SparkFederation federation = new ShardLoader(spark, config).load().federation()) {
      List<String> visited =
          federation.visit(
              new Visit("a visit", 1, List.of("a", "c")), Asked.task((worker, shard) -> worker));

      assertEquals(Set.of("a", "c"), Set.copyOf(visited));
      assertEquals(2, visited.size());
    }
  }

  /** A task makes a shard again where its executor has lost it, and it is kept again. */
  @Test
  void visit_shardsAreLost_makesThemAgain() throws Exception {
    TrainingConfig config = config(folder, csvWorkers(folder));
    try (SparkFederation federation = new ShardLoader(spark, config).load().federation()) {
      Visit visit = new Visit("a visit", 1, federation.workers());
      WorkerTask<Shard, String> rows =
          Asked.task((worker, shard) -> worker + " " + shard.train().rows());
      Set<String> before = Set.copyOf(federation.visit(visit, rows));
      int id = idOfShards();
      for (int index = 0; index < 3; index++) {
        spark.sparkContext().env().blockManager().removeBlock(new RDDBlockId(id, index), true);
      }

      assertEquals(before, Set.copyOf(federation.visit(visit, rows)));
      assertTrue(
          spark.sparkContext().env().blockManager().getStatus(new RDDBlockId(id, 1)).isDefined());
    }
  }

  /** An executor that is decommissioned moves its blocks, and they arrive without rows. */
  @Test
  void visit_blocksOfAnotherProcess_makesTheirRowsAgain() throws Exception {
    TrainingConfig config = config(folder, csvWorkers(folder));
    try (SparkFederation federation = new ShardLoader(spark, config).load().federation()) {
      Visit visit = new Visit("a visit", 1, federation.workers());
      WorkerTask<Shard, String> rows =
          Asked.task((worker, shard) -> worker + " " + shard.train().rows());
      Set<String> before = Set.copyOf(federation.visit(visit, rows));
      BlockManager blocks = spark.sparkContext().env().blockManager();
      for (int index = 0; index < 3; index++) {
        RDDBlockId block = new RDDBlockId(idOfShards(), index);
        Object moved =
            SerializationUtils.clone(
                (Serializable) blocks.getLocalValues(block).get().data().next());
        blocks.releaseLock(block, Option.empty());
        blocks.removeBlock(block, true);
        blocks.putSingle(
            block, moved, StorageLevel.MEMORY_ONLY(), true, ClassTag$.MODULE$.apply(Object.class));
      }

      assertEquals(before, Set.copyOf(federation.visit(visit, rows)));
      assertEquals(before, Set.copyOf(federation.visit(visit, rows)));
    }
    assertEquals(
        0, JavaSparkContext.fromSparkContext(spark.sparkContext()).getPersistentRDDs().size());
  }

  private static int idOfShards() {
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .getPersistentRDDs()
        .values()
        .stream()
        .filter(rdd -> "spark-federated shards".equals(rdd.name()))
        .mapToInt(JavaRDD::id)
        .max()
        .orElseThrow();
  }

  @Test
  void train_callerHasJobGroup_restoresIt() throws IOException {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    context.setJobGroup("the caller's", "what the caller does", false);
    try (ListenerRecorder recorder = new ListenerRecorder(spark)) {
      train(spark, config(folder, csvWorkers(folder)));

      assertTrue(
          recorder.jobs().stream().noneMatch(job -> "the caller's".equals(job.group())),
          recorder.jobs().toString());
      assertEquals("the caller's", context.getLocalProperty("spark.jobGroup.id"));
      assertEquals("what the caller does", context.getLocalProperty("spark.job.description"));
      assertEquals("false", context.getLocalProperty("spark.job.interruptOnCancel"));
    } finally {
      context.clearJobGroup();
    }
    train(spark, config(folder, csvWorkers(folder)));
    assertNull(context.getLocalProperty("spark.jobGroup.id"));
    assertNull(context.getLocalProperty("spark.job.description"));
  }
}
