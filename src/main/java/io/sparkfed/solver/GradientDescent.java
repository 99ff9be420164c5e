package io.sparkfed.solver;

import io.sparkfed.math.SeededRandom;
import io.sparkfed.math.Vectors;
import io.sparkfed.objective.LinearObjective;

/**
 * Full-batch gradient descent with a constant step within a round. An L1 penalty is applied after
 * each step as a soft threshold: the proximal gradient method (Beck and Teboulle, "A Fast Iterative
 * Shrinkage-Thresholding Algorithm", 2009, section 1).
 *
 * @param steps number of steps, at least 1
 * @param stepSize step size of the first round, positive and finite
 * @param schedule how it changes over the rounds
 */
public record GradientDescent(int steps, double stepSize, Schedule schedule)
    implements LocalSolver {

  /**
   * @throws IllegalArgumentException if a parameter is out of range
   */
  public GradientDescent {
    Steps.requireAtLeastOne("steps", steps);
    Steps.requireStepSize(stepSize);
  }

  /**
   * Creates a solver with the same step in all rounds.
   *
   * @throws IllegalArgumentException if a parameter is out of range
   */
  public GradientDescent(int steps, double stepSize) {
    this(steps, stepSize, Schedule.CONSTANT);
  }

  @Override
  public LocalSolver inRound(int round) {
    return new GradientDescent(steps, stepSize * schedule.factor(round));
  }

  @Override
  public double[] solve(LinearObjective objective, double[] start, SeededRandom random) {
    double[] w = start.clone();
    double[] gradient = new double[w.length];
    for (int step = 0; step < steps; step++) {
      objective.gradient(w, gradient);
      Vectors.addScaled(-stepSize, gradient, 0, w, w.length);
      if (objective.l1() > 0.0) {
        Vectors.softThreshold(stepSize * objective.l1(), w, objective.penalised());
      }
    }
    return w;
  }
}
