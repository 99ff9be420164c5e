package io.sparkfed.aggregate;

import java.util.Map;
import java.util.stream.Collectors;

/** Fewer workers than the minimum took part. */
public final class CohortException extends AggregationException {
  private static final long serialVersionUID = 1L;

  private static final int MOST_NAMED = 5;

  private CohortException(String message) {
    super(message);
  }

  /** Creates the exception from the counts. */
  public static CohortException tooFew(int workers, int minWorkers) {
    return new CohortException(
        "too few workers: " + workers + " took part, but aggregation.min-workers is " + minWorkers);
  }

  /** Creates the exception from the counts, and the workers left out with the reason. */
  public static CohortException tooFew(int workers, int minWorkers, Map<String, String> skipped) {
    String reasons =
        skipped.entrySet().stream()
            .limit(MOST_NAMED)
            .map(entry -> entry.getKey() + ": " + entry.getValue())
            .collect(Collectors.joining(", "));
    String more = skipped.size() > MOST_NAMED ? ", ..." : "";
    return new CohortException(
        tooFew(workers, minWorkers).getMessage()
            + (skipped.isEmpty() ? "" : " (skipped " + reasons + more + ")"));
  }
}
