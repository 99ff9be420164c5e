package io.sparkfed.spark.rows;

import io.sparkfed.data.ColumnSummary;
import io.sparkfed.data.DataFault;
import io.sparkfed.data.LeastRows;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.data.WeightSums;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.spark.cluster.Held;
import io.sparkfed.spark.cluster.OwnMemory;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.apache.spark.util.KnownSizeEstimation;

/**
 * What a Spark partition holds after its rows were looked at for their encoding. Stays at the
 * worker; only its {@link Status} travels.
 *
 * @param worker the worker's id
 * @param summary the summary; none when there is a fault or no row
 * @param fault why the rows can't be used; null when they can
 */
record SummaryPartition(String worker, OwnMemory<ColumnSummary> summary, DataFault fault)
    implements Held<ColumnSummary>, Serializable, KnownSizeEstimation {
  private static final long SIZE_TOLD = 1L << 20;

  /**
   * What the driver learns of a worker's rows.
   *
   * @param worker the worker's id
   * @param hasRows whether it holds any, and enough to train on if it holds such
   * @param fault why they can't be used; null when they can
   */
  record Status(String worker, boolean hasRows, DataFault fault) implements Serializable {}

  /**
   * Runs at the worker.
   *
   * @param least how many training rows must be there, if any are
   */
  static SummaryPartition of(
      ParsedRows rows, String expected, FeatureEncoding draft, LeastRows least) {
    List<OneHot> categories = draft.categories();
    ColumnSummary.Builder builder = new ColumnSummary.Builder(draft);
    String worker = expected;
    boolean any = false;
    double total = 0.0;
    double squared = 0.0;
    while (rows.next()) {
      if (rows.fault() != null) {
        return new SummaryPartition(rows.fault().worker(), OwnMemory.of(null), rows.fault());
      }
      worker = rows.worker();
      if (rows.isIncomplete()) {
        continue;
      }
      any = true;
      builder.add(rows.row());
      double weight = rows.row().part() == Part.TRAIN ? rows.row().weight() : 0.0;
      total += weight;
      squared += weight * weight;
      for (int k = 0; k < categories.size(); k++) {
        if (builder.levelCount(k) > OneHot.MAX_LEVELS) {
          String rule = "a category may have at most " + OneHot.MAX_LEVELS + " levels";
          DataFault fault = new DataFault(worker, categories.get(k).name(), rule);
          return new SummaryPartition(worker, OwnMemory.of(null), fault);
        }
      }
    }
    // Who has test rows alone tells their levels, and has no part in a mean.
    boolean areEnough = !(total > 0.0) || least.isMetBy(new WeightSums(total, squared));
    return new SummaryPartition(
        worker, OwnMemory.of(any && areEnough ? builder.build() : null), null);
  }

  /** Returns the same for everybody: the driver is told, and the true size says how many levels. */
  @Override
  public long estimatedSize() {
    return SIZE_TOLD;
  }

  Status status() {
    return new Status(worker, summary.isThere(), fault);
  }

  @Override
  public Optional<ColumnSummary> held() {
    return Optional.ofNullable(summary.orNull());
  }

  @Override
  public boolean isElsewhere() {
    return summary.isElsewhere();
  }
}
