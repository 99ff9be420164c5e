package io.sparkfed.spark.rows;

import io.sparkfed.aggregate.CohortException;
import io.sparkfed.config.DataConfig.Missing;
import io.sparkfed.config.DataConfig.Synthetic;
import io.sparkfed.config.KeyWords;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.DataException;
import io.sparkfed.data.DroppedRows;
import io.sparkfed.federated.survey.FederatedCounts;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.recipe.ShardPacking;
import io.sparkfed.spark.cluster.Kept;
import io.sparkfed.spark.cluster.Occupancy;
import io.sparkfed.spark.cluster.Partitionwise;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.cluster.PlacedRdd;
import io.sparkfed.spark.cluster.SparkFederation;
import io.sparkfed.spark.cluster.TaskFailures;
import io.sparkfed.spark.cluster.WorkerPartition;
import io.sparkfed.spark.rows.ShardLoader.Loaded;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.RDDInfo;
import org.apache.spark.storage.StorageLevel;

/**
 * Keeps the workers' packed partitions where they are, and finds who of them can be trained with.
 */
final class KeptShards {
  /** That a block is cached may be known a moment after the job that cached it has ended. */
  private static final long CACHE_REPORT_NANOS = 2_000_000_000L;

  private static final long CACHE_REPORT_POLL_MILLIS = 10;

  private final SparkSession spark;
  private final JavaSparkContext context;
  private final TrainingConfig config;
  private final LoadingSums sums;

  KeptShards(SparkSession spark, TrainingConfig config, LoadingSums sums) {
    this.spark = spark;
    this.sums = sums;
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.config = config;
  }

  /** What rows are loaded for. */
  enum Purpose {
    TRAINING,
    EVALUATION
  }

  /**
   * Packs the partitions, and keeps them in the executors' memory.
   *
   * @param partitions an element for each worker
   * @param occupancy how many of them a partition has
   * @param places where each partition's worker may run; empty when all may run anywhere
   * @param encoding how the workers' columns became features
   * @param skipped the workers left out so far, with the reason; gets those that are left out here
   * @param placement how the rows came to their workers
   * @param notes what the user should know; gets what is found here
   * @throws DataException if rows can't be used
   * @throws CohortException if fewer workers hold rows than the minimum
   */
  Loaded of(
      Purpose purpose,
      JavaRDD<WorkerPartition> partitions,
      Occupancy occupancy,
      List<Place> places,
      FeatureEncoding encoding,
      Map<String, String> skipped,
      String placement,
      List<String> notes) {
    JavaRDD<WorkerPartition> cached =
        partitions.setName("spark-federated shards").persist(StorageLevel.MEMORY_ONLY());
    List<WorkerPartition.Status> statuses;
    try {
      statuses =
          Partitionwise.collected(
              Partitionwise.mapped(
                  PlacedRdd.of(cached, places),
                  p -> occupancy.of(p).stream().map(WorkerPartition::status).iterator()));
    } catch (Exception e) {
      Kept.forget(cached);
      throw new DataException(
          "the workers' rows could not be loaded; see the executors' logs",
          TaskFailures.withoutText(e));
    }
    try {
      return loaded(
          purpose,
          statuses,
          encoding,
          skipped,
          placement,
          notes,
          (workers, evaluators) -> {
            noteUncached(cached, cached.getNumPartitions(), notes);
            return new SparkFederation(
                context,
                cached,
                occupancy,
                places,
                workers,
                evaluators,
                ConfiguredCluster.bounds(config));
          });
    } catch (RuntimeException e) {
      Kept.forget(cached);
      throw e;
    }
  }

  /**
   * Finds who of workers whose rows are packed can be trained with; see {@link #of}.
   *
   * @param federation makes one of who holds training rows, and who test rows alone
   */
  Loaded loaded(
      Purpose purpose,
      List<WorkerPartition.Status> statuses,
      FeatureEncoding encoding,
      Map<String, String> skipped,
      String placement,
      List<String> notes,
      BiFunction<List<String>, List<String>, SparkFederation> federation) {
    ToldFaults.refuse(statuses.stream().map(WorkerPartition.Status::fault).toList(), config);
    int features = commonWidth(statuses);
    List<String> workers = new ArrayList<>();
    List<String> evaluators = new ArrayList<>();
    for (WorkerPartition.Status status : statuses) {
      switch (status.holding()) {
        case TRAINING_ROWS -> workers.add(status.worker());
        case TEST_ROWS -> evaluators.add(status.worker());
        case TEST_ROWS_WITHOUT_UNITS ->
            skipped.put(
                status.worker(), "no training rows for its units (model.standardize = worker)");
        case NOTHING ->
            skipped.put(status.worker(), ShardPacking.lacking(config.data().leastRows()));
      }
    }
    Collections.sort(workers);
    Collections.sort(evaluators);
    requireEnough(workers, evaluators, purpose, skipped);
    if (!evaluators.isEmpty()) {
      notes.add(noteOnEvaluators(evaluators));
    }
    SparkFederation made = federation.apply(workers, evaluators);
    Optional<DroppedRows> dropped = dropped(made);
    dropped.ifPresent(rows -> notes.add(rows.message().in(KeyWords::of)));
    notes.addAll(sums.notes());
    return new Loaded(
        made, encoding.withVectorWidth(features), skipped, placement, dropped, notes, Map.of());
  }

  /** A model that is there already can be evaluated by workers that hold test rows alone. */
  private void requireEnough(
      List<String> workers, List<String> evaluators, Purpose purpose, Map<String, String> skipped) {
    int least = config.aggregation().minWorkers();
    int present = workers.size() + (purpose == Purpose.EVALUATION ? evaluators.size() : 0);
    if (present < least) {
      Map<String, String> reasons = new TreeMap<>(skipped);
      if (purpose == Purpose.TRAINING) {
        evaluators.forEach(worker -> reasons.put(worker, "test rows only"));
      }
      throw CohortException.tooFew(present, least, reasons);
    }
  }

  private static String noteOnEvaluators(List<String> evaluators) {
    return evaluators.size() + " workers hold test rows only and take part in evaluations alone";
  }

  private Optional<DroppedRows> dropped(SparkFederation federation) {
    return config.privacy().isEmpty()
            && config.data().missing() == Missing.DROP
            && !(config.data().source() instanceof Synthetic)
        ? Optional.of(
            sums.with(
                federation,
                through ->
                    FederatedCounts.dropped(
                        federation, through, config.aggregation().minWorkers())))
        : Optional.empty();
  }

  private static int commonWidth(List<WorkerPartition.Status> statuses) {
    WorkerPartition.Status first = null;
    for (WorkerPartition.Status status : statuses) {
      if (!status.hasShard()) {
        continue;
      }
      if (first == null) {
        first = status;
      } else if (status.features() != first.features()) {
        throw new DataException(
            "all workers must have the same number of features: worker "
                + first.worker()
                + " has "
                + first.features()
                + ", worker "
                + status.worker()
                + " "
                + status.features()
                + " (for libsvm set data.options.numFeatures)");
      }
    }
    if (first == null) {
      throw new DataException("no worker holds any training row");
    }
    return first.features();
  }

  private void noteUncached(JavaRDD<WorkerPartition> cached, int partitions, List<String> notes) {
    int missing = uncached(cached, partitions);
    long deadline = System.nanoTime() + CACHE_REPORT_NANOS;
    while (missing > 0 && System.nanoTime() < deadline) {
      try {
        Thread.sleep(CACHE_REPORT_POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
      missing = uncached(cached, partitions);
    }
    if (missing > 0) {
      notes.add(
          missing
              + " shards do not fit in executor memory and are read again every round: raise"
              + " spark.executor.memory (spark.driver.memory under local)");
    }
  }

  private int uncached(JavaRDD<WorkerPartition> cached, int partitions) {
    for (RDDInfo info : spark.sparkContext().getRDDStorageInfo()) {
      if (info.id() == cached.id()) {
        return partitions - info.numCachedPartitions();
      }
    }
    return partitions;
  }
}
