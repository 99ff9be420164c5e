package io.sparkfed.recipe;

import io.sparkfed.config.DataConfig.SplitByFraction;
import io.sparkfed.config.PrivacySettings;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.LeastRows;
import io.sparkfed.data.Room;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.Storage;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Standardize;
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
 * @param least how many training rows a worker must have
 * @param hidesRows whether nothing may be told of single rows: which part a row belongs to depends
 *     on that row alone, and who has no training rows takes part
 * @param rowsOfPerson how many rows of a person are kept, all of them in one part; 0 when rows
 *     don't say whose they are
 * @param features how many there are, where that is said before rows are read, and rows of others
 *     are left out; {@link #OF_ROWS} where the first row says it
 */
public record ShardPacking(
    double testFraction,
    long seed,
    boolean standardizeByWorker,
    boolean intercept,
    int outputs,
    Storage storage,
    LeastRows least,
    boolean hidesRows,
    int rowsOfPerson,
    int features)
    implements Serializable {
  /** Where the first row of a worker says how many features there are. */
  public static final int OF_ROWS = -1;

  /** Returns how a configuration packs. */
  public static ShardPacking of(TrainingConfig config) {
    return new ShardPacking(
        config.data().split() instanceof SplitByFraction f ? f.testFraction() : 0.0,
        config.seed(),
        config.model().standardize() == Standardize.WORKER,
        config.model().intercept(),
        config.model().loss().outputs(),
        config.data().storage(),
        config.data().leastRows(),
        config.privacy().isPresent(),
        config
            .privacy()
            .filter(privacy -> privacy.personColumn().isPresent())
            .map(PrivacySettings::rowsPerPerson)
            .orElse(0),
        OF_ROWS);
  }

  /**
   * Returns how a configuration packs rows into features: where rows are hidden, how many these are
   * is the encoding's to say, and never a row's.
   *
   * @param encoding complete
   * @throws IllegalArgumentException if rows are hidden, and the encoding doesn't say how long
   *     vectors are
   */
  public static ShardPacking of(TrainingConfig config, FeatureEncoding encoding) {
    ShardPacking packing = of(config);
    if (!packing.hidesRows) {
      return packing;
    }
    if (encoding.isVectors() && encoding.width() == 0) {
      throw new IllegalArgumentException("how long hidden vectors are must be said");
    }
    return packing.ofFeatures(encoding.width());
  }

  private ShardPacking ofFeatures(int said) {
    return new ShardPacking(
        testFraction,
        seed,
        standardizeByWorker,
        intercept,
        outputs,
        storage,
        least,
        hidesRows,
        rowsOfPerson,
        said);
  }

  /** Returns why a worker takes no part that hasn't enough, and not how many it has. */
  public static String lacking(LeastRows least) {
    return least.equals(LeastRows.ANY)
        ? "no training rows"
        : "no training rows, or fewer than " + least.rows() + " (data.min-worker-rows)";
  }

  /** Returns what takes up a worker's rows with {@code features} columns. */
  public ShardBuilder builder(String worker, int features) {
    return new ShardBuilder(worker, features, storage);
  }

  /**
   * Returns what takes up a worker's rows with {@code features} columns.
   *
   * @param room the memory that they may take
   */
  public ShardBuilder builder(String worker, int features, Room room) {
    return new ShardBuilder(worker, features, storage, room);
  }

  /** Packs rows taken up, of the same number of columns. */
  public Shard build(ShardBuilder rows, int features) {
    ModelShape shape = new ModelShape(features, intercept, outputs);
    if (rowsOfPerson > 0) {
      return rows.splitByPerson(rowsOfPerson, testFraction, seed, shape);
    }
    return hidesRows
        ? rows.splitByRow(testFraction, seed, shape)
        : rows.build(testFraction, seed, standardizeByWorker, shape);
  }
}
