package io.sparkfed.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskGettingResult;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BroadcastBlockId;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Keeps what Spark tells its listeners from construction to {@link #close}: jobs, tasks with their
 * metrics, and broadcasts. Readers get all events posted before they ask.
 */
public final class ListenerRecorder extends SparkListener implements AutoCloseable {
  private static final long DRAIN_MILLIS = 30_000;

  private final SparkSession spark;
  private final List<Job> jobs = new ArrayList<>();
  private final List<Task> tasks = new ArrayList<>();
  private final SortedSet<Long> storedBroadcasts = new TreeSet<>();
  private final SortedSet<Long> liveBroadcasts = new TreeSet<>();
  private int indirectResults;
  private int speculativeTasks;

  /**
   * A job as it started.
   *
   * @param rddNames names of the RDDs in its stages
   */
  public record Job(
      String description, String group, List<Integer> stages, List<String> rddNames) {}

  /**
   * A task as it ended.
   *
   * @param accumulables each accumulable's update and value as the driver prints them
   */
  public record Task(
      int stage,
      String executor,
      boolean successful,
      long recordsRead,
      long bytesRead,
      long shuffleRecordsRead,
      long shuffleRecordsWritten,
      long shuffleBytesWritten,
      List<String> accumulables) {}

  /** Starts to record, after what was posted before. */
  public ListenerRecorder(SparkSession spark) {
    this.spark = spark;
    drain();
    spark.sparkContext().addSparkListener(this);
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart start) {
    Properties properties = start.properties();
    List<Integer> stages = new ArrayList<>();
    List<String> rddNames = new ArrayList<>();
    CollectionConverters.asJava(start.stageInfos())
        .forEach(
            stage -> {
              stages.add(stage.stageId());
              CollectionConverters.asJava(stage.rddInfos())
                  .forEach(rdd -> rddNames.add(rdd.name()));
            });
    jobs.add(
        new Job(
            properties.getProperty("spark.job.description"),
            properties.getProperty("spark.jobGroup.id"),
            List.copyOf(stages),
            List.copyOf(rddNames)));
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart start) {
    if (start.taskInfo().speculative()) {
      speculativeTasks++;
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    List<String> accumulables = new ArrayList<>();
    CollectionConverters.asJava(end.taskInfo().accumulables())
        .forEach(a -> accumulables.add(a.name() + " " + a.update() + " " + a.value()));
    TaskMetrics metrics = end.taskMetrics();
    boolean measured = metrics != null;
    tasks.add(
        new Task(
            end.stageId(),
            end.taskInfo().executorId(),
            end.taskInfo().successful(),
            measured ? metrics.inputMetrics().recordsRead() : 0,
            measured ? metrics.inputMetrics().bytesRead() : 0,
            measured ? metrics.shuffleReadMetrics().recordsRead() : 0,
            measured ? metrics.shuffleWriteMetrics().recordsWritten() : 0,
            measured ? metrics.shuffleWriteMetrics().bytesWritten() : 0,
            List.copyOf(accumulables)));
  }

  @Override
  public synchronized void onTaskGettingResult(SparkListenerTaskGettingResult getting) {
    indirectResults++;
  }

  @Override
  public synchronized void onBlockUpdated(SparkListenerBlockUpdated updated) {
    BlockId id = updated.blockUpdatedInfo().blockId();
    if (id instanceof BroadcastBlockId broadcast) {
      if (updated.blockUpdatedInfo().storageLevel().isValid()) {
        storedBroadcasts.add(broadcast.broadcastId());
        liveBroadcasts.add(broadcast.broadcastId());
      } else {
        liveBroadcasts.remove(broadcast.broadcastId());
      }
    }
  }

  /** Returns the jobs in order of their start. */
  public List<Job> jobs() {
    drain();
    synchronized (this) {
      return List.copyOf(jobs);
    }
  }

  /** Returns the jobs whose description starts with {@code prefix}. */
  public List<Job> jobs(String prefix) {
    return jobs().stream()
        .filter(job -> job.description() != null && job.description().startsWith(prefix))
        .toList();
  }

  /** Returns all tasks that ended. */
  public List<Task> tasks() {
    drain();
    synchronized (this) {
      return List.copyOf(tasks);
    }
  }

  /** Returns the tasks of a job's stages. */
  public List<Task> tasks(Job job) {
    return tasks().stream().filter(task -> job.stages().contains(task.stage())).toList();
  }

  /** Returns the ids of all broadcasts seen. */
  public SortedSet<Long> storedBroadcasts() {
    drain();
    synchronized (this) {
      return new TreeSet<>(storedBroadcasts);
    }
  }

  /** Returns the ids of the broadcasts that still have a block somewhere. */
  public SortedSet<Long> liveBroadcasts() {
    drain();
    synchronized (this) {
      return new TreeSet<>(liveBroadcasts);
    }
  }

  /** Returns how many task results the driver fetched over a connection of its own. */
  public int indirectResults() {
    drain();
    synchronized (this) {
      return indirectResults;
    }
  }

  /** Returns how many tasks were started beside a slow attempt. */
  public int speculativeTasks() {
    drain();
    synchronized (this) {
      return speculativeTasks;
    }
  }

  private void drain() {
    if (!spark.sparkContext().isStopped()) {
      try {
        spark.sparkContext().listenerBus().waitUntilEmpty(DRAIN_MILLIS);
      } catch (Exception e) {
        throw new IllegalStateException("Spark's listener bus does not drain", e);
      }
    }
  }

  /** Stops recording. */
  @Override
  public void close() {
    spark.sparkContext().removeSparkListener(this);
  }
}
