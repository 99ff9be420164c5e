package io.sparkfed.aggregate;

/** At least one worker's value held NaN or infinity. */
public final class NonFiniteUpdateException extends AggregationException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception; which worker it was stays hidden. */
  public NonFiniteUpdateException(int workers) {
    super("the updates of " + workers + " worker(s) are not finite");
  }
}
