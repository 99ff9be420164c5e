package io.sparkfed.spark.rows;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.spark.cluster.ClusterWatch;
import io.sparkfed.spark.cluster.JobScope;
import io.sparkfed.spark.cluster.Place;
import java.util.List;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Spark jobs that end, one way or the other, where the cluster has no executor for them. */
public final class BoundedJobs {
  private BoundedJobs() {}

  /**
   * What runs the jobs.
   *
   * @param <T> what they make
   * @param <E> how it fails
   */
  public interface Work<T, E extends Exception> {
    /**
     * Runs them.
     *
     * @return what they made
     * @throws E where one fails
     */
    T run() throws E;
  }

  /**
   * What runs jobs that make nothing.
   *
   * @param <E> how it fails
   */
  public interface Action<E extends Exception> {
    /**
     * Runs them.
     *
     * @throws E where one fails
     */
    void run() throws E;
  }

  /**
   * Runs jobs of this thread that make nothing and look at no worker's rows.
   *
   * @throws AggregationException if there was no executor for longer than {@code cluster.timeout}
   */
  public static <E extends Exception> void run(
      SparkSession spark, TrainingConfig config, String description, Action<E> action) throws E {
    Work<Void, E> work =
        () -> {
          action.run();
          return null;
        };
    run(spark, config, description, List.of(), work);
  }

  /**
   * Runs jobs of this thread that read the workers' rows, as soon as there is an executor for each
   * worker.
   *
   * @throws AggregationException if there was no executor, or none on a worker's hosts, for longer
   *     than {@code cluster.timeout}
   */
  public static <T, E extends Exception> T ofRows(
      SparkSession spark, TrainingConfig config, String description, Work<T, E> work) throws E {
    return run(
        spark,
        config,
        description,
        config.data().source() instanceof WorkerPaths paths
            ? ConfiguredCluster.places(paths)
            : List.of(),
        work);
  }

  private static <T, E extends Exception> T run(
      SparkSession spark,
      TrainingConfig config,
      String description,
      List<Place> places,
      Work<T, E> work)
      throws E {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    String group = "spark-federated-" + UUID.randomUUID();
    try (JobScope scope = new JobScope(context, group, description);
        ClusterWatch watch = ClusterWatch.ofAll(context, group, config.clusterTimeout(), places)) {
      try {
        watch.awaitPlaces();
        return work.run();
      } catch (Exception e) {
        watch.throwReason(e);
        throw e;
      }
    }
  }
}
