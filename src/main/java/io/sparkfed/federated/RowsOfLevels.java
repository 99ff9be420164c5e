package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.ColumnSummary;
import java.util.List;

/**
 * A worker's rows of given levels.
 *
 * @param given levels of each category
 */
public record RowsOfLevels(List<List<String>> given) implements Statement<ColumnSummary> {
  public static final String ROWS = "rows by level";

  @Override
  public Layout layout() {
    return Layout.empty().scaled(ROWS, given.stream().mapToInt(List::size).sum());
  }

  @Override
  public double[] answer(String worker, ColumnSummary summary) {
    double[] rows = layout().zeros().values();
    int at = 0;
    for (int k = 0; k < given.size(); k++) {
      for (String level : given.get(k)) {
        rows[at++] = summary.levels(k).getOrDefault(level, 0L);
      }
    }
    return rows;
  }
}
