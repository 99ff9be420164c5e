package io.sparkfed.spark;

import io.sparkfed.data.DataFault;
import io.sparkfed.data.Shard;
import java.io.Serializable;
import java.util.Optional;
import org.apache.spark.util.KnownSizeEstimation;

/**
 * What a Spark partition holds after loading: exactly one worker, with its shard or the reason why
 * there is none. Stays at the worker; only its {@link Status} travels.
 *
 * @param worker the worker's id
 * @param shard the rows; null when there is a fault or nothing to train on
 * @param fault why the rows can't be used; null when they can
 */
record WorkerPartition(String worker, Shard shard, DataFault fault)
    implements Held<Shard>, Serializable, KnownSizeEstimation {
  private static final long LEAST_SIZE = 1L << 20;

  /**
   * What the driver learns of a worker's loading.
   *
   * @param worker the worker's id
   * @param hasShard whether it holds training rows
   * @param features width of its rows; 0 without a shard
   * @param fault why its rows can't be used; null when they can
   */
  record Status(String worker, boolean hasShard, int features, DataFault fault)
      implements Serializable {}

  /**
   * Returns the size that Spark is to reckon with, and tells the driver: the next power of two from
   * 1 MiB on, which says little of the number of rows.
   */
  @Override
  public long estimatedSize() {
    if (shard == null) {
      return LEAST_SIZE;
    }
    long packed = shard.train().packedBytes() + shard.test().packedBytes();
    return packed <= LEAST_SIZE ? LEAST_SIZE : Long.highestOneBit(packed - 1) << 1;
  }

  Status status() {
    return new Status(worker, shard != null, shard == null ? 0 : shard.train().features(), fault);
  }

  @Override
  public Optional<Shard> held() {
    return Optional.ofNullable(shard);
  }
}
