package io.sparkfed.federated.training;

import io.sparkfed.federated.AlgorithmChoice;
import io.sparkfed.federated.AlgorithmChoice.Later;
import io.sparkfed.federated.TrainingState.Work;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** When another search takes the place of the first, and how a state tells that it has. */
final class Switched {
  private static final String MARK = "switched";

  private Switched() {}

  /** Returns whether a search that hasn't ended after a round is to be given up. */
  static boolean isDue(Optional<AlgorithmChoice> choice, int round) {
    return choice
        .flatMap(AlgorithmChoice::later)
        .filter(later -> round >= later.rounds())
        .isPresent();
  }

  /**
   * Returns what takes a search's place.
   *
   * @throws IllegalArgumentException if nothing does
   */
  static Later later(Optional<AlgorithmChoice> choice) {
    return choice
        .flatMap(AlgorithmChoice::later)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a state after a change of the algorithm must be one of a plan that has one"));
  }

  /** Returns whether a state is one after the change. */
  static boolean is(Work saved) {
    return saved.values().containsKey(MARK);
  }

  /** Returns the state of a search, marked as one after the change. */
  static Work marked(Work saved) {
    Map<String, double[]> values = new HashMap<>(saved.values());
    values.put(MARK, new double[] {1.0});
    return new Work(saved.at(), values, saved.range());
  }

  /** Returns the state of the search alone. */
  static Work unmarked(Work saved) {
    Map<String, double[]> values = new HashMap<>(saved.values());
    values.remove(MARK);
    return new Work(saved.at(), values, saved.range());
  }
}
