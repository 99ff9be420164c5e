package io.sparkfed.server;

import java.util.Map;

/**
 * Momentum at the server, FedAvgM (Hsu, Qi and Brown, "Measuring the Effects of Non-Identical Data
 * Distribution for Federated Visual Classification", 2019, section 4.3): with the mean update u_t,
 *
 * <pre>  v_t = momentum v_{t-1} + u_t,  w_{t+1} = w_t - learningRate v_t,  v_0 = 0 before the first
 * </pre>
 *
 * @param learningRate positive and finite
 * @param momentum in [0, 1)
 */
public record ServerMomentum(double learningRate, double momentum) implements ServerOptimizer {
  private static final String VELOCITY = "velocity";

  /**
   * @throws IllegalArgumentException if a parameter is out of range
   */
  public ServerMomentum {
    Ranges.requireRate(learningRate);
    Ranges.requireDecay("the server's momentum", momentum);
  }

  @Override
  public ServerState begin(int size) {
    return new ServerState(Map.of(VELOCITY, new double[size]));
  }

  @Override
  public Step step(ServerState state, double[] model, double[] meanUpdate) {
    double[] velocity = state.vector(VELOCITY);
    double[] next = model.clone();
    for (int j = 0; j < next.length; j++) {
      velocity[j] = momentum * velocity[j] + meanUpdate[j];
      next[j] -= learningRate * velocity[j];
    }
    return new Step(next, new ServerState(Map.of(VELOCITY, velocity)));
  }
}
