package io.sparkfed.solver;

import io.sparkfed.math.SeededRandom;
import io.sparkfed.objective.LinearObjective;
import java.io.Serializable;

/** Improves one worker's local objective from a start. */
public interface LocalSolver extends Serializable {

  /**
   * Returns the solver as it is in a round; this one unless its step size has a schedule.
   *
   * @param round the round's number, from 1
   */
  default LocalSolver inRound(int round) {
    return this;
  }

  /**
   * Returns the coefficients after local training.
   *
   * @param objective the worker's objective
   * @param start where to start; not changed
   * @param random the worker's random source for this round
   */
  double[] solve(LinearObjective objective, double[] start, SeededRandom random);
}
