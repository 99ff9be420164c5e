package io.sparkfed.solver;

import io.sparkfed.math.SeededRandom;
import io.sparkfed.math.Vectors;
import io.sparkfed.objective.LinearObjective;

/**
 * Full-batch gradient descent with a constant step.
 *
 * @param steps number of steps, at least 1
 * @param stepSize step size, positive and finite
 */
public record GradientDescent(int steps, double stepSize) implements LocalSolver {

  /**
   * @throws IllegalArgumentException if a parameter is out of range
   */
  public GradientDescent {
    Steps.requireAtLeastOne("steps", steps);
    Steps.requireStepSize(stepSize);
  }

  @Override
  public double[] solve(LinearObjective objective, double[] start, SeededRandom random) {
    double[] w = start.clone();
    double[] gradient = new double[w.length];
    for (int step = 0; step < steps; step++) {
      objective.gradient(w, gradient);
      Vectors.addScaled(-stepSize, gradient, 0, w, w.length);
    }
    return w;
  }
}
