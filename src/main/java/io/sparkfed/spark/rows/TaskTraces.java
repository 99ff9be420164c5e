package io.sparkfed.spark.rows;

import org.apache.spark.TaskContext;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.apache.spark.util.AccumulatorV2;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What Spark itself would tell the driver about a worker's rows: a task reports how many it read,
 * and each operator of a query how many it put out.
 */
final class TaskTraces {
  private TaskTraces() {}

  /**
   * Takes the counts of rows out of the running task's report. Called in the task, when it has read
   * its rows. The bytes of files stay in it: the driver lists the files and knows their sizes.
   */
  static void forgetRowCounts() {
    TaskContext task = TaskContext.get();
    if (task == null) {
      return;
    }
    TaskMetrics metrics = task.taskMetrics();
    metrics.inputMetrics().setRecordsRead(0L);
    for (AccumulatorV2<?, ?> accumulator : CollectionConverters.asJava(metrics.accumulators())) {
      if (accumulator instanceof SQLMetric metric) {
        metric.reset();
      }
    }
  }
}
