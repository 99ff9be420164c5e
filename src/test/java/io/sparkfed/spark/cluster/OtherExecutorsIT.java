package io.sparkfed.spark.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.data.Shard;
import io.sparkfed.it.TwoExecutors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BlockResult;
import org.apache.spark.storage.RDDBlockId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/** Code at one executor that asks for what another one keeps. */
@Timeout(180)
class OtherExecutorsIT {
  private static final String NOTHING = "nothing";

  @TempDir private static Path folder;

  private static SparkSession spark;

  @BeforeAll
  static void start() throws Exception {
    spark = TwoExecutors.session("OtherExecutorsIT");
    TwoExecutors.awaitBoth(spark);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void block_ofAnotherExecutor_comesWithoutRows() throws Exception {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    try (SparkFederation federation = TwoExecutors.federation(spark, folder)) {
      long[] before = TwoExecutors.expected(federation, 1);
      JavaRDD<?> shards =
          context.getPersistentRDDs().values().stream()
              .filter(rdd -> "spark-federated shards".equals(rdd.name()))
              .findFirst()
              .orElseThrow();
      int id = shards.id();
      int partitions = shards.getNumPartitions();

      List<String> seen =
          context
              .parallelize(List.of(1, 2, 3, 4), 4)
              .mapPartitions(tasks -> seen(id, partitions))
              .collect();

      assertTrue(!seen.isEmpty(), "another executor's blocks must be within reach");
      assertEquals(List.of(NOTHING), List.copyOf(new TreeSet<>(seen)));
      assertEquals(Arrays.toString(before), Arrays.toString(TwoExecutors.expected(federation, 1)));
    }
    assertEquals(0, context.getPersistentRDDs().size());
  }

  /** Returns what can be seen of the workers that another executor keeps. */
  private static Iterator<String> seen(int id, int partitions) throws InterruptedException {
    // Long enough for both executors to have a task.
    Thread.sleep(500);
    BlockManager blocks = SparkEnv.get().blockManager();
    List<String> seen = new ArrayList<>();
    for (int index = 0; index < partitions; index++) {
      RDDBlockId block = new RDDBlockId(id, index);
      if (blocks.getStatus(block).isDefined()) {
        continue;
      }
      Option<BlockResult> fetched =
          blocks.getRemoteValues(block, ClassTag$.MODULE$.apply(Object.class));
      if (fetched.isDefined()) {
        CollectionConverters.asJava(fetched.get().data())
            .forEachRemaining(element -> seen.add(rows((WorkerPartition) element)));
      }
    }
    return seen.iterator();
  }

  private static String rows(WorkerPartition worker) {
    try {
      Shard shard = worker.shard();
      return shard == null ? NOTHING : worker.worker() + ": " + shard.train().rows() + " rows";
    } catch (IllegalStateException elsewhere) {
      return NOTHING;
    }
  }
}
