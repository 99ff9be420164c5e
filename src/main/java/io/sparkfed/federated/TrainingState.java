package io.sparkfed.federated;

import io.sparkfed.evaluation.Measurements;
import io.sparkfed.evaluation.RoundSummary;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that a training knows between two visits: enough to go on from it and end with the same bits.
 * Seeds are named by run seed, round and worker, so there is no random state besides.
 *
 * <p>Arrays are not copied: they must not be changed.
 *
 * @param round visits made so far, which is the round that made {@code model}; at least 1
 * @param model the model to visit with next, in training units, length d
 * @param best the best model evaluated so far, in training units, length d
 * @param ending how the training has ended, where a last evaluation is all that is left
 * @param moments what features are standardized with, where the federation's moments are needed
 * @param rounds the rounds reported so far
 * @param unreported what the last round cost; it is reported with the next visit
 * @param work the state of what fills a round
 */
public record TrainingState(
    int round,
    double[] model,
    double[] best,
    Optional<String> ending,
    Optional<Moments> moments,
    List<RoundSummary> rounds,
    Cost unreported,
    Work work) {

  /** Takes a copy of the list. */
  public TrainingState {
    rounds = List.copyOf(rounds);
  }

  /**
   * What standardization divides by.
   *
   * @param means mean of each feature, length p
   * @param divisors deviation of each feature, or what stands for it, length p
   * @param weight sum of the rows' weights
   * @param rows how many rows of one weight would say as much; their number where no weights are
   */
  public record Moments(double[] means, double[] divisors, double weight, double rows) {}

  /**
   * A round's cost, known before its model has been evaluated.
   *
   * @param round the round; 0 before the first
   * @param workers workers in the sum
   * @param dropouts workers that are not
   * @param seconds wall-clock time
   * @param measured what else was measured
   * @param phaseSeconds wall-clock time by phase
   */
  public record Cost(
      int round,
      int workers,
      int dropouts,
      double seconds,
      Measurements measured,
      Map<String, Double> phaseSeconds) {
    public static final Cost NONE = nothingOf(0);

    /** Returns the cost of a round that no worker took part in. */
    public static Cost nothingOf(int round) {
      return new Cost(round, 0, 0, 0.0, Measurements.none(), Map.of());
    }
  }

  /**
   * The state of a round's slots.
   *
   * @param at which step of a search comes next; empty for averaging
   * @param values named vectors; a single number is a vector of length 1
   * @param range what the sum has chosen from the data so far; empty if nothing
   */
  public record Work(String at, Map<String, double[]> values, int[] range) {
    /** Takes a copy of the map. */
    public Work {
      values = Map.copyOf(values);
    }
  }
}
