package io.sparkfed.federated.training;

import io.sparkfed.evaluation.MetricNoise;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.TrainingListener;
import io.sparkfed.federated.TrainingState.Cost;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rounds that were reported, and whoever hears of them. */
final class RoundReports {
  private final TrainingListener listener;
  private final List<RoundSummary> rounds = new ArrayList<>();
  private int oneClassWorkers;

  RoundReports(TrainingListener listener) {
    this.listener = listener;
  }

  /** Takes rounds that have been reported before a resumption. */
  void goOnAfter(List<RoundSummary> reported) {
    rounds.addAll(reported);
  }

  /** Reports the round whose model was evaluated. */
  void evaluated(
      Cost round,
      int holdersOfOneClass,
      double loss,
      Map<String, Double> train,
      Map<String, Double> test) {
    oneClassWorkers = holdersOfOneClass;
    add(round, loss, train, test, MetricNoise.NONE);
  }

  /** Reports the round whose model was evaluated from noised sums. */
  void evaluated(Cost round, NoisedFigures found) {
    add(round, found.loss(), found.trainMetrics(), found.testMetrics(), found.noise());
  }

  /** Reports a round whose model was not evaluated, or could not be and was taken back. */
  void unevaluated(Cost round) {
    add(round, Double.NaN, Map.of(), Map.of(), MetricNoise.NONE);
  }

  private void add(
      Cost round,
      double loss,
      Map<String, Double> train,
      Map<String, Double> test,
      MetricNoise noise) {
    RoundSummary summary =
        new RoundSummary(
            round.round(),
            round.workers(),
            round.dropouts(),
            loss,
            train,
            test,
            round.seconds(),
            round.measured(),
            round.phaseSeconds(),
            noise);
    rounds.add(summary);
    listener.roundFinished(summary);
  }

  List<RoundSummary> rounds() {
    return List.copyOf(rounds);
  }

  Optional<RoundSummary> last() {
    return rounds.isEmpty() ? Optional.empty() : Optional.of(rounds.get(rounds.size() - 1));
  }

  /** Returns the first mean training loss that is known, the start's as a rule; 0 before. */
  double initialLoss() {
    return rounds.stream()
        .mapToDouble(RoundSummary::loss)
        .filter(Double::isFinite)
        .findFirst()
        .orElse(0.0);
  }

  boolean hasLowered() {
    return rounds.get(rounds.size() - 1).loss() < initialLoss();
  }

  /** Returns how many workers' training labels were all equal when last evaluated. */
  int oneClassWorkers() {
    return oneClassWorkers;
  }
}
