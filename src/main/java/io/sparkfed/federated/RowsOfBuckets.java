package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.ColumnSummary;
import java.util.Map;

/**
 * A worker's rows by bucket of their level, and of each bucket whether it has any.
 *
 * @param query which levels
 */
public record RowsOfBuckets(LevelQuery query) implements Statement<ColumnSummary> {
  public static final String ROWS = "rows by bucket";

  /** Summed, the numbers of workers. */
  public static final String HOLDERS = "holds rows of the bucket";

  @Override
  public Layout layout() {
    int buckets = Math.multiplyExact(query.salts().size(), query.bucketsOfSalt());
    return Layout.empty().scaled(ROWS, buckets).scaled(HOLDERS, buckets);
  }

  @Override
  public double[] answer(String worker, ColumnSummary summary) {
    double[] rows = layout().zeros().values();
    int holders = rows.length / 2;
    for (int k = 0; k < query.columns().size(); k++) {
      for (Map.Entry<String, Long> level : summary.levels(k).entrySet()) {
        if (query.asksFor(k, level.getKey())) {
          for (int s = 0; s < query.salts().size(); s++) {
            int bucket = query.bucket(s, k, level.getKey());
            rows[bucket] += level.getValue();
            rows[holders + bucket] = 1.0;
          }
        }
      }
    }
    return rows;
  }
}
