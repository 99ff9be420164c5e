package io.sparkfed.solver;

import io.sparkfed.math.SeededRandom;
import io.sparkfed.math.Vectors;
import io.sparkfed.objective.LinearObjective;
import java.util.Arrays;

/**
 * Minibatch stochastic gradient descent with a constant step within a round. Each epoch visits
 * every row once in a fresh random order; the last batch of an epoch may be smaller.
 *
 * <p>With momentum m the step goes along {@code v <- m v + g}, starting from 0 in each round
 * (Sutskever et al., "On the importance of initialization and momentum in deep learning", ICML
 * 2013). An L1 penalty is applied after each step as a soft threshold.
 *
 * @param epochs most passes over the rows, at least 1
 * @param maxBatches most steps of a round, at least 1: with it workers of any size can make as many
 * @param batchSize rows of a step, at least 1
 * @param stepSize step size of the first round, positive and finite
 * @param momentum m, in [0, 1)
 * @param schedule how the step size changes over the rounds
 */
public record MinibatchSgd(
    int epochs, int maxBatches, int batchSize, double stepSize, double momentum, Schedule schedule)
    implements LocalSolver {

  /**
   * @throws IllegalArgumentException if a parameter is out of range
   */
  public MinibatchSgd {
    Steps.requireAtLeastOne("epochs", epochs);
    Steps.requireAtLeastOne("max-batches", maxBatches);
    Steps.requireAtLeastOne("batch-size", batchSize);
    Steps.requireStepSize(stepSize);
    if (!(momentum >= 0.0 && momentum < 1.0)) {
      throw new IllegalArgumentException(
          "momentum must be >= 0 and < 1. Provided value: " + momentum);
    }
  }

  /**
   * Creates a solver that ends with its last pass.
   *
   * @throws IllegalArgumentException if a parameter is out of range
   */
  public MinibatchSgd(
      int epochs, int batchSize, double stepSize, double momentum, Schedule schedule) {
    this(epochs, Integer.MAX_VALUE, batchSize, stepSize, momentum, schedule);
  }

  /**
   * Creates a solver without momentum, with the same step in all rounds.
   *
   * @throws IllegalArgumentException if a parameter is out of range
   */
  public MinibatchSgd(int epochs, int batchSize, double stepSize) {
    this(epochs, batchSize, stepSize, 0.0, Schedule.CONSTANT);
  }

  @Override
  public LocalSolver inRound(int round) {
    double step = stepSize * schedule.factor(round);
    return new MinibatchSgd(epochs, maxBatches, batchSize, step, momentum, Schedule.CONSTANT);
  }

  @Override
  public double[] solve(LinearObjective objective, double[] start, SeededRandom random) {
    double[] w = start.clone();
    double[] gradient = new double[w.length];
    double[] velocity = momentum > 0.0 ? new double[w.length] : gradient;
    int[] order = new int[objective.rows()];
    Arrays.setAll(order, i -> i);
    int batches = 0;
    for (int epoch = 0; epoch < epochs && batches < maxBatches; epoch++) {
      random.shuffle(order);
      for (int from = 0; from < order.length && batches < maxBatches; from += batchSize) {
        batches++;
        int to = Math.min(order.length - from, batchSize) + from;
        objective.gradient(w, order, from, to, gradient);
        if (momentum > 0.0) {
          for (int j = 0; j < velocity.length; j++) {
            velocity[j] = momentum * velocity[j] + gradient[j];
          }
        }
        Vectors.addScaled(-stepSize, velocity, 0, w, w.length);
        if (objective.l1() > 0.0) {
          double threshold = stepSize * objective.l1(order, from, to);
          Vectors.softThreshold(threshold, w, objective.penalised());
        }
      }
    }
    return w;
  }
}
