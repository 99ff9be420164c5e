package io.sparkfed.federated;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.aggregate.RowCounts;
import io.sparkfed.testing.Table;
import org.junit.jupiter.api.Test;

class CountedRowsTest {
  @Test
  void of_rows_countsThemTheirWeightsAndTheRarestValue() {
    double[][] x = new double[20][];
    double[] y = new double[20];
    double[] weights = new double[20];
    for (int i = 0; i < 20; i++) {
      // A number, a column of 0 and 1 with four ones, and a constant.
      x[i] = new double[] {0.5 * i, i % 5 == 0 ? 1.0 : 0.0, 1.0};
      y[i] = i < 7 ? 1.0 : 0.0;
      weights[i] = i < 10 ? 1.0 : 1e-30;
    }
    Table table = Table.of(x, y);

    assertEquals(new RowCounts(20, 20.0, 4), CountedRows.of(table.shard("a")));
    assertEquals(new RowCounts(20, 10.0, 4), CountedRows.of(table.withWeights(weights).shard("a")));
    assertEquals(new RowCounts(2, 2.0, 1), CountedRows.of(table.slice(6, 8).shard("a")));
    assertEquals(new RowCounts(4, 4.0, 4), CountedRows.of(table.slice(1, 5).shard("a")));
  }
}
