package io.sparkfed.spark.cluster;

/**
 * Sizes as the driver may know them of a worker's rows: so coarse that they say little of these.
 */
public final class ToldSize {
  private static final long LEAST = 1L << 20;

  private ToldSize() {}

  /** Returns the next power of two, from 1 MiB on. */
  public static long of(long bytes) {
    return bytes <= LEAST ? LEAST : Long.highestOneBit(bytes - 1) << 1;
  }
}
