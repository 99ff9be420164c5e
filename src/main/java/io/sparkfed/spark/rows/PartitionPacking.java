package io.sparkfed.spark.rows;

import io.sparkfed.data.DataFault;
import io.sparkfed.data.EncodedRow;
import io.sparkfed.data.Room;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.WeightSums;
import io.sparkfed.recipe.ShardPacking;
import io.sparkfed.spark.cluster.WorkerPartition;
import io.sparkfed.spark.cluster.WorkerPartition.Holding;
import java.io.UncheckedIOException;

/** Makes of a worker's rows what its partition holds. Runs in tasks, at workers. */
final class PartitionPacking {
  private static final System.Logger LOG = System.getLogger(PartitionPacking.class.getName());

  static final String FEATURES_OF_FLOATS = "data.storage = float needs features below 3.4e38";

  private static final String TOO_MANY =
      "a worker may have fewer than 2^31 features of all its rows: divide it into several workers";

  private static final String OUT_OF_MEMORY =
      "its rows have no room in the %d MB of the process that packs them: raise --executor-memory"
          + " (--driver-memory under a local master) after --, or give a core fewer workers at a"
          + " time (spark.task.cpus)";

  private PartitionPacking() {}

  /**
   * Packs the parsed rows of one worker.
   *
   * @param expected the worker's id; null when the rows say whose they are
   */
  static WorkerPartition of(ShardPacking packing, ParsedRows rows, String expected) {
    Room room = ShardRoom.ofThisExecutor();
    try {
      return of(packing, rows, expected, room);
    } catch (UncheckedIOException e) {
      return without(
          expected,
          "its rows have no room in memory, and "
              + room.folder()
              + " (spark.local.dir) has none either: "
              + e.getCause().getMessage());
    } catch (OutOfMemoryError e) {
      // What was packed is forgotten now, so the executor can go on. Spark would end its process.
      return without(expected, OUT_OF_MEMORY.formatted(Runtime.getRuntime().maxMemory() >> 20));
    }
  }

  private static WorkerPartition without(String worker, String rule) {
    return new WorkerPartition(worker, new DataFault(worker == null ? "" : worker, "", rule));
  }

  private static WorkerPartition of(
      ShardPacking packing, ParsedRows rows, String expected, Room room) {
    String worker = expected;
    ShardBuilder builder = null;
    boolean isWidthSaid = packing.features() != ShardPacking.OF_ROWS;
    int width = isWidthSaid ? packing.features() : 0;
    long ordinal = 0;
    long dropped = 0;
    while (rows.next()) {
      ordinal++;
      if (rows.fault() != null) {
        return new WorkerPartition(rows.fault().worker(), rows.fault());
      }
      if (rows.isIncomplete()) {
        worker = rows.worker();
        dropped++;
        continue;
      }
      EncodedRow row = rows.row();
      if (builder == null) {
        worker = rows.worker();
        width = isWidthSaid ? packing.features() : row.width();
        builder = packing.builder(worker, width, room);
      }
      if (!rows.worker().equals(worker)) {
        throw new IllegalStateException("a partition must hold the rows of one worker");
      }
      if (packing.hidesRows() && (row.width() != width || !row.fits(packing.storage()))) {
        dropped++;
        continue;
      }
      if (row.width() != width) {
        DataFault fault =
            DataFault.ofRow(worker, "", ordinal, "all vectors must have the same length");
        return new WorkerPartition(worker, fault);
      }
      if (!row.fits(packing.storage())) {
        DataFault fault = DataFault.ofRow(worker, "", ordinal, FEATURES_OF_FLOATS);
        return new WorkerPartition(worker, fault);
      }
      if (!builder.takes(row)) {
        return without(worker, TOO_MANY);
      }
      builder.add(row);
    }
    if (builder == null && isWidthSaid && worker != null) {
      builder = packing.builder(worker, width, room);
    }
    if (builder == null) {
      LOG.log(System.Logger.Level.INFO, "worker {0} takes no part: no rows", worker);
      return new WorkerPartition(worker, null);
    }
    builder.drop(dropped);
    return of(packing, worker, builder, width);
  }

  /** Packs the rows that a builder has taken up. */
  static WorkerPartition of(ShardPacking packing, String worker, ShardBuilder rows, int features) {
    Shard shard = packing.build(rows, features);
    Holding holding = holding(shard, packing);
    if (holding == Holding.NOTHING) {
      LOG.log(
          System.Logger.Level.INFO,
          "worker {0} takes no part: {1}",
          worker,
          ShardPacking.lacking(packing.least()));
    }
    boolean isOfUse = holding == Holding.TRAINING_ROWS || holding == Holding.TEST_ROWS;
    return new WorkerPartition(worker, isOfUse ? shard : null, holding);
  }

  private static Holding holding(Shard shard, ShardPacking packing) {
    if (packing.hidesRows()) {
      return Holding.TRAINING_ROWS;
    }
    if (shard.train().totalWeight() > 0.0) {
      return packing.least().isMetBy(WeightSums.of(shard.train()))
          ? Holding.TRAINING_ROWS
          : Holding.NOTHING;
    }
    if (!(shard.test().totalWeight() > 0.0)) {
      return Holding.NOTHING;
    }
    return packing.standardizeByWorker() ? Holding.TEST_ROWS_WITHOUT_UNITS : Holding.TEST_ROWS;
  }
}
