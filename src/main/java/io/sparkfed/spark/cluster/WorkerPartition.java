package io.sparkfed.spark.cluster;

import io.sparkfed.data.DataFault;
import io.sparkfed.data.Shard;
import java.io.Serializable;
import java.util.Optional;
import org.apache.spark.util.KnownSizeEstimation;

/**
 * What a Spark partition holds after loading: exactly one worker, or several simulated ones, each
 * with its shard or the reason why there is none. Stays at the worker; only its {@link Status}
 * travels.
 *
 * @param worker the worker's id
 * @param rows the shard; none when there is a fault or nothing to train on or to evaluate
 * @param features width of the rows; 0 without a shard
 * @param holding what the worker's rows are good for
 * @param fault why the rows can't be used; null when they can
 * @param simulated whether the driver may know the worker's size, since it simulates it
 */
public record WorkerPartition(
    String worker,
    OwnMemory<Shard> rows,
    int features,
    Holding holding,
    DataFault fault,
    boolean simulated)
    implements Held<Shard>, Serializable, KnownSizeEstimation {
  /** About what the objects take that hold the numbers. */
  private static final long SIZE_WITHOUT_ROWS = 1L << 10;

  /** Creates what holds no shard, for a fault or because there are no rows. */
  public WorkerPartition(String worker, DataFault fault) {
    this(worker, OwnMemory.of(null), 0, Holding.NOTHING, fault, false);
  }

  /** Creates what holds a shard, or null where its rows are good for nothing. */
  public WorkerPartition(String worker, Shard shard, Holding holding) {
    this(
        worker,
        OwnMemory.of(shard),
        shard == null ? 0 : shard.train().features(),
        holding,
        null,
        false);
  }

  /**
   * Returns the rows; null when there are none of use.
   *
   * @throws IllegalStateException if another process has them
   */
  public Shard shard() {
    return rows.orNull();
  }

  /** What a worker's rows are good for. */
  public enum Holding {
    NOTHING,
    /** Test rows alone: it takes part in evaluations. */
    TEST_ROWS,
    /** The same, where the model is in units of each worker's own training rows. */
    TEST_ROWS_WITHOUT_UNITS,
    TRAINING_ROWS
  }

  /**
   * What the driver learns of a worker's loading.
   *
   * @param worker the worker's id
   * @param holding what its rows are good for; of test rows beside training rows it says nothing
   * @param features width of its rows; 0 without a shard
   * @param fault why its rows can't be used; null when they can
   */
  public record Status(String worker, Holding holding, int features, DataFault fault)
      implements Serializable {
    public boolean hasShard() {
      return holding == Holding.TRAINING_ROWS || holding == Holding.TEST_ROWS;
    }
  }

  /**
   * Returns the size that Spark is to reckon with, and tells the driver: the next power of two from
   * 1 MiB on, which says little of the number of rows. A simulated worker's is its own.
   */
  @Override
  public long estimatedSize() {
    Shard shard = rows.isElsewhere() ? null : rows.orNull();
    long packed = shard == null ? 0 : shard.train().packedBytes() + shard.test().packedBytes();
    if (simulated) {
      return SIZE_WITHOUT_ROWS + packed;
    }
    return ToldSize.of(packed);
  }

  public Status status() {
    return new Status(worker, holding, features, fault);
  }

  /** Returns the same of a worker that is simulated. */
  public WorkerPartition ofSimulation() {
    return new WorkerPartition(worker, rows, features, holding, fault, true);
  }

  @Override
  public Optional<Shard> held() {
    return Optional.ofNullable(shard());
  }

  @Override
  public boolean isElsewhere() {
    return rows.isElsewhere();
  }
}
