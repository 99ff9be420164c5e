package io.sparkfed.spark.rows;

import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.ColumnSummary;
import io.sparkfed.data.DataException;
import io.sparkfed.federated.survey.FederatedPreprocessing;
import io.sparkfed.federated.survey.LeastOfLevel;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.recipe.ShardPacking;
import io.sparkfed.spark.cluster.Kept;
import io.sparkfed.spark.cluster.Occupancy;
import io.sparkfed.spark.cluster.PartitionFederation;
import io.sparkfed.spark.cluster.Partitionwise;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.cluster.PlacedRdd;
import io.sparkfed.spark.cluster.TaskFailures;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;

/** Completes an encoding before the rows are packed: one pass over them, then secure sums. */
final class EncodingSurvey {
  private final JavaSparkContext context;
  private final TrainingConfig config;
  private final LoadingSums sums;

  EncodingSurvey(JavaSparkContext context, TrainingConfig config, LoadingSums sums) {
    this.context = context;
    this.config = config;
    this.sums = sums;
  }

  /**
   * Returns the complete encoding. The summaries are kept at the workers for as long as it takes;
   * the rows are not.
   *
   * @param partitions an element for each worker
   * @param occupancy how many of them a partition has
   * @param places where each partition's worker may run; empty when all may run anywhere
   * @param skipped the workers left out so far, with the reason
   * @throws DataException if rows can't be used, or the encoding can't be completed
   * @throws CohortException if fewer workers hold rows than the minimum
   */
  FeatureEncoding complete(
      FeatureEncoding draft,
      JavaRDD<SummaryPartition> partitions,
      Occupancy occupancy,
      List<Place> places,
      Map<String, String> skipped) {
    return asked(
        partitions,
        occupancy,
        places,
        skipped,
        (federation, through) -> complete(draft, federation, through, config));
  }

  /** Returns the complete encoding, by sums over summaries of the draft. */
  static FeatureEncoding complete(
      FeatureEncoding draft,
      Federation<ColumnSummary> federation,
      SumFactory through,
      TrainingConfig config) {
    return FederatedPreprocessing.complete(
        draft,
        federation,
        through,
        new LeastOfLevel(
            config.data().preprocessing().minLevelRows(),
            config.data().preprocessing().minLevelWorkers()),
        config.aggregation().minWorkers(),
        config.seed());
  }

  /**
   * Checks what can be told of an encoding before it is completed: which rows can't be summarized,
   * and by a secure sum whether enough workers have a value in each column to impute.
   *
   * @throws DataException if rows can't be used, or too few workers have a value
   * @throws CohortException if fewer workers hold rows than the minimum
   */
  void check(
      FeatureEncoding draft,
      JavaRDD<SummaryPartition> partitions,
      Occupancy occupancy,
      List<Place> places,
      Map<String, String> skipped) {
    asked(
        partitions,
        occupancy,
        places,
        skipped,
        (federation, through) -> {
          FederatedPreprocessing.requireMeans(
              draft, federation, through, config.aggregation().minWorkers());
          return draft;
        });
  }

  private FeatureEncoding asked(
      JavaRDD<SummaryPartition> partitions,
      Occupancy occupancy,
      List<Place> places,
      Map<String, String> skipped,
      BiFunction<Federation<ColumnSummary>, SumFactory, FeatureEncoding> question) {
    JavaRDD<SummaryPartition> cached =
        partitions.setName("spark-federated column summaries").persist(StorageLevel.MEMORY_ONLY());
    List<String> workers;
    try {
      workers = workersWithRows(PlacedRdd.of(cached, places), occupancy, skipped);
    } catch (RuntimeException e) {
      Kept.forget(cached);
      throw e;
    }
    try (PartitionFederation<ColumnSummary> federation =
        new PartitionFederation<>(
            context, cached, occupancy, places, workers, ConfiguredCluster.bounds(config))) {
      return sums.with(federation, through -> question.apply(federation, through));
    }
  }

  private List<String> workersWithRows(
      JavaRDD<SummaryPartition> cached, Occupancy occupancy, Map<String, String> skipped) {
    return workersWithRows(statuses(cached, occupancy), config, skipped);
  }

  /**
   * Returns who holds rows, sorted.
   *
   * @param skipped the workers left out so far, with the reason
   * @throws DataException if rows can't be used
   * @throws CohortException if fewer workers hold rows than the minimum
   */
  static List<String> workersWithRows(
      List<SummaryPartition.Status> statuses, TrainingConfig config, Map<String, String> skipped) {
    ToldFaults.refuse(statuses.stream().map(SummaryPartition.Status::fault).toList(), config);
    List<String> workers =
        statuses.stream()
            .filter(SummaryPartition.Status::hasRows)
            .map(SummaryPartition.Status::worker)
            .sorted()
            .toList();
    if (workers.size() < config.aggregation().minWorkers()) {
      Map<String, String> reasons = new TreeMap<>(skipped);
      statuses.stream()
          .filter(status -> !status.hasRows() && status.worker() != null)
          .forEach(
              status ->
                  reasons.put(status.worker(), ShardPacking.lacking(config.data().leastRows())));
      throw CohortException.tooFew(workers.size(), config.aggregation().minWorkers(), reasons);
    }
    return workers;
  }

  private static List<SummaryPartition.Status> statuses(
      JavaRDD<SummaryPartition> cached, Occupancy occupancy) {
    try {
      return Partitionwise.collected(
          Partitionwise.mapped(
              cached, p -> occupancy.of(p).stream().map(SummaryPartition::status).iterator()));
    } catch (Exception e) {
      throw new DataException(
          "the workers' rows could not be inspected; see the executors' logs",
          TaskFailures.withoutText(e));
    }
  }
}
