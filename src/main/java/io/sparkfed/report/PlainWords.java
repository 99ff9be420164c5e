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

  /**
   * Returns the statement where the driver sees what each worker sends.
   *
   * @param hasNoise whether all of it has noise
   */
  public static String inTheClear(boolean hasNoise) {
    String seen = "Whoever ran this training could see what every single worker sent: ";
    return hasNoise
        ? seen + "sums over its rows, each with noise that hides one row. Nothing else was hidden."
        : seen
            + "its update, how many rows it has, and how well the model does there. Nothing was"
            + " hidden.";
  }

  /**
   * Returns the statement where all of it ran in one process.
   *
   * @param minWorkers the least number of workers in a sum
   * @param hasNoise whether sums have noise
   */
  public static String rehearsal(int minWorkers, boolean hasNoise) {
    return "This was a rehearsal: all workers shared one process, so nobody was protected from"
        + " anybody. On a cluster, whoever runs the same training sees "
        + totals(minWorkers, hasNoise)
        + ", and "
        + NEVER
        + ".";
  }

  /**
   * Returns the statement where the driver sees sums.
   *
   * @param minWorkers the least number of workers in a sum
   * @param rounds the run's rounds
   * @param hasNoise whether sums have noise
   */
  public static String sums(int minWorkers, List<RoundSummary> rounds, boolean hasNoise) {
    int fewest =
        rounds.stream()
            .filter(r -> r.workers() > 0)
            .mapToInt(RoundSummary::workers)
            .min()
            .orElse(0);
    return "Whoever ran this training saw "
        + totals(minWorkers, hasNoise)
        + (fewest > 0 ? " (here " + fewest + " or more)" : "")
        + ", and "
        + NEVER
        + "."
        + (hasNoise
            ? ""
            : " The totals, and the model made of them, still reveal something about the rows.");
  }

  private static String totals(int minWorkers, boolean hasNoise) {
    return "only totals over at least "
        + minWorkers
        + " workers"
        + (hasNoise ? ", with noise that hides one row" : "");
  }
}
