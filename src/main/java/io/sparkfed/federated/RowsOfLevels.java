package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.ColumnSummary;
import java.util.List;

/**
 * A worker's rows of given levels, and of each whether it has any.
 *
 * @param given levels of each category
 */
public record RowsOfLevels(List<List<String>> given) implements Statement<ColumnSummary> {
  public static final String ROWS = "rows by level";

  /** Summed, the numbers of workers. */
  public static final String HOLDERS = "holds rows of the level";

  @Override
  public Layout layout() {
    int levels = given.stream().mapToInt(List::size).sum();
    return Layout.empty().scaled(ROWS, levels).scaled(HOLDERS, levels);
  }

  @Override
  public double[] answer(String worker, ColumnSummary summary) {
    double[] rows = layout().zeros().values();
    int at = 0;
    for (int k = 0; k < given.size(); k++) {
      for (String level : given.get(k)) {
        rows[at] = summary.levels(k).getOrDefault(level, 0L);
        rows[rows.length / 2 + at] = rows[at] > 0.0 ? 1.0 : 0.0;
        at++;
      }
    }
    return rows;
  }
}
