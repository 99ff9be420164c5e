package io.sparkfed.solver;

import io.sparkfed.math.SeededRandom;
import io.sparkfed.math.Vectors;
import io.sparkfed.objective.LinearObjective;
import java.util.Arrays;

/**
 * Minibatch stochastic gradient descent with a constant step. Each epoch visits every row once in a
 * fresh random order; the last batch of an epoch may be smaller. An L1 penalty is applied after
 * each step as a soft threshold.
 *
 * @param epochs passes over the rows, at least 1
 * @param batchSize rows of a step, at least 1
 * @param stepSize step size, positive and finite
 */
public record MinibatchSgd(int epochs, int batchSize, double stepSize) implements LocalSolver {

  /**
   * @throws IllegalArgumentException if a parameter is out of range
   */
  public MinibatchSgd {
    Steps.requireAtLeastOne("epochs", epochs);
    Steps.requireAtLeastOne("batch-size", batchSize);
    Steps.requireStepSize(stepSize);
  }

  @Override
  public double[] solve(LinearObjective objective, double[] start, SeededRandom random) {
    double[] w = start.clone();
    double[] gradient = new double[w.length];
    int[] order = new int[objective.rows()];
    Arrays.setAll(order, i -> i);
    for (int epoch = 0; epoch < epochs; epoch++) {
      random.shuffle(order);
      for (int from = 0; from < order.length; from += batchSize) {
        int to = Math.min(order.length - from, batchSize) + from;
        objective.gradient(w, order, from, to, gradient);
        Vectors.addScaled(-stepSize, gradient, 0, w, w.length);
        if (objective.l1() > 0.0) {
          double threshold = stepSize * objective.l1(order, from, to);
          Vectors.softThreshold(threshold, w, objective.penalised());
        }
      }
    }
    return w;
  }
}
