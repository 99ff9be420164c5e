package io.sparkfed.secure;

import static io.sparkfed.it.TwoExecutors.WORKERS;
import static io.sparkfed.it.TwoExecutors.expected;
import static io.sparkfed.it.TwoExecutors.vectors;
import static io.sparkfed.it.TwoExecutors.visit;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.data.Shard;
import io.sparkfed.it.ExecutorKiller;
import io.sparkfed.it.OwnerFolders;
import io.sparkfed.it.TwoExecutors;
import io.sparkfed.secure.keys.EphemeralKeys;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.secure.sealed.SealedSum;
import io.sparkfed.spark.cluster.SparkFederation;
import io.sparkfed.testing.Asked;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Masked sums on executors of their own, which die and run tasks again; and sealed ones, whose
 * aggregators are on executors that die. All in one session: one that was killed is replaced.
 */
@Timeout(180)
class SumsOnExecutorsIT {
  @TempDir static Path folder;

  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = TwoExecutors.session("SumsOnExecutorsIT");
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @BeforeEach
  void awaitBoth() throws Exception {
    TwoExecutors.awaitBoth(spark);
  }

  private SparkFederation federation() throws IOException {
    return TwoExecutors.federation(spark, folder);
  }

  private static KeyRing keyFolders(List<String> workers) throws IOException {
    return OwnerFolders.make(folder, workers).keys();
  }

  /** Which process a worker's tasks run in. */
  private record Place(String worker, long pid) implements Serializable {}

  /** The executor that most workers are on, and they: too few are left for a sum without them. */
  private record Target(long pid, List<String> workers) {
    static Target in(SparkFederation federation) {
      WorkerTask<Shard, Place> places =
          Asked.taskAnywhere((worker, shard) -> new Place(worker, ProcessHandle.current().pid()));
      List<Place> found = federation.visit(visit(federation, 0), places);
      assertEquals(
          2, found.stream().map(Place::pid).distinct().count(), "both executors must work");
      Map<Long, Long> workersByPid =
          found.stream().collect(Collectors.groupingBy(Place::pid, Collectors.counting()));
      long pid =
          workersByPid.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
      return new Target(
          pid,
          found.stream().filter(place -> place.pid() == pid).map(Place::worker).sorted().toList());
    }

    ExecutorKiller killedBefore(String phase, SparkFederation federation) {
      return new ExecutorKiller(federation, phase, pid);
    }
  }

  // Masked sums.

  @Test
  void maskedSum_onExecutors_equalsPlain() throws Exception {
    try (SparkFederation federation = federation()) {
      MaskedSum sum = new MaskedSum(new EphemeralKeys(), 3);
      for (int round = 1; round <= 3; round++) {
        Opened<long[]> opened = sum.sum(federation, visit(federation, round), vectors(round));
        assertArrayEquals(expected(federation, round), opened.value());
        assertEquals(WORKERS, opened.workers());
      }
    }
  }

  /** Keys go with the executor: nothing opens, and the sum is tried again with new ones. */
  @Test
  void maskedSum_executorKilledBeforeUnmasking_ephemeralKeys_sumsAllOnSecondAttempt()
      throws Exception {
    try (SparkFederation federation = federation()) {
      MaskedSum sum = new MaskedSum(new EphemeralKeys(), 3);
      sum.sum(federation, visit(federation, 1), vectors(1));
      ExecutorKiller killer = Target.in(federation).killedBefore(": unmasking", federation);
      Opened<long[]> opened = sum.sum(killer, visit(federation, 2), vectors(2));
      assertTrue(killer.done());
      assertArrayEquals(expected(federation, 2), opened.value());
      assertEquals(WORKERS, opened.workers());
    }
  }

  /** Keys in folders survive: the tasks that run again elsewhere send the same bytes. */
  @Test
  void maskedSum_executorKilledBeforeUnmasking_keyFolders_sumsAll() throws Exception {
    try (SparkFederation federation = federation()) {
      MaskedSum sum = new MaskedSum(keyFolders(federation.workers()), 3);
      sum.sum(federation, visit(federation, 1), vectors(1));
      ExecutorKiller killer = Target.in(federation).killedBefore(": unmasking", federation);
      Opened<long[]> opened = sum.sum(killer, visit(federation, 2), vectors(2));
      assertTrue(killer.done());
      assertArrayEquals(expected(federation, 2), opened.value());
      assertEquals(WORKERS, opened.workers());
    }
  }

  // Sealed sums.

  private static List<Long> processes(SparkFederation federation, String... aggregators) {
    AggregatorTask<Long> process =
        Asked.aggregatorTaskAnywhere((name, nothing) -> ProcessHandle.current().pid());
    return federation.visitAggregators(
        new Visit("where are you", 0, List.of(aggregators)), process);
  }

  @Test
  void visitAggregators_twoOfThem_haveProcessesOfTheirOwnAndStayThere() throws Exception {
    try (SparkFederation federation = federation()) {
      List<Long> first = processes(federation, "one", "two");
      assertEquals(2, Set.copyOf(first).size());
      assertTrue(first.stream().noneMatch(pid -> pid == ProcessHandle.current().pid()));
      long two = processes(federation, "two").get(0);
      for (int i = 0; i < 5; i++) {
        assertEquals(two, processes(federation, "two").get(0));
        assertNotEquals(two, processes(federation, "one").get(0));
      }
    }
  }

  @Test
  void sealedSum_oneAggregatorOrTwo_equalsPlain() throws Exception {
    try (SparkFederation federation = federation()) {
      for (Set<String> aggregators : List.of(Set.of("one"), Set.of("one", "two"))) {
        SealedSum sum = new SealedSum(new EphemeralKeys(), aggregators, 3);
        for (int round = 1; round <= 3; round++) {
          Opened<long[]> opened = sum.sum(federation, visit(federation, round), vectors(round));
          assertArrayEquals(expected(federation, round), opened.value());
          assertEquals(WORKERS, opened.workers());
        }
      }
    }
  }

  /** Its key goes with the executor: another is advertised, and the sum tried again. */
  @Test
  void sealedSum_aggregatorsExecutorKilledBeforeOpening_sumsAllOnSecondAttempt() throws Exception {
    try (SparkFederation federation = federation()) {
      SealedSum sum = new SealedSum(new EphemeralKeys(), Set.of("one", "two"), 3);
      sum.sum(federation, visit(federation, 1), vectors(1));
      ExecutorKiller killer =
          new ExecutorKiller(federation, ": opening at ", processes(federation, "one").get(0));

      Opened<long[]> opened = sum.sum(killer, visit(federation, 2), vectors(2));

      assertTrue(killer.done());
      assertArrayEquals(expected(federation, 2), opened.value());
      assertEquals(WORKERS, opened.workers());
    }
  }
}
