package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.ColumnSummary;
import java.util.Map;

/**
 * A worker's rows by bucket of their level.
 *
 * @param query which levels
 */
public record RowsOfBuckets(LevelQuery query) implements Statement<ColumnSummary> {
  public static final String ROWS = "rows by bucket";

  @Override
  public Layout layout() {
    return Layout.empty()
        .scaled(ROWS, Math.multiplyExact(query.salts().size(), query.bucketsOfSalt()));
  }

  @Override
  public double[] answer(String worker, ColumnSummary summary) {
    double[] rows = layout().zeros().values();
    for (int k = 0; k < query.columns().size(); k++) {
      for (Map.Entry<String, Long> level : summary.levels(k).entrySet()) {
        if (query.asksFor(k, level.getKey())) {
          for (int s = 0; s < query.salts().size(); s++) {
            rows[query.bucket(s, k, level.getKey())] += level.getValue();
          }
        }
      }
    }
    return rows;
  }
}
