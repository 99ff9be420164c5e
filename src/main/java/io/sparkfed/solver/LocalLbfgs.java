package io.sparkfed.solver;

import io.sparkfed.math.SeededRandom;
import io.sparkfed.objective.LinearObjective;

/**
 * Minimizes the local objective by L-BFGS, with an L1 penalty by OWL-QN: see {@link QuasiNewton}.
 *
 * @param optimizer the optimizer
 */
public record LocalLbfgs(QuasiNewton optimizer) implements LocalSolver {

  /**
   * Creates a solver.
   *
   * @throws IllegalArgumentException if a parameter is out of range
   */
  public LocalLbfgs(int maxIterations, double tolerance, int history) {
    this(new QuasiNewton(maxIterations, tolerance, history));
  }

  @Override
  public double[] solve(LinearObjective objective, double[] start, SeededRandom random) {
    return optimizer.minimize(
        objective::valueAndGradient, start, objective.l1(), objective.penalised());
  }
}
