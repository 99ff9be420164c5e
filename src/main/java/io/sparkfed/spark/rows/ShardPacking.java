package io.sparkfed.spark.rows;

import io.sparkfed.config.DataConfig.SplitByFraction;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.Storage;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Standardize;
import io.sparkfed.spark.cluster.WorkerPartition;
import io.sparkfed.spark.cluster.WorkerPartition.Holding;
import java.io.Serializable;

/**
 * How a configuration packs rows into shards, as it travels to the tasks.
 *
 * @param testFraction share of rows to hold out; 0 without a random split
 * @param seed the run's seed
 * @param standardizeByWorker whether a shard's scaling is its own
 * @param intercept whether the model has an intercept
 * @param outputs number of the model's outputs
 * @param storage how features are kept
 */
record ShardPacking(
    double testFraction,
    long seed,
    boolean standardizeByWorker,
    boolean intercept,
    int outputs,
    Storage storage)
    implements Serializable {

  static ShardPacking of(TrainingConfig config) {
    return new ShardPacking(
        config.data().split() instanceof SplitByFraction f ? f.testFraction() : 0.0,
        config.seed(),
        config.model().standardize() == Standardize.WORKER,
        config.model().intercept(),
        config.model().loss().outputs(),
        config.data().storage());
  }

  ShardBuilder builder(String worker, int features) {
    return new ShardBuilder(worker, features, storage);
  }

  Shard build(ShardBuilder rows, int features) {
    return rows.build(
        testFraction, seed, standardizeByWorker, new ModelShape(features, intercept, outputs));
  }

  WorkerPartition partition(String worker, ShardBuilder rows, int features) {
    Shard shard = build(rows, features);
    Holding holding = holding(shard);
    boolean isOfUse = holding == Holding.TRAINING_ROWS || holding == Holding.TEST_ROWS;
    return new WorkerPartition(worker, isOfUse ? shard : null, holding, null, false);
  }

  private Holding holding(Shard shard) {
    if (shard.train().totalWeight() > 0.0) {
      return Holding.TRAINING_ROWS;
    }
    if (!(shard.test().totalWeight() > 0.0)) {
      return Holding.NOTHING;
    }
    return standardizeByWorker ? Holding.TEST_ROWS_WITHOUT_UNITS : Holding.TEST_ROWS;
  }
}
