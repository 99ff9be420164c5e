package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.ColumnSummary;
import java.util.Arrays;
import java.util.Map;

/**
 * A worker's levels by bucket, as rows times the code of their text ({@link LevelCode}).
 *
 * @param query which levels
 * @param occupied the buckets whose text is asked for, ascending, under the first salt
 */
public record TextsOfBuckets(LevelQuery query, int[] occupied) implements Statement<ColumnSummary> {
  public static final String CODES = "rows times codes of levels";

  @Override
  public Layout layout() {
    return Layout.empty().exact(CODES, Math.multiplyExact(occupied.length, LevelCode.LENGTH));
  }

  @Override
  public double[] answer(String worker, ColumnSummary summary) {
    double[] codes = layout().zeros().values();
    for (int k = 0; k < query.columns().size(); k++) {
      for (Map.Entry<String, Long> level : summary.levels(k).entrySet()) {
        if (query.asksFor(k, level.getKey())) {
          int at = Arrays.binarySearch(occupied, query.bucket(0, k, level.getKey()));
          LevelCode.addTo(
              codes,
              at * LevelCode.LENGTH,
              query.salts().get(0),
              query.columns().get(k),
              level.getKey(),
              level.getValue() * LevelCode.ROW);
        }
      }
    }
    return codes;
  }
}
