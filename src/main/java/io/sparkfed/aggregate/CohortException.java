package io.sparkfed.aggregate;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * Fewer workers than the minimum took part. How the minimum is set, and so what it is called, knows
 * who faces the user, and says it by {@link #named}.
 */
public final class CohortException extends AggregationException {
  private static final long serialVersionUID = 1L;

  private static final int MOST_NAMED = 5;

  private final int workers;
  private final int minWorkers;

  /** What follows the counts. */
  private final String skipped;

  private CohortException(
      String minimum, int workers, int minWorkers, String skipped, Throwable driverCause) {
    super(
        "too few workers: "
            + workers
            + " took part, but "
            + minimum
            + " is "
            + minWorkers
            + skipped,
        driverCause);
    this.workers = workers;
    this.minWorkers = minWorkers;
    this.skipped = skipped;
  }

  /** Creates the exception from the counts. */
  public static CohortException tooFew(int workers, int minWorkers) {
    return tooFew(workers, minWorkers, Map.of());
  }

  /** Creates the exception from the counts, and the workers left out with the reason. */
  public static CohortException tooFew(int workers, int minWorkers, Map<String, String> skipped) {
    String reasons =
        skipped.entrySet().stream()
            .limit(MOST_NAMED)
            .map(entry -> entry.getKey() + ": " + entry.getValue())
            .collect(Collectors.joining(", "));
    String more = skipped.size() > MOST_NAMED ? ", ..." : "";
    String left = skipped.isEmpty() ? "" : " (skipped " + reasons + more + ")";
    return new CohortException("the minimum", workers, minWorkers, left, null);
  }

  /** Returns the same with the name of the setting that says the minimum. */
  public CohortException named(String setting) {
    return new CohortException(setting, workers, minWorkers, skipped, this);
  }
}
