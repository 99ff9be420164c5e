package io.sparkfed.federated;

import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import io.sparkfed.server.ExactOptimizer;
import io.sparkfed.solver.LocalSolver;
import java.util.Optional;

/**
 * What minimizes the objective of all rows.
 *
 * @param preset its name
 * @param optimizer what takes the steps
 * @param warmStart what the workers train with, each on its own rows, for the average that the
 *     search starts from; empty to start from zero
 * @param preconditioned whether the search starts from a sample of the features' correlations
 * @param why the reason, one sentence; empty where the configuration named the preset
 * @param later what takes its place where it takes many more rounds than it was chosen for
 */
public record AlgorithmChoice(
    String preset,
    ExactOptimizer optimizer,
    Optional<LocalSolver> warmStart,
    boolean preconditioned,
    String why,
    Optional<Later> later) {

  /**
   * What goes on from the best model that a search has reached in so many rounds.
   *
   * @param rounds visits of the workers, at least 1
   * @param choice what takes the search's place
   */
  public record Later(int rounds, AlgorithmChoice choice) {}

  /** Creates a choice that stays. */
  public AlgorithmChoice(
      String preset,
      ExactOptimizer optimizer,
      Optional<LocalSolver> warmStart,
      boolean preconditioned,
      String why) {
    this(preset, optimizer, warmStart, preconditioned, why, Optional.empty());
  }

  /** Returns the same choice, made for another reason and up to another time. */
  public AlgorithmChoice because(String reason, Optional<Later> until) {
    return new AlgorithmChoice(preset, optimizer, warmStart, preconditioned, reason, until);
  }

  /** Says what was chosen and why; empty where the configuration named the preset. */
  public Optional<Message> note() {
    return why.isEmpty()
        ? Optional.empty()
        : Optional.of(Message.of(Hint.PRESET, " = auto is ", preset, ": ", why));
  }

  /** Chooses when the federation's size is known; the same choice for the same size. */
  @FunctionalInterface
  public interface Chooser {
    /**
     * Returns what to minimize with.
     *
     * @param rows number of training rows, where weights differ that of as many equal ones; NaN
     *     where no sum told it
     * @param workers number of workers
     */
    AlgorithmChoice choose(double rows, int workers);
  }

  /** Returns the chooser that always makes this choice. */
  public Chooser always() {
    return (rows, workers) -> this;
  }
}
