package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.ColumnSummary;
import java.util.Arrays;
import java.util.Map;

/**
 * A worker's levels by bucket, as rows times the code of their text ({@link LevelCode}). A level is
 * told under one salt, the first whose bucket is asked for: told under several, the sums in which
 * levels met could be taken apart.
 *
 * @param query which levels
 * @param occupied the buckets whose text is asked for, ascending among those of all salts
 */
public record TextsOfBuckets(LevelQuery query, int[] occupied) implements Statement<ColumnSummary> {
  public static final String CODES = "rows times codes of levels";

  @Override
  public Layout layout() {
    return Layout.empty().scaled(CODES, Math.multiplyExact(occupied.length, LevelCode.LENGTH));
  }

  @Override
  public double[] answer(String worker, ColumnSummary summary) {
    double[] codes = layout().zeros().values();
    for (int k = 0; k < query.columns().size(); k++) {
      for (Map.Entry<String, Long> level : summary.levels(k).entrySet()) {
        if (query.asksFor(k, level.getKey())) {
          add(k, level.getKey(), level.getValue(), codes);
        }
      }
    }
    return codes;
  }

  private void add(int category, String level, long rows, double[] codes) {
    for (int salt = 0; salt < query.salts().size(); salt++) {
      int at = Arrays.binarySearch(occupied, query.bucket(salt, category, level));
      if (at >= 0) {
        String column = query.columns().get(category);
        LevelCode.addTo(
            codes, at * LevelCode.LENGTH, query.salts().get(salt), column, level, (double) rows);
        return;
      }
    }
  }
}
