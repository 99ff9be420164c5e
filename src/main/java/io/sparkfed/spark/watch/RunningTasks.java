package io.sparkfed.spark.watch;

import org.apache.spark.SparkContext;
import org.apache.spark.SparkStageInfo;
import org.apache.spark.SparkStatusTracker;

/**
 * How far the stages are that run at this moment. A task is counted when it has ended: nothing is
 * told of the rows or bytes of a task that runs, which are one worker's.
 *
 * @param done tasks that have ended
 * @param all tasks, those that wait too; 0 where no stage runs
 */
public record RunningTasks(int done, int all) {

  /** Returns how far the stages of a context are. */
  public static RunningTasks of(SparkContext context) {
    SparkStatusTracker tracker = context.statusTracker();
    int done = 0;
    int all = 0;
    for (int stage : tracker.getActiveStageIds()) {
      scala.Option<SparkStageInfo> found = tracker.getStageInfo(stage);
      if (found.isDefined()) {
        done += found.get().numCompletedTasks();
        all += found.get().numTasks();
      }
    }
    return new RunningTasks(Math.min(done, all), all);
  }

  /** Returns the same in percent, rounded down; 0 where no stage runs. */
  public int percent() {
    return all == 0 ? 0 : (int) (100L * done / all);
  }
}
