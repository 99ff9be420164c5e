package io.sparkfed.server;

import java.util.Map;

/**
 * Steps of a length of its own for each coefficient (Reddi et al., "Adaptive Federated
 * Optimization", ICLR 2021, algorithm 2). With the mean update u_t, which is minus the paper's
 * delta, for each coefficient
 *
 * <pre>  m_t = beta1 m_{t-1} + (1 - beta1) u_t
 *  v_t = secondMoment(v_{t-1}, u_t²)
 *  w_{t+1} = w_t - learningRate m_t / (sqrt(v_t) + tau)
 * </pre>
 *
 * <p>from m = 0 and v = tau² before the first round, and without a correction of the bias, as in
 * the paper.
 *
 * @param learningRate positive and finite
 * @param beta1 decay of the mean of updates, in [0, 1)
 * @param tau how adaptive: a coefficient whose updates are far below it moves by {@code
 *     learningRate / tau} times their mean; positive and finite
 * @param secondMoment what becomes of the updates' squares
 */
public record AdaptiveServer(
    double learningRate, double beta1, double tau, SecondMoment secondMoment)
    implements ServerOptimizer {
  private static final String FIRST = "first-moment";
  private static final String SECOND = "second-moment";

  /**
   * @throws IllegalArgumentException if a parameter is out of range
   */
  public AdaptiveServer {
    Ranges.requireRate(learningRate);
    Ranges.requireDecay("the server's beta1", beta1);
    Ranges.requirePositive("the server's tau", tau);
  }

  @Override
  public ServerState begin(int size) {
    return state(new double[size], ServerState.filled(size, tau * tau));
  }

  @Override
  public Step step(ServerState state, double[] model, double[] meanUpdate) {
    double[] first = state.vector(FIRST);
    double[] second = state.vector(SECOND);
    double[] next = model.clone();
    for (int j = 0; j < next.length; j++) {
      double update = meanUpdate[j];
      first[j] = beta1 * first[j] + (1.0 - beta1) * update;
      second[j] = secondMoment.after(second[j], update * update);
      next[j] -= learningRate * first[j] / (Math.sqrt(second[j]) + tau);
    }
    return new Step(next, state(first, second));
  }

  private static ServerState state(double[] first, double[] second) {
    return new ServerState(Map.of(FIRST, first, SECOND, second));
  }

  /** What becomes of a coefficient's second moment v, at least 0, when an update is squared. */
  public sealed interface SecondMoment {

    /**
     * Returns the second moment after an update.
     *
     * @param before the second moment before, at least 0
     * @param square the update's square
     */
    double after(double before, double square);
  }

  /** {@code v + u²}: FedAdagrad. Steps become shorter from round to round. */
  public record Adagrad() implements SecondMoment {
    @Override
    public double after(double before, double square) {
      return before + square;
    }
  }

  /**
   * {@code beta2 v + (1 - beta2) u²}: FedAdam.
   *
   * @param beta2 in [0, 1)
   */
  public record Adam(double beta2) implements SecondMoment {
    /**
     * @throws IllegalArgumentException if the decay is out of range
     */
    public Adam {
      Ranges.requireDecay("the server's beta2", beta2);
    }

    @Override
    public double after(double before, double square) {
      return beta2 * before + (1.0 - beta2) * square;
    }
  }

  /**
   * {@code v - (1 - beta2) u² sign(v - u²)}: FedYogi. It forgets large updates more slowly than
   * Adam.
   *
   * @param beta2 in [0, 1)
   */
  public record Yogi(double beta2) implements SecondMoment {
    /**
     * @throws IllegalArgumentException if the decay is out of range
     */
    public Yogi {
      Ranges.requireDecay("the server's beta2", beta2);
    }

    @Override
    public double after(double before, double square) {
      return before - (1.0 - beta2) * square * Math.signum(before - square);
    }
  }
}
