package io.sparkfed.federated.training;

import io.sparkfed.data.DataException;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.model.PlainText;
import java.util.Map;

/**
 * That a resumed training is over the rows it was begun with: sums over all workers have the same
 * weights as then.
 *
 * @param then the last round that was reported before
 */
record SameRows(RoundSummary then) {
  /** The metric that is the sum of the rows' weights. */
  private static final String ROWS = "rows";

  /**
   * Compares with the metrics of now.
   *
   * @throws DataException if the weights differ
   */
  void require(Map<String, Double> train, Map<String, Double> test) {
    require("training", then.trainMetrics(), train);
    require("test", then.testMetrics(), test);
  }

  private static void require(String which, Map<String, Double> then, Map<String, Double> now) {
    if (then.containsKey(ROWS) && !then.get(ROWS).equals(now.get(ROWS))) {
      throw new DataException(
          "the data changed since the checkpoint: total weight of the "
              + which
              + " rows is "
              + PlainText.ofNumber(now.get(ROWS))
              + ", was "
              + PlainText.ofNumber(then.get(ROWS)));
    }
  }
}
