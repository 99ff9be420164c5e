package io.sparkfed.server;

/**
 * Turns the mean update of a round into the next global model. What it remembers from one round to
 * the next is a value, so a training that is stopped goes on from it with the same bits.
 */
public interface ServerOptimizer {

  /**
   * Returns the state before the first round.
   *
   * @param size number of coefficients d
   */
  ServerState begin(int size);

  /**
   * Returns the next global model and state.
   *
   * @param state the state before, one of {@link #begin} or of the step before; not changed
   * @param model the global model the round started from, length d; not changed
   * @param meanUpdate the workers' mean of start minus end, length d; it points uphill; not changed
   */
  Step step(ServerState state, double[] model, double[] meanUpdate);

  /**
   * What a step leads to.
   *
   * @param model the next global model, length d
   * @param state what the next step starts from
   */
  record Step(double[] model, ServerState state) {}
}
