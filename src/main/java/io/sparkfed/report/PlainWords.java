package io.sparkfed.report;

import io.sparkfed.evaluation.RoundSummary;
import java.util.List;

/**
 * The privacy statement for readers who know nothing of aggregation: what whoever ran a training
 * could see of the workers.
 */
public final class PlainWords {
  private static final String NEVER = "never what a single worker sent";

  private PlainWords() {}

  /** Returns the statement where the driver sees what each worker sends. */
  public static String inTheClear() {
    return "Whoever ran this training could see what every single worker sent: its update, how"
        + " many rows it has, and how well the model does there. Nothing was hidden.";
  }

  /** Returns the statement where all of it ran in one process. */
  public static String rehearsal(int minWorkers) {
    return "This was a rehearsal: all workers shared one process, so nobody was protected from"
        + " anybody. On a cluster, whoever runs the same training sees "
        + totals(minWorkers)
        + ", and "
        + NEVER
        + ".";
  }

  /**
   * Returns the statement where the driver sees sums.
   *
   * @param minWorkers the least number of workers in a sum
   * @param rounds the run's rounds
   */
  public static String sums(int minWorkers, List<RoundSummary> rounds) {
    int fewest =
        rounds.stream()
            .filter(r -> r.workers() > 0)
            .mapToInt(RoundSummary::workers)
            .min()
            .orElse(0);
    return "Whoever ran this training saw "
        + totals(minWorkers)
        + (fewest > 0 ? " (here " + fewest + " or more)" : "")
        + ", and "
        + NEVER
        + ". The totals, and the model made of them, still reveal something about the rows.";
  }

  private static String totals(int minWorkers) {
    return "only totals over at least " + minWorkers + " workers";
  }
}
