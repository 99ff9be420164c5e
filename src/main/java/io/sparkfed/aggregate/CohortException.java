package io.sparkfed.aggregate;

import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import java.util.Map;
import java.util.Set;

/** Fewer workers than the minimum took part. */
public final class CohortException extends AggregationException {
  private static final long serialVersionUID = 1L;

  private final int least;
  private final boolean isRefused;

  /** Which rules of owners' policies kept workers away, as the user reads it; empty for none. */
  private final String rules;

  private CohortException(
      Message message, Throwable driverCause, int least, boolean isRefused, String rules) {
    super(message, driverCause);
    this.least = least;
    this.isRefused = isRefused;
    this.rules = rules;
  }

  /** Returns how many had to take part. */
  public int least() {
    return least;
  }

  /** Creates the exception from the counts. */
  public static CohortException tooFew(int workers, int minWorkers) {
    return tooFew(workers, minWorkers, Map.of());
  }

  /**
   * Creates the exception from the counts, and the rules of owners' policies that kept workers
   * away, if any.
   */
  public static CohortException tooFew(int workers, int minWorkers, Set<OwnersRule> refused) {
    return tooFew(workers, minWorkers, OwnersRule.said(refused), !refused.isEmpty());
  }

  /**
   * Creates the exception from the counts.
   *
   * @param skipped the workers left out, each with the reason; told as numbers
   */
  public static CohortException tooFew(int workers, int minWorkers, Map<String, String> skipped) {
    String left =
        skipped.isEmpty()
            ? ""
            : " (left out " + LeftOut.of(skipped) + "; a worker's own log says if it is one)";
    return tooFew(workers, minWorkers, left, false);
  }

  private static CohortException tooFew(int workers, int minWorkers, String why, boolean refused) {
    return new CohortException(
        Message.of(
            "too few workers: ",
            workers,
            " took part, but ",
            Hint.MIN_WORKERS,
            " is ",
            minWorkers,
            why),
        null,
        minWorkers,
        refused,
        refused ? why : "");
  }

  /** Returns whether owners' policies kept workers away: they will when asked again. */
  public boolean isRefused() {
    return isRefused;
  }

  /**
   * Creates the exception after a sum that is opened over a whole cohort or not at all.
   *
   * @param what is asked, as the user reads it
   */
  public static CohortException notAll(String what, CohortException cause) {
    Message why =
        cause.isRefused
            ? Message.of("every worker must take part, and not all did", cause.rules)
            : Message.of(
                "every worker must take part, or the difference to another sum would be what one"
                    + " of them has, and not all did");
    return new CohortException(
        Message.of(what, ": ", why), cause, cause.least, cause.isRefused, cause.rules);
  }

  @Override
  CohortException reworded(Message words) {
    return new CohortException(words, this, least, isRefused, rules);
  }
}
