package io.sparkfed.spark.watch;

import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.sql.SparkSession;

/**
 * Tells Spark's listeners of a phase of a run that has ended, or made way for another one; the
 * event log keeps it. It is wall-clock time of the whole federation, nothing of one worker.
 *
 * @param run id of the training
 * @param name name of the training
 * @param phase key of the {@link io.sparkfed.federated.RunPhase}
 * @param seconds wall-clock time of the phase so far, all its parts together
 */
public record PhaseFinished(String run, String name, String phase, double seconds)
    implements SparkListenerEvent {

  /** Posts this on the session's listener bus. */
  public void post(SparkSession spark) {
    spark.sparkContext().listenerBus().post(this);
  }
}
