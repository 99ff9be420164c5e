package io.sparkfed.spark.rows;

import io.sparkfed.data.Room;
import java.io.File;
import org.apache.spark.SparkEnv;
import org.apache.spark.memory.MemoryManager;

/** What memory an executor has for one more shard, and which disk where that isn't enough. */
final class ShardRoom {
  private static final String FOLDER = "spark-federated-shards";

  private ShardRoom() {}

  /**
   * Returns the room for a shard that a task begins to pack: its share, of all tasks that may run
   * at the same time, of what is left of the executor's storage memory; beyond it a folder of
   * {@code spark.local.dir}. With {@code spark.io.encryption.enabled} no row is written to a disk.
   */
  static Room ofThisExecutor() {
    SparkEnv executor = SparkEnv.get();
    if (executor == null
        || executor.conf().getBoolean("spark.io.encryption.enabled", false)
        || executor.blockManager() == null) {
      return Room.OF_MEMORY;
    }
    File[] disks = executor.blockManager().diskBlockManager().localDirs();
    if (disks.length == 0) {
      return Room.OF_MEMORY;
    }
    MemoryManager memory = executor.memoryManager();
    long left = Math.max(0, memory.maxOnHeapStorageMemory() - memory.storageMemoryUsed());
    int tasks =
        executor.conf().getInt("spark.executor.cores", Runtime.getRuntime().availableProcessors());
    return new Room(left / Math.max(1, tasks), disks[0].toPath().resolve(FOLDER));
  }
}
