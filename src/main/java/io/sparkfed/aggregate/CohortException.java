package io.sparkfed.aggregate;

/** Fewer workers than the minimum took part. */
public final class CohortException extends AggregationException {
  private static final long serialVersionUID = 1L;

  private CohortException(String message) {
    super(message);
  }

  /** Creates the exception from the counts. */
  public static CohortException tooFew(int workers, int minWorkers) {
    return new CohortException(
        "too few workers: an average may be opened over at least "
            + minWorkers
            + " (aggregation.min-workers). Provided: "
            + workers);
  }
}
