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
import io.sparkfed.it.ExecutorKiller;
import io.sparkfed.it.TwoExecutors;
import io.sparkfed.secure.keys.EphemeralKeys;
import io.sparkfed.secure.sealed.SealedSum;
import io.sparkfed.spark.cluster.SparkFederation;
import io.sparkfed.testing.Asked;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sealed sums with aggregators on executors of their own, which die. */
@Timeout(180)
class SealedClusterIT {
  @TempDir static Path folder;

  private SparkSession spark;

  @BeforeEach
  void start() {
    spark = TwoExecutors.session("SealedClusterIT");
  }

  @AfterEach
  void stop() {
    spark.stop();
  }

  private SparkFederation federation() throws IOException {
    return TwoExecutors.federation(spark, folder);
  }

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
  void sum_oneAggregatorOrTwo_equalsPlain() throws Exception {
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
  void sum_aggregatorsExecutorKilledBeforeOpening_sumsAllOnSecondAttempt() throws Exception {
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
