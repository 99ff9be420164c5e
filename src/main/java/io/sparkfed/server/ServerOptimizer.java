package io.sparkfed.server;

/** Turns the mean update of a round into the next global model. */
@FunctionalInterface
public interface ServerOptimizer {

  /**
   * Returns the next global model.
   *
   * @param model the global model the round started from; not changed
   * @param meanUpdate the workers' mean of start minus end; it points uphill
   */
  double[] step(double[] model, double[] meanUpdate);
}
