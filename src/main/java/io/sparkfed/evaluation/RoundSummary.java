package io.sparkfed.evaluation;

import java.util.Map;

/**
 * What is known at the driver of one finished round: sums and averages over the cohort, never one
 * worker's figures.
 *
 * @param round the round's number from 1; 0 is the initial model, before any training
 * @param workers how many workers' updates are in the round's average (0 for round 0)
 * @param dropouts how many workers of the cohort began the round and did not finish it
 * @param loss mean training loss of the global model after this round (weighted by rows or instance
 *     weights, penalty not included)
 * @param trainMetrics federated metrics of the model after this round on the training rows
 * @param testMetrics the same on the test rows; empty without a test split
 * @param seconds wall-clock seconds of the round (0 for round 0)
 * @param measured what else was measured of the round
 * @param phaseSeconds wall-clock seconds by phase, which add up to {@code seconds}; empty where
 *     they were not measured
 * @param noise what noise does to the metrics; none where sums were exact
 */
public record RoundSummary(
    int round,
    int workers,
    int dropouts,
    double loss,
    Map<String, Double> trainMetrics,
    Map<String, Double> testMetrics,
    double seconds,
    Measurements measured,
    Map<String, Double> phaseSeconds,
    MetricNoise noise) {

  /** Creates a summary of metrics without noise. */
  public RoundSummary(
      int round,
      int workers,
      int dropouts,
      double loss,
      Map<String, Double> trainMetrics,
      Map<String, Double> testMetrics,
      double seconds,
      Measurements measured,
      Map<String, Double> phaseSeconds) {
    this(
        round,
        workers,
        dropouts,
        loss,
        trainMetrics,
        testMetrics,
        seconds,
        measured,
        phaseSeconds,
        MetricNoise.NONE);
  }

  /** Creates a summary without the times of phases. */
  public RoundSummary(
      int round,
      int workers,
      int dropouts,
      double loss,
      Map<String, Double> trainMetrics,
      Map<String, Double> testMetrics,
      double seconds,
      Measurements measured) {
    this(round, workers, dropouts, loss, trainMetrics, testMetrics, seconds, measured, Map.of());
  }

  /** Returns one of the measurements. */
  public long measured(Measurement measurement) {
    return measured.get(measurement);
  }
}
