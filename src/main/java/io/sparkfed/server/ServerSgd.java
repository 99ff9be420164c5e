package io.sparkfed.server;

import io.sparkfed.math.Vectors;

/**
 * {@code w - learningRate * meanUpdate}. With the rate 1 the next model is the workers' average:
 * FedAvg (McMahan et al., "Communication-Efficient Learning of Deep Networks from Decentralized
 * Data", AISTATS 2017, algorithm 1).
 *
 * @param learningRate step of the server, positive and finite
 */
public record ServerSgd(double learningRate) implements ServerOptimizer {

  /**
   * @throws IllegalArgumentException if the rate is out of range
   */
  public ServerSgd {
    Ranges.requireRate(learningRate);
  }

  @Override
  public ServerState begin(int size) {
    return ServerState.NONE;
  }

  @Override
  public Step step(ServerState state, double[] model, double[] meanUpdate) {
    double[] next = model.clone();
    Vectors.addScaled(-learningRate, meanUpdate, 0, next, next.length);
    return new Step(next, state);
  }
}
