package io.sparkfed.aggregate;

/**
 * An aggregation that opened nothing. The message names the rule that was broken and counts, never
 * a worker's numbers.
 */
public class AggregationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message for the user. */
  public AggregationException(String message) {
    super(message);
  }

  /** Creates the exception with a message for the user and a cause raised at the driver. */
  public AggregationException(String message, Throwable driverCause) {
    super(message, driverCause);
  }
}
