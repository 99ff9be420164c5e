package io.sparkfed.spark.rows;

import io.sparkfed.spark.cluster.ToldSize;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskContext$;
import org.apache.spark.TaskContextImpl;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.shuffle.FetchFailedException;
import scala.Option;

/**
 * A part of a running task whose accounts stay where they are. What a task has read, and what each
 * operator of a query has put out, is in its executor's heartbeats while it runs and in its report
 * when it ends: exact numbers of a worker's rows, or of those that satisfy a condition. In this
 * part they are counted by a task of the same name that reports to nobody.
 */
final class UncountedTask extends TaskContextImpl {
  private static final long serialVersionUID = 1L;

  private final TaskContext reported;

  private UncountedTask(TaskContext reported) {
    super(
        reported.stageId(),
        reported.stageAttemptNumber(),
        reported.partitionId(),
        reported.taskAttemptId(),
        reported.attemptNumber(),
        reported.numPartitions(),
        reported.taskMemoryManager(),
        reported.getLocalProperties(),
        null,
        TaskMetrics.empty(),
        reported.cpus(),
        reported.resources());
    this.reported = reported;
  }

  /** What is done with the context that it is to be done in. */
  interface Part<T> {
    T of(TaskContext task);
  }

  /**
   * Does a part of a task, and what was to be done at its end: files that it opened are closed.
   *
   * @param task the running task
   */
  static <T> T run(TaskContext task, Part<T> part) {
    UncountedTask uncounted = new UncountedTask(task);
    TaskContext$.MODULE$.setTaskContext(uncounted);
    Option<Throwable> failure = Option.empty();
    try {
      return part.of(uncounted);
    } catch (Throwable e) {
      failure = Option.apply(e);
      uncounted.markTaskFailed(e);
      throw e;
    } finally {
      try {
        uncounted.markTaskCompleted(failure);
        uncounted.tellBytes();
      } finally {
        TaskContext$.MODULE$.setTaskContext(task);
      }
    }
  }

  /** That it has read, and about how much: the driver lists the files, and knows their sizes. */
  private void tellBytes() {
    long bytes = taskMetrics().inputMetrics().bytesRead();
    if (bytes > 0) {
      reported.taskMetrics().inputMetrics().incBytesRead(ToldSize.of(bytes));
    }
  }

  // Who ends the task, or makes its shuffle again, speaks to the one that runs.

  @Override
  public boolean isInterrupted() {
    return reported.isInterrupted();
  }

  @Override
  public Option<String> getKillReason() {
    return reported.getKillReason();
  }

  @Override
  public void killTaskIfInterrupted() {
    reported.killTaskIfInterrupted();
  }

  @Override
  public void setFetchFailed(FetchFailedException failure) {
    reported.setFetchFailed(failure);
  }
}
