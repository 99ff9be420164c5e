package io.sparkfed.it;

import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;
import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.Shard;
import io.sparkfed.spark.cluster.SparkFederation;
import io.sparkfed.spark.rows.ShardLoader;
import io.sparkfed.testing.Asked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** A driver and two executors in processes of their own, with six workers on them. */
public final class TwoExecutors {
  public static final int WORKERS = 6;

  private static final String MASTER = "local-cluster[2,1,600]";

  private TwoExecutors() {}

  /** Opens a session. */
  public static SparkSession session(String name) {
    SparkSession spark = builder(name).getOrCreate();
    String master = spark.sparkContext().master();
    if (!master.equals(MASTER)) {
      throw new IllegalStateException("a session of another test is left, on " + master);
    }
    return spark;
  }

  /**
   * Waits until both executors are there, the replacement of a killed one too, and take tasks: one
   * that is only registered would leave all workers to the other.
   */
  public static void awaitBoth(SparkSession spark) throws InterruptedException {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    StandaloneCluster.await(
        Duration.ofSeconds(60),
        () ->
            spark.sparkContext().statusTracker().getExecutorInfos().length == 2 + 1
                && context
                        .parallelize(List.of(1, 2), 2)
                        .map(TwoExecutors::process)
                        .distinct()
                        .count()
                    == 2,
        "two executors were not there");
  }

  /** Takes long enough for the other task to be given to the other executor. */
  private static long process(int task) throws InterruptedException {
    Thread.sleep(200);
    return ProcessHandle.current().pid();
  }

  private static SparkSession.Builder builder(String name) {
    return SparkSession.builder()
        .master(MASTER)
        .appName(name)
        .config("spark.ui.enabled", false)
        .config(new HashMap<>(ExecutorJvms.settings()))
        // Both executors must be there before anybody is given a place.
        .config("spark.cores.max", 2)
        .config("spark.scheduler.minRegisteredResourcesRatio", 1.0)
        .config("spark.scheduler.maxRegisteredResourcesWaitingTime", "60s");
  }

  /** Opens the federation of the workers. */
  public static SparkFederation federation(SparkSession spark, Path folder) throws IOException {
    Path conf = folder.resolve("two-executors.conf");
    Files.writeString(
        conf, "data.synthetic { workers = " + WORKERS + ", rows-per-worker = 5, features = 2 }\n");
    TrainingConfig config = ConfigLoader.load(conf, Map.of(), List.of());
    return new ShardLoader(spark, config).load().federation();
  }

  /** A worker's vector: a function of its id and of the round. */
  public static Words<Shard> vectors(int round) {
    return Asked.wordsAnywhere(
        (worker, shard) -> new long[] {worker.hashCode(), 7L * round, 1L << 40});
  }

  /** A visit of all workers. */
  public static Visit visit(SparkFederation federation, int round) {
    return new Visit("round " + round, round, federation.workers());
  }

  /** Returns the plain sum of the vectors of a visit of all workers. */
  public static long[] expected(SparkFederation federation, int round) {
    return new InsecurePlainSum(2)
        .sum(federation, visit(federation, round), vectors(round))
        .value();
  }
}
