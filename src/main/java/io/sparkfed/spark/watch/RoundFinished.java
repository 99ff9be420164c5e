package io.sparkfed.spark.watch;

import io.sparkfed.federated.TrainingListener;
import java.util.Map;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.sql.SparkSession;

/**
 * Tells Spark's listeners of a round whose model has been evaluated; the event log keeps it. It
 * holds what {@code rounds.jsonl} does: sums and averages over the cohort, nothing of one worker.
 *
 * @param run id of the training
 * @param name name of the training
 * @param round the round's number; 0 is the initial model
 * @param workers workers in the round's average
 * @param dropouts workers that began the round and did not finish it
 * @param loss mean training loss; NaN for a model that could not be evaluated and was taken back
 * @param trainMetrics metrics on the training rows
 * @param testMetrics metrics on the test rows
 * @param seconds wall-clock time
 * @param phaseSeconds wall-clock time by phase
 * @param measured what else was measured, by the key of {@link io.sparkfed.evaluation.Measurement}
 */
public record RoundFinished(
    String run,
    String name,
    int round,
    int workers,
    int dropouts,
    double loss,
    Map<String, Double> trainMetrics,
    Map<String, Double> testMetrics,
    double seconds,
    Map<String, Double> phaseSeconds,
    Map<String, Long> measured)
    implements SparkListenerEvent {

  /** Returns a listener that posts each round of a training on the session's listener bus. */
  public static TrainingListener posting(SparkSession spark, String run, String name) {
    return round ->
        spark
            .sparkContext()
            .listenerBus()
            .post(
                new RoundFinished(
                    run,
                    name,
                    round.round(),
                    round.workers(),
                    round.dropouts(),
                    round.loss(),
                    round.trainMetrics(),
                    round.testMetrics(),
                    round.seconds(),
                    round.phaseSeconds(),
                    round.measured().byKey()));
  }
}
