package io.sparkfed.data;

import java.nio.file.Path;

/**
 * How much memory the rows of a shard may take, and where they go if that isn't enough.
 *
 * @param bytes of the rows' features, at least 0
 * @param folder where files may be written; null when all rows stay in memory whatever they take
 */
public record Room(long bytes, Path folder) {
  /** Memory alone. */
  public static final Room OF_MEMORY = new Room(Long.MAX_VALUE, null);

  boolean isEnoughFor(long needed) {
    return folder == null || needed <= bytes;
  }
}
