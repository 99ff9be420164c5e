package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.data.DataFault;
import io.sparkfed.data.EncodedRow;
import io.sparkfed.data.LeastRows;
import io.sparkfed.data.Storage;
import io.sparkfed.recipe.ShardPacking;
import io.sparkfed.spark.cluster.WorkerPartition;
import org.junit.jupiter.api.Test;

/** What becomes of rows that can't be packed. */
class PartitionPackingTest {
  private static final ShardPacking PACKING =
      new ShardPacking(
          0.0, 1L, false, true, 1, Storage.DOUBLE, LeastRows.ANY, false, 0, ShardPacking.OF_ROWS);

  /** Rows that are more than there is memory for. */
  private static final class TooMany implements ParsedRows {
    @Override
    public boolean next() {
      throw new OutOfMemoryError("Java heap space");
    }

    @Override
    public String worker() {
      return "w";
    }

    @Override
    public DataFault fault() {
      return null;
    }

    @Override
    public boolean isIncomplete() {
      return false;
    }

    @Override
    public EncodedRow row() {
      throw new IllegalStateException("there is none");
    }
  }

  @Test
  void of_moreThanTheMemory_isAFaultOfTheWorker() {
    WorkerPartition packed = PartitionPacking.of(PACKING, new TooMany(), "w");

    String told = packed.fault().message().toString();
    assertNull(packed.shard());
    assertTrue(told.startsWith("worker w: its rows have no room in the "), told);
    assertTrue(told.contains("--executor-memory"), told);
  }
}
