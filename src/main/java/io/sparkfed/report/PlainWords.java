package io.sparkfed.report;

import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.evaluation.RoundSummary;
import java.util.List;
import java.util.Optional;

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
   * @param hidden what noise on all of it hides; empty where it has none
   */
  public static String inTheClear(Optional<HiddenUnit> hidden) {
    String seen = "Whoever ran this training could see what every single worker sent: ";
    return hidden
        .map(
            unit ->
                seen
                    + (unit == HiddenUnit.WORKER ? "its updates" : "sums over its rows")
                    + ", each"
                    + noise(unit)
                    + ". Nothing else was hidden.")
        .orElse(
            seen
                + "its update, how many rows it has, and how well the model does there. Nothing was"
                + " hidden.");
  }

  /**
   * Returns the statement where all of it ran in one process.
   *
   * @param minWorkers the least number of workers in a sum
   * @param hidden what noise on sums hides; empty where they have none
   */
  public static String rehearsal(int minWorkers, Optional<HiddenUnit> hidden) {
    return "This was a rehearsal: all workers shared one process, so nobody was protected from"
        + " anybody. On a cluster, whoever runs the same training sees "
        + totals(minWorkers, hidden)
        + ", and "
        + NEVER
        + ".";
  }

  /**
   * Returns the statement where the driver sees sums.
   *
   * @param minWorkers the least number of workers in a sum
   * @param rounds the run's rounds
   * @param hidden what noise on sums hides; empty where they have none
   */
  public static String sums(
      int minWorkers, List<RoundSummary> rounds, Optional<HiddenUnit> hidden) {
    int fewest =
        rounds.stream()
            .filter(r -> r.workers() > 0)
            .mapToInt(RoundSummary::workers)
            .min()
            .orElse(0);
    return "Whoever ran this training saw "
        + totals(minWorkers, hidden)
        + (fewest > 0 ? " (here " + fewest + " or more)" : "")
        + ", and "
        + NEVER
        + "."
        + (hidden.isPresent()
            ? ""
            : " The totals, and the model made of them, still reveal something about the rows.");
  }

  private static String totals(int minWorkers, Optional<HiddenUnit> hidden) {
    return "only totals over at least "
        + minWorkers
        + " workers"
        + hidden.map(unit -> "," + noise(unit)).orElse("");
  }

  private static String noise(HiddenUnit unit) {
    return " with noise that hides one " + unit.text();
  }
}
