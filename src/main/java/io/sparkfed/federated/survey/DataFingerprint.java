package io.sparkfed.federated.survey;

import io.sparkfed.data.DataException;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What is known of the data without looking at a row: whether a training may go on with it.
 *
 * @param encoding the feature contract, with what replaces missing values
 * @param workers the workers that hold training rows, sorted
 * @param sqlTypes names of the types that SQL saw, by column
 */
public record DataFingerprint(
    FeatureEncoding encoding, List<String> workers, Map<String, String> sqlTypes) {

  /** Takes copies. */
  public DataFingerprint {
    workers = List.copyOf(workers);
    sqlTypes = Map.copyOf(sqlTypes);
  }

  /**
   * Refuses data that differ from those of a checkpoint.
   *
   * @param checkpoint what was known when training began
   * @throws DataException naming the worker or column that differs
   */
  public void requireSame(DataFingerprint checkpoint) {
    for (String worker : checkpoint.workers) {
      if (!workers.contains(worker)) {
        throw changed("worker " + worker + " holds no training rows any more");
      }
    }
    for (String worker : workers) {
      if (!checkpoint.workers.contains(worker)) {
        throw changed("worker " + worker + " held no training rows then");
      }
    }
    for (String column : new TreeSet<>(sqlTypes.keySet())) {
      String type = sqlTypes.get(column);
      String before = checkpoint.sqlTypes.get(column);
      if (!type.equals(before)) {
        throw changed(
            "column " + column + " is of type " + type + " in SQL, and was of type " + before);
      }
    }
    List<InputColumn> then = checkpoint.encoding.columns();
    List<InputColumn> now = encoding.columns();
    for (int j = 0; j < Math.max(then.size(), now.size()); j++) {
      if (j >= now.size()) {
        throw changed("column " + then.get(j).name() + " isn't a feature any more");
      }
      if (j >= then.size()) {
        throw changed("column " + now.get(j).name() + " wasn't a feature then");
      }
      if (!now.get(j).name().equals(then.get(j).name())) {
        throw changed("column " + now.get(j).name() + " is where " + then.get(j).name() + " stood");
      }
      if (!now.get(j).equals(then.get(j))) {
        throw changed(
            "column "
                + now.get(j).name()
                + " has another type, other levels or another mean for missing values");
      }
    }
    if (!encoding.terms().equals(checkpoint.encoding.terms())) {
      throw changed("the formula has other terms");
    }
  }

  private static DataException changed(String how) {
    return new DataException("the data changed since the checkpoint: " + how);
  }
}
